@echo off
node "%~dp0launch\porchlight.mjs" %*

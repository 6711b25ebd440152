import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

const COMMANDS = ['up', 'tail', 'search', 'alerts', 'parse', 'rules', 'config'];

const rows: readonly (readonly [word: string, meant: string | undefined])[] = [
  ['serach', 'search'],
  ['searh', 'search'],
  ['alert', 'alerts'],
  ['prase', 'parse'],
  ['tial', 'tail'],
  ['pu', 'up'],
  ['confgi', 'config'],
  ['honeypot', undefined],
  ['x', undefined],
  ['', undefined],
];
for (const [word, meant] of rows) {
  test(`${JSON.stringify(word)} means ${meant ?? 'nothing'}`, () => assert.equal(nearest(word, COMMANDS), meant));
}

test('of two the nearer one is meant', () => assert.equal(nearest('hosts', ['host', 'hosts']), 'hosts'));

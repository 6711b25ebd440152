/**
 * Detection: events in, matches out. The engine knows the part of Sigma 2.1 that `docs/rules.md` names, and refuses rules
 * that need more.
 */
export { type Compiled, compile, LIMITS } from './compile.ts';
export type { Resumed, Windows } from './correlate/windows.ts';
export type { Detection, Detector } from './detector.ts';
export type { Located, Match, RuleFace } from './match.ts';
export { type AuthWindow, authWindow } from './score/auth-window.ts';
export { bandOf, type OpenAlert, score } from './score/score.ts';
export { snapshotOf } from './score/snapshot-of.ts';
export { AS_WRITTEN } from './sigma/fields.ts';

/**
 * A login prompt that never lets anybody in: bytes in, bytes out and records. No clock, no socket; the caller waits.
 *
 * ```
 *   name ──line──▶ password ──line──▶ delay ──resume──▶ name        (3 times, then closed)
 *     │ ^C, ^D on an empty line, 10 empty lines ──────────────────▶ closed
 * ```
 *
 * Invariants
 * - There is no shell behind it: nothing is sent but GREETING, answers to options, prompts, 'Login incorrect', and the echo
 *   of what is typed at the name prompt.
 * - A byte that is typed at the password prompt is never sent back.
 * - Output is at most 4 bytes a byte of input (a control key and its rub out are 2 and 8), besides at most 10 + 2 · 3 prompts.
 * - A visitor causes at most 3 + 8 + 1 records.
 * - While it waits (delay) further input is kept and read afterwards; the caller's byte cap bounds it.
 */
import { foreignTalk } from './foreign-talk.ts';
import type { LoginRecord } from './login-record.ts';
import { GREETING, IAC, telnet } from './telnet.ts';
import { typedText } from './typed-text.ts';

export const MAX_ATTEMPTS = 3;
const MAX_EMPTY_NAMES = 10;
/** Longer lines are cut, and say so. A terminal line holds 255 on many small systems. */
export const MAX_LINE = 255;
/** Of what is left unread at the end. */
const MAX_REST = 1024;
export interface LoginStep {
  readonly output: Buffer;
  readonly records: readonly LoginRecord[];
  /** `delay`: call `resume` after the pause that follows a wrong password. */
  readonly next: 'read' | 'delay' | 'close';
}

export interface Login {
  start(): LoginStep;
  receive(bytes: Buffer): LoginStep;
  resume(): LoginStep;
  /** The visitor has gone: reads what was kept, without pauses, and reports what was left half typed. */
  finish(): LoginStep;
}

type State =
  | { readonly at: 'name' }
  | { readonly at: 'password'; readonly user: string; readonly cut: boolean }
  | { readonly at: 'delay' }
  | { readonly at: 'closed' };

const ETX = 0x03;
const EOT = 0x04;
const BACKSPACE = 0x08;
const LF = 0x0a;
const CR = 0x0d;
const KILL = 0x15;
const DELETE = 0x7f;

/** What the terminal echoes for a typed byte: itself, `^X` for a control, doubled where telnet would take it for a command. */
function echo(byte: number): readonly number[] {
  if (byte === IAC) return [IAC, IAC];
  return byte < 0x20 ? [0x5e, byte + 0x40] : [byte];
}

const width = (byte: number): number => (byte < 0x20 ? 2 : 1);

export function login(hostName: string): Login {
  const prompt = [...Buffer.from(`${hostName} login: `)];
  const wire = telnet(true);
  const foreign = foreignTalk();
  let state: State = { at: 'name' };
  let line: number[] = [];
  let cut = false;
  let afterReturn = false;
  let attempts = 0;
  let emptyNames = 0;
  let kept: Buffer[] = [];
  let output: number[] = [];
  let records: LoginRecord[] = [];

  const say = (text: string): void => void output.push(...Buffer.from(text));
  const close = (): void => {
    state = { at: 'closed' };
  };

  function endLine(): void {
    const text = typedText(Buffer.from(line));
    const wasCut = cut;
    const empty = line.length === 0;
    line = [];
    cut = false;
    say('\r\n');
    if (state.at === 'password') {
      records.push({ kind: 'attempt', user: state.user, password: text, cut: state.cut || wasCut });
      attempts++;
      state = { at: 'delay' };
    } else if (!empty) {
      state = { at: 'password', user: text, cut: wasCut };
      say('Password: ');
    } else if (++emptyNames >= MAX_EMPTY_NAMES) close();
    else output.push(...prompt);
  }

  function erase(count: number): void {
    for (let left = count; left > 0 && line.length > 0; left--) {
      const byte = line.pop() ?? 0;
      if (state.at === 'name') say('\b \b'.repeat(width(byte)));
    }
  }

  function typed(byte: number): void {
    const swallow = afterReturn && (byte === LF || byte === 0);
    afterReturn = byte === CR;
    if (swallow || byte === 0) return;
    if (byte === CR || byte === LF) endLine();
    else if (byte === DELETE || byte === BACKSPACE) erase(1);
    else if (byte === KILL) erase(line.length);
    else if (byte === ETX || (byte === EOT && line.length === 0)) {
      say('\r\n');
      leftOver();
    } else if (byte === EOT) return;
    else if (line.length >= MAX_LINE) cut = true;
    else {
      line.push(byte);
      if (state.at === 'name') output.push(...echo(byte));
    }
  }

  /** Reads until the bytes end or the state says to wait; returns what is left. */
  function read(bytes: Buffer): Buffer {
    for (let at = 0; at < bytes.length; at++) {
      if (state.at === 'delay' || state.at === 'closed') return bytes.subarray(at);
      const heard = wire.hear(bytes[at] ?? 0);
      if (heard?.kind === 'reply') output.push(...heard.bytes);
      else if (heard?.kind === 'data') typed(heard.byte);
    }
    return Buffer.alloc(0);
  }

  function readOn(bytes: Buffer): void {
    const rest = read(bytes);
    if (rest.length > 0) kept.push(rest);
  }

  function failed(): void {
    say('Login incorrect\r\n');
    if (attempts >= MAX_ATTEMPTS) return close();
    state = { at: 'name' };
    output.push(...prompt);
  }

  function resume(): void {
    const waiting = Buffer.concat(kept);
    kept = [];
    if (state.at === 'delay') failed();
    readOn(waiting);
  }

  /** Typed bytes without telnet's own, for input that no prompt reads any more. */
  function plain(bytes: Buffer): number[] {
    const data = [...bytes]
      .map((byte) => wire.hear(byte))
      .flatMap((heard) => (heard?.kind === 'data' ? heard.byte : []));
    return afterReturn && (data[0] === LF || data[0] === 0) ? data.slice(1) : data;
  }

  /** What was typed and never sent off: a name without a password, half a line, bytes after the last attempt. */
  function leftOver(): void {
    const name = state.at === 'password' ? `${state.user}\\x0d` : '';
    const rest = Buffer.from([...line, ...plain(Buffer.concat(kept))]);
    const text = name + typedText(rest.subarray(0, MAX_REST));
    if (text !== '') records.push({ kind: 'input', text, cut: cut || rest.length > MAX_REST, protocol: undefined });
    line = [];
    kept = [];
    close();
  }

  function step(): LoginStep {
    const next = state.at === 'delay' ? 'delay' : state.at === 'closed' ? 'close' : 'read';
    const done: LoginStep = { output: Buffer.from(output), records: foreign.instead(records), next };
    output = [];
    records = [];
    return done;
  }

  return {
    start() {
      output.push(...GREETING, CR, LF, ...prompt);
      return step();
    },
    receive(bytes) {
      foreign.hear(bytes);
      if (state.at === 'delay' || state.at === 'closed') kept.push(bytes);
      else readOn(bytes);
      return step();
    },
    resume() {
      resume();
      return step();
    },
    finish() {
      while (state.at === 'delay') resume();
      leftOver();
      foreign.end();
      return step();
    },
  };
}

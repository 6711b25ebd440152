/**
 * The terminal while a picture is on it. It owns: raw mode, the alternate screen, the cursor, line wrap.
 *
 * **Whatever happens, the terminal is given back**: `close` on every way out of the loop, and besides it `lastMoment`, which the
 * process calls when it ends without coming by there (an exception, `process.exit` after EPIPE). Only kill -9 of this very
 * process cannot be answered; then the shell's `reset` helps.
 *
 * Only lines that changed are sent, between the two marks of a synchronised update, so that terminals which know them never
 * show half a picture. A terminal that reads slower than we draw misses pictures, not parts of them: nothing is queued, and
 * when it has caught up it gets the newest.
 */
import { ESCAPE_KEY, type Key, readKeys } from './keys.ts';

type ScreenInput = Pick<NodeJS.ReadStream, 'setRawMode' | 'setEncoding' | 'on' | 'off' | 'resume' | 'pause'>;
type ScreenOutput = Pick<NodeJS.WriteStream, 'columns' | 'rows' | 'writableNeedDrain' | 'write' | 'on' | 'off'>;

export interface Terminal {
  readonly input: ScreenInput;
  readonly output: ScreenOutput;
  /** Writes at once, whatever is still queued: the process may be gone in the next moment. Never throws. */
  writeNow(text: string): void;
  /** Calls `restore` when the process ends in any way it can notice; the answer takes it back. */
  lastMoment(restore: () => void): () => void;
  /** The process was stopped and goes on (SIGCONT). */
  onContinue(listener: () => void): () => void;
}

export interface Screen {
  readonly columns: () => number;
  readonly rows: () => number;
  draw(lines: readonly string[]): void;
  /** The next picture is drawn whole. */
  forget(): void;
  close(): void;
}

export interface ScreenEvents {
  readonly onKey: (key: Key) => void;
  /** The size changed, or the picture is needed again. */
  readonly onNeed: () => void;
  /** No more keys will come: the terminal is gone. */
  readonly onGone: () => void;
}

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
/** The sequence begins by ending a synchronised update that was cut off, or the terminal would not show the rest. */
const LEAVE = '\u001b[?2026l\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
/** An ESC alone is the key, unless the rest of a sequence follows within this time. */
const ESCAPE_MS = 50;

export function openScreen(terminal: Terminal, events: ScreenEvents): Screen {
  const { output } = terminal;
  let shown: readonly string[] = [];
  let behind = false;
  let closed = false;
  const need = (): void => {
    shown = [];
    output.write('\u001b[2J');
    events.onNeed();
  };
  const drained = (): void => {
    if (behind) events.onNeed();
  };
  const stopReading = readInput(terminal.input, events);
  const stayed = terminal.onContinue(() => {
    terminal.input.setRawMode(true);
    output.write(ENTER);
    need();
  });
  const close = (): void => {
    if (closed) return;
    closed = true;
    stopReading();
    output.off('resize', need);
    output.off('drain', drained);
    stayed();
    terminal.writeNow(LEAVE);
    forgetMoment();
  };
  const forgetMoment = terminal.lastMoment(close);
  output.on('resize', need);
  output.on('drain', drained);
  output.write(ENTER);
  return {
    columns: () => output.columns,
    rows: () => output.rows,
    forget() {
      shown = [];
    },
    draw(lines) {
      if (closed) return;
      behind = output.writableNeedDrain;
      if (behind) return;
      const changes = difference(shown, lines);
      shown = lines;
      if (changes !== '') output.write(`${BEGIN}${changes}${END}`);
    },
    close,
  };
}

/** Each changed line: go there, empty it, write it. */
export function difference(before: readonly string[], after: readonly string[]): string {
  const count = Math.max(before.length, after.length);
  return Array.from({ length: count }, (_, at) =>
    before[at] === after[at] && at < after.length && at < before.length
      ? ''
      : `\u001b[${at + 1};1H\u001b[2K${after[at] ?? ''}`,
  ).join('');
}

function readInput(input: ScreenInput, { onKey, onGone }: ScreenEvents): () => void {
  let rest = '';
  let timer: NodeJS.Timeout | undefined;
  const take = (text: string): void => {
    clearTimeout(timer);
    const read = readKeys(rest + text);
    rest = read.rest;
    for (const key of read.keys) onKey(key);
    if (rest !== '') timer = setTimeout(alone, ESCAPE_MS);
  };
  const alone = (): void => {
    rest = '';
    onKey(ESCAPE_KEY);
  };
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.on('data', take);
  input.on('end', onGone);
  input.on('error', onGone);
  input.resume();
  return () => {
    clearTimeout(timer);
    input.off('data', take);
    input.off('end', onGone);
    // The error listener stays: a terminal that is gone may say so once more, and nobody is there to be told.
    input.pause();
    try {
      input.setRawMode(false);
    } catch {
      // The terminal is gone; there is no mode to give back.
    }
  };
}

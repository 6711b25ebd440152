/**
 * The stamp that an application writes at the head of its own message, with what may stand around it:
 *
 *   [2025-11-30 11:25:10.219][module][ERROR] text       2025/11/30 11:25:10 [error] 7#7: text
 *   ERROR    2025-11-30T11:25:10 - text                 WARN: [Nov 30 11:25:10.643] text
 *   [notice] 2025-11-30T11:25:10.579985Z text           (W) 2025-11-30T11:25:10 - text
 *
 * The stamp, its brackets and a level *in front of it* are taken off; a level behind it stays with the message. What
 * begins otherwise has no head. Most messages of system programs begin with a small letter or a word: one look settles it.
 */
import { readStamp } from './stamp.ts';
import { type Clock, clockAt, codeAt } from './timestamp.ts';

export interface Head {
  readonly time: number | undefined;
  readonly level: string | undefined;
  /** Where the message begins. */
  readonly end: number;
}

const SPACE = 32;
const OPEN = 91;
const CLOSE = 93;

/** As logs write them → as ECS wants them. */
const LEVELS = new Map<string, string>(
  spellings({
    TRACE: 'trace',
    DEBUG: 'debug',
    INFO: 'info',
    INFORMATION: 'info',
    NOTICE: 'notice',
    WARN: 'warn',
    WARNING: 'warning',
    ERROR: 'error',
    ERR: 'error',
    CRITICAL: 'critical',
    CRIT: 'critical',
    ALERT: 'alert',
    EMERG: 'emergency',
    EMERGENCY: 'emergency',
    FATAL: 'fatal',
    PANIC: 'panic',
    SEVERE: 'error',
    VERBOSE: 'debug',
    // Serilog's and zerolog's columns.
    INF: 'info',
    WRN: 'warn',
    DBG: 'debug',
    FTL: 'fatal',
  }),
);

function spellings(levels: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return Object.entries(levels).flatMap(([word, level]) => {
    const low = word.toLowerCase();
    return [word, low, word.charAt(0) + low.slice(1)].map((one) => [one, level] as const);
  });
}

/** The lengths of the levels that begin with a letter, as bits: this is asked of every host and program, which are words of any kind. */
const lengths = new Uint16Array(32);
for (const word of LEVELS.keys()) {
  const letter = codeAt(word, 0) & 31;
  lengths[letter] = (lengths[letter] ?? 0) | (1 << word.length);
}
const LONGEST = 15;

/** The level that a word names: in capitals, in small letters, or with one capital. */
export function levelOf(word: string): string | undefined {
  const { length } = word;
  if (length === 0 || length > LONGEST || (((lengths[codeAt(word, 0) & 31] ?? 0) >> length) & 1) === 0)
    return undefined;
  return LEVELS.get(word);
}

export function readHead(message: string, clock: Clock): Head | undefined {
  let at = 0;
  while (at < 8 && codeAt(message, at) === SPACE) at++;
  const code = codeAt(message, at);
  if (code >= 48 && code <= 57) return stampAt(message, at, undefined, clock);
  if (code === OPEN || code === 40) {
    const bare = code === OPEN ? stampAt(message, at, undefined, clock) : undefined;
    return bare ?? afterLevel(message, at, clock);
  }
  if (!(code >= 65 && code <= 90)) return undefined;
  const second = codeAt(message, at + 1);
  if (second >= 65 && second <= 90) return afterLevel(message, at, clock);
  // `Sun Nov 30`, `Sun, 30 Nov`, `Nov 30`: a word of three letters.
  const fourth = codeAt(message, at + 3);
  return fourth === SPACE || fourth === 44 ? stampAt(message, at, undefined, clock) : undefined;
}

/** `[level] `, `(X) `, `LEVEL: `, `LEVEL   ` and a stamp. */
function afterLevel(message: string, at: number, clock: Clock): Head | undefined {
  const open = codeAt(message, at);
  const bracket = open === OPEN || open === 40;
  const start = bracket ? at + 1 : at;
  let end = start;
  while (isLetter(codeAt(message, end)) && end - start < 12) end++;
  const word = message.slice(start, end);
  const level = open === 40 && word.length === 1 ? word.toLowerCase() : levelOf(word);
  if (level === undefined) return undefined;
  if (bracket && codeAt(message, end) !== (open === OPEN ? CLOSE : 41)) return undefined;
  if (bracket || codeAt(message, end) === 58) end++;
  if (codeAt(message, end) !== SPACE) return undefined;
  while (codeAt(message, end) === SPACE && end - start < 24) end++;
  return stampAt(message, end, level, clock);
}

const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;

function stampAt(message: string, at: number, level: string | undefined, clock: Clock): Head | undefined {
  const bracket = codeAt(message, at) === OPEN;
  const start = bracket ? at + 1 : at;
  const stamp = readStamp(message, start, clock) ?? (bracket ? timeOnly(message, start) : undefined);
  if (stamp === undefined) return undefined;
  let end = stamp.end;
  if (bracket) {
    if (codeAt(message, end) !== CLOSE) return undefined;
    end++;
  } else if (isLetter(codeAt(message, end))) return undefined;
  if (codeAt(message, end) === 58 && codeAt(message, end + 1) === SPACE) end++;
  while (codeAt(message, end) === SPACE) end++;
  return { time: stamp.time, level, end };
}

/** `[11:25:10] `: the day is the envelope's to say. */
function timeOnly(message: string, at: number): { time: undefined; end: number } | undefined {
  const time = clockAt(message, at);
  return time === undefined ? undefined : { time: undefined, end: time.end };
}

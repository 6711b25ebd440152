/** journalctl's lines of JSON, one an entry: found among bytes as they come, and their addresses read without parsing them. */
import { LIMITS } from '#contract';
import { type Squeezer, squeezer } from './squeezer.ts';

export interface Entry {
  /** The line, at most LIMITS.bytes of it. */
  readonly text: string;
  readonly cursor: string;
  /** When journald received it, µs since the epoch. */
  readonly time: number;
  readonly cut: boolean;
}

const LF = 10;
/** A quote inside a text is escaped in JSON, so no message can hold one of these. */
const CURSOR = /"__CURSOR"\s*:\s*"([\w;=]+)"/;
const TIME = /"__REALTIME_TIMESTAMP"\s*:\s*"(\d{1,16})"/;

/** `unreadable` for a whole line without an address. A last line without its end is no line: its writer died. */
export function entryLines(): (bytes: Buffer) => (Entry | 'unreadable')[] {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let long: Squeezer | undefined;

  function hold(piece: Buffer): void {
    if (long !== undefined) {
      long.push(piece);
      return;
    }
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes <= LIMITS.bytes) return;
    long = squeezer();
    for (const one of held) long.push(one);
    held = [];
    heldBytes = 0;
  }

  function endLine(): Entry | 'unreadable' | undefined {
    const text = long?.end() ?? Buffer.concat(held, heldBytes).toString('utf8');
    const cut = long !== undefined;
    held = [];
    heldBytes = 0;
    long = undefined;
    return text === '' && !cut ? undefined : addressed(text, cut);
  }

  return (bytes) => {
    const entries: (Entry | 'unreadable')[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, from)) {
      hold(bytes.subarray(from, end));
      const entry = endLine();
      if (entry !== undefined) entries.push(entry);
      from = end + 1;
    }
    if (from < bytes.length) hold(bytes.subarray(from));
    return entries;
  };
}

function addressed(text: string, cut: boolean): Entry | 'unreadable' {
  const cursor = CURSOR.exec(text)?.[1];
  const time = TIME.exec(text)?.[1];
  return cursor === undefined || time === undefined ? 'unreadable' : { text, cursor, time: Number(time), cut };
}

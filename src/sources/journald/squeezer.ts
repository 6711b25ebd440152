/**
 * An entry of the journal may hold anything up to 768 MB a field (a core dump, a program gone mad), and `journalctl --all`
 * prints it in one line of JSON. The squeezer makes a line of bounded length of it, without ever holding the whole:
 *
 *     {"MESSAGE":"aaaaaaaaa…(700 MB)","COREDUMP":[127,69,76,…],"__CURSOR":"s=…"}
 *     {"MESSAGE":"aaaaaaaaa","COREDUMP":[127,69],"__CURSOR":"s=…"}
 *
 * Each value is kept up to an allowance of its own, in bytes of JSON: what is over is cut at a character of a text or a number
 * of a byte array, and anything else over it becomes null, which is how journalctl itself says 'too large'. The order of
 * fields is journalctl's, which is none: so the address fields (`__…`) and MESSAGE have their allowance wherever they stand.
 */

/** Bytes of JSON a value may have. Together far below the limit of a record, names included. */
export const ALLOWANCE = { message: 512 * 1024, address: 4096, other: 16 * 1024, othersInAll: 256 * 1024 } as const;
/** Names are 64 bytes at most, and an entry has at most 1024 fields; a line with more is none of journald's. */
const NAME_BYTES = 80;
const FIELDS = 1024;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const CLOSING = new Set([93, 125]);
const OPENING = new Set([91, 123]);

export interface Squeezer {
  push(bytes: Buffer): void;
  /** The line, as JSON; '' where what came was no object. */
  end(): string;
}

export function squeezer(): Squeezer {
  const fields: string[] = [];
  let name: string | undefined;
  /** What is kept of the name or value at hand, and how long it was. */
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let length = 0;
  let others = 0;
  let depth = 0;
  let inText = false;
  let escaped = false;

  const allowance = (): number => {
    if (name === undefined) return NAME_BYTES;
    if (name === '"MESSAGE"') return ALLOWANCE.message;
    if (name.startsWith('"__')) return ALLOWANCE.address;
    return Math.min(ALLOWANCE.other, ALLOWANCE.othersInAll - others);
  };

  function keep(bytes: Buffer, from: number, to: number): void {
    length += to - from;
    const room = allowance() - keptBytes;
    if (room <= 0 || to === from) return;
    kept.push(bytes.subarray(from, Math.min(to, from + room)));
    keptBytes += Math.min(to - from, room);
  }

  function take(): Buffer {
    const bytes = Buffer.concat(kept, keptBytes);
    kept = [];
    keptBytes = 0;
    return bytes;
  }

  function endName(): void {
    const cut = length > keptBytes;
    name = take().toString('utf8').trim();
    if (cut) name = '""';
    length = 0;
  }

  function endValue(): void {
    if (name === undefined) return;
    const cut = length > keptBytes;
    const isOther = name !== '"MESSAGE"' && !name.startsWith('"__');
    if (isOther) others += keptBytes;
    const value = take();
    if (fields.length < FIELDS) fields.push(`${name}:${cut ? cutValue(value) : value.toString('utf8').trim()}`);
    name = undefined;
    length = 0;
  }

  /** Passes over text quickly: where the next quote or backslash at or after `at` is. */
  function textEnd(bytes: Buffer, at: number): number {
    let end = at;
    while (end < bytes.length && bytes[end] !== QUOTE && bytes[end] !== BACKSLASH) end++;
    return end;
  }

  return {
    push(bytes) {
      let from = 0;
      for (let at = 0; at < bytes.length; at++) {
        if (inText) {
          if (escaped) {
            escaped = false;
            continue;
          }
          at = textEnd(bytes, at);
          if (bytes[at] === BACKSLASH) escaped = true;
          else if (bytes[at] === QUOTE) inText = false;
          continue;
        }
        const byte = bytes[at] ?? 0;
        if (byte === QUOTE) inText = true;
        else if (OPENING.has(byte)) {
          depth++;
          if (depth === 1) from = at + 1;
        } else if (CLOSING.has(byte)) {
          depth--;
          if (depth === 0) {
            keep(bytes, from, at);
            endValue();
            from = bytes.length;
          }
        } else if (depth === 1 && byte === COLON && name === undefined) {
          keep(bytes, from, at);
          endName();
          from = at + 1;
        } else if (depth === 1 && byte === COMMA) {
          keep(bytes, from, at);
          endValue();
          from = at + 1;
        }
      }
      if (depth > 0) keep(bytes, from, bytes.length);
    },
    end: () => (fields.length === 0 ? '' : `{${fields.join(',')}}`),
  };
}

/** A value whose end is missing, made whole: shorter, or null. */
function cutValue(value: Buffer): string {
  const text = value.toString('utf8').trimStart();
  if (text.startsWith('"')) {
    // The cut may have gone through a character, or through an escape: `\`, `\u00e`.
    const whole = text.replace(/\ufffd$/, '').replace(/(?<!\\)((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$/, '$1');
    return isJson(`${whole}"`) ? `${whole}"` : 'null';
  }
  const numbers = /^\[[\d,\s]*,/.exec(text)?.[0].slice(0, -1);
  return numbers === undefined ? 'null' : `${numbers}]`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

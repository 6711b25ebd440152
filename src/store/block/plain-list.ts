/**
 * A JSON list of plain texts, read as it lies there: of ten thousand addresses most are only counted and never become strings.
 *
 *   ["203.0.113.7","nas"]      plain: printable ASCII without quotes and backslashes in it
 *     ▲             ▲     ▲
 *     starts[0]     [1]   [2], where a third one would start
 */
export interface PlainList {
  readonly bytes: Uint8Array;
  /** Where each text begins, and one more: a text ends three bytes before the next begins. */
  readonly starts: Uint32Array;
}

/** `","` between two texts. */
export const BETWEEN = 3;

const [QUOTE, COMMA, OPEN, CLOSE, BACKSLASH] = [0x22, 0x2c, 0x5b, 0x5d, 0x5c];
/** Bytes of which plain texts are made. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** Whether a text may stand in such a list. */
export function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (PLAIN[text.charCodeAt(at)] !== 1) return false;
  return true;
}

/** Undefined where it is not `count` plain texts: then only JSON.parse can tell. */
export function plainList(bytes: Uint8Array, count: number): PlainList | undefined {
  const last = bytes.length - 1;
  if (count === 0 || bytes[0] !== OPEN || bytes[last] !== CLOSE || count * BETWEEN > bytes.length) return undefined;
  const starts = new Uint32Array(count + 1);
  let at = 1;
  for (let index = 0; index < count; index++) {
    if (bytes[at] !== QUOTE) return undefined;
    starts[index] = ++at;
    while (PLAIN[bytes[at] ?? 0] === 1) at++;
    if (bytes[at] !== QUOTE) return undefined;
    at++;
    if (bytes[at] !== (index + 1 < count ? COMMA : CLOSE)) return undefined;
    at++;
  }
  starts[count] = at + 1;
  return at === bytes.length ? { bytes, starts } : undefined;
}

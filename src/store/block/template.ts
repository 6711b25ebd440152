/**
 * Texts of a column by their patterns: log lines are written by programs, so few patterns make most of them.
 *
 *   text       Failed password for invalid user jonas from 203.0.113.7 port 47050 ssh2
 *   template   Failed password for invalid user {user.name} from {source.ip} port {source.port} {word}
 *   slots                                                                                     ssh2
 *
 * In a template stand bytes of the text, and marks where events differ:
 *
 *   0 number   decimal digits, up to 15         one number an event, see `digits`
 *   1 word     another token that has a digit   its text
 *   2 stamp    2026-01-15T08:00:00.020Z         its distance from the event's own time, ms
 *   3 field    the text of another column, u16  nothing
 *   4 field    the number of another column, u16  nothing
 *
 * A mark stands for whole tokens (`./tokens.ts`): a word searched for lies in the template's bytes or in one slot, never across. A field's text is only taken
 * where nothing dotted reaches across its ends, so `a.b` lies in one field or outside of all. A field's number may stand beside a dot. Columns refer only to columns before them; texts are ordered by length, so long ones are told by short ones.
 *
 *   column   form u8 (1) · how many templates · the templates, texts · each event's template (0: none) · texts without a template
 *            · of each template, each slot: numbers: digits u8, numbers · words: texts · stamps: numbers
 *
 * digits: 0 as they are, 1 to 15 filled up with zeros to so many, 16 counted through all texts of digits by length: 0 to 9, 00 to 99, …
 *
 * What a text without a template costs is its own length: those that occur once are kept so, and those with bytes that are marks.
 */
export const NUMBER = 0;
export const WORD = 1;
export const STAMP = 2;
export const FIELD_TEXT = 3;
export const FIELD_NUMBER = 4;
/** Bytes below are marks. */
export const MARKS = 5;

export const MOST_DIGITS = 15;
export const AS_THEY_ARE = 0;
export const BY_LENGTH = 16;

/** Where texts of so many digits begin to count. */
export const OFFSETS: readonly number[] = Array.from({ length: MOST_DIGITS + 1 }, (_, length) =>
  length === 0 ? 0 : (10 ** length - 10) / 9,
);

export const STAMP_LENGTH = 24;

export type Item =
  | { readonly kind: 'text'; readonly text: string; readonly bytes: Uint8Array }
  | { readonly kind: 'number' | 'word' | 'stamp'; readonly slot: number }
  | { readonly kind: 'field'; readonly column: number };

/** The pieces of a template; undefined where it ends within a mark. */
export function itemsOf(template: Uint8Array): Item[] | undefined {
  const items: Item[] = [];
  let slot = 0;
  for (let at = 0; at < template.length;) {
    const mark = template[at] ?? 0;
    if (mark >= MARKS) {
      let end = at;
      while (end < template.length && (template[end] ?? 0) >= MARKS) end++;
      const bytes = template.subarray(at, end);
      items.push({ kind: 'text', text: Buffer.from(bytes).toString(), bytes });
      at = end;
    } else if (mark === FIELD_TEXT || mark === FIELD_NUMBER) {
      if (at + 2 >= template.length) return undefined;
      items.push({ kind: 'field', column: (template[at + 1] ?? 0) + (template[at + 2] ?? 0) * 256 });
      at += 3;
    } else {
      items.push({ kind: mark === NUMBER ? 'number' : mark === WORD ? 'word' : 'stamp', slot: slot++ });
      at++;
    }
  }
  return items;
}

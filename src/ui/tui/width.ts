/**
 * How many cells of a terminal a text takes, and text that takes exactly as many as we say.
 *
 * Terminals disagree about the width of some characters, and a line that is one cell longer than we think pushes everything
 * after it out of place. So only what all of them draw alike is drawn: one cell, or two for East Asian wide characters and
 * emoji (Unicode Standard Annex 11), or none for up to two marks on a base. Everything else (flags, private use, code points
 * that this Unicode does not know, further or loose marks) is spelled out like the control characters of `printable`.
 */
import { printable } from '#lib/printable';

const PLAIN = /^[\u0020-\u007e]*$/;
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}/u;
const MARK = /^[\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7fb]/u;
/** A presentation selector changes a character's width in some terminals and not in others. */
const SELECTOR = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;
const UNSURE = /[\p{Co}\p{Cn}\p{Regional_Indicator}\p{Cf}\p{Emoji_Modifier}]/gu;
const LOOSE_MARKS =
  /(^|[ \u00a0]|[\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7fb]{2})([\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7fb]+)/gu;

const spelled = (text: string): string =>
  Array.from(text, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`).join('');

/** Any text as it may stand on a terminal: safe, on one line, of a known width. Doing it twice changes nothing. */
export function shown(text: string): string {
  if (PLAIN.test(text)) return text;
  return printable(text)
    .normalize('NFC')
    .replace(SELECTOR, '')
    .replace(UNSURE, spelled)
    .replace(LOOSE_MARKS, (_, before: string, marks: string) => before + spelled(marks));
}

/** Cells of a text that went through `shown`. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const char of text) cells += cellsOf(char);
  return cells;
}

const cellsOf = (char: string): number => (char <= '\u02ff' ? 1 : MARK.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

/** The text in at most `cells`, ending with … where it was longer. */
export function cut(text: string, cells: number): string {
  if (cells <= 0) return '';
  if (widthOf(text) <= cells) return text;
  let kept = '';
  let used = 0;
  for (const char of text) {
    used += cellsOf(char);
    if (used > cells - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

/** Breaks a text into lines of at most `cells`, at spaces where there are any. */
export function wrap(text: string, cells: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, cells))) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > cells) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A word that is wider than a line, in pieces that are not. */
function pieces(word: string, cells: number): readonly string[] {
  if (widthOf(word) <= cells) return [word];
  const parts = [''];
  for (const char of word) {
    const last = parts.at(-1) ?? '';
    if (last !== '' && widthOf(last) + cellsOf(char) > cells) parts.push(char);
    else parts[parts.length - 1] = last + char;
  }
  return parts;
}

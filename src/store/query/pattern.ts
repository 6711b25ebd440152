/**
 * A value in a query: text in which `*` stands for anything, compared without regard to case.
 * `whole` patterns cover the value from end to end; the others may lie anywhere in it.
 * Matching takes each piece at its first place after the one before, so hostile patterns cost no more than plain ones.
 */
import { fold } from './fold.ts';

export interface Pattern {
  /** Folded text between the stars; `['']` is the empty text, `['', '']` a lone star. */
  readonly pieces: readonly string[];
  readonly whole: boolean;
}

export function pattern(text: string, wildcards: boolean, whole: boolean): Pattern {
  return { pieces: (wildcards ? text.split('*') : [text]).map(fold), whole };
}

/** `text` must be folded. */
export function matches({ pieces, whole }: Pattern, text: string): boolean {
  const first = pieces[0] ?? '';
  if (!whole) return inOrder(pieces, text, 0, text.length);
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  return inOrder(pieces.slice(1, -1), text, first.length, text.length - last.length);
}

function inOrder(pieces: readonly string[], text: string, from: number, to: number): boolean {
  let at = from;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > to) return false;
    at = found + piece.length;
  }
  return true;
}

/** What is known of values and a piece of text, before any text is put together. */
import type { Texts } from './columns.ts';

export const NO = 0;
export const PERHAPS = 1;
export const YES = 2;

export interface Marking {
  all(positions: Uint32Array, mark: number): void;
  each(positions: Uint32Array, marks: Uint8Array | undefined): void;
  done(): Uint8Array | undefined;
}

const holdsAny = (marks: Uint8Array): boolean => marks.includes(YES) || marks.includes(PERHAPS);

/** Marks only ever rise. */
export function marking(count: number): Marking {
  let marks: Uint8Array | undefined;
  return {
    all(positions, mark) {
      if (mark === NO) return;
      marks ??= new Uint8Array(count);
      for (const position of positions) if (mark > (marks[position] ?? NO)) marks[position] = mark;
    },
    each(positions, found) {
      if (found === undefined || !holdsAny(found)) return;
      marks ??= new Uint8Array(count);
      for (let rank = 0; rank < positions.length; rank++) {
        const [position, mark] = [positions[rank] ?? 0, found[rank] ?? NO];
        if (mark > (marks[position] ?? NO)) marks[position] = mark;
      }
    },
    done: () => marks,
  };
}

/** Which texts are of so many bytes. */
export function textsOfLength({ starts }: Texts, length: number): number[] {
  const found: number[] = [];
  for (let at = 0; at + 1 < starts.length; at++)
    if ((starts[at + 1] ?? 0) - (starts[at] ?? 0) === length) found.push(at);
  return found;
}

/** Which texts hold a piece of ASCII, in any case. */
export function textsWith(texts: Texts, piece: string): Uint8Array {
  const { starts } = texts;
  const marked = new Uint8Array(starts.length - 1);
  if (marked.length === 0) return marked;
  const all = Buffer.from(texts.bytes.buffer, texts.bytes.byteOffset, texts.bytes.length).toString('latin1');
  const wanted = new RegExp(piece.replace(/[^\w]/g, '\\$&'), 'gi');
  let text = 0;
  for (wanted.lastIndex = 0; wanted.test(all);) {
    const [from, to] = [wanted.lastIndex - piece.length, wanted.lastIndex];
    text = textAround(starts, text, from);
    const end = starts[text + 1] ?? all.length;
    if (to <= end) {
      marked[text] = YES;
      wanted.lastIndex = Math.max(end, to);
    } else wanted.lastIndex = from + 1;
  }
  return marked;
}

/** The text in which a byte stands, not before `from`. */
function textAround(starts: Uint32Array, from: number, at: number): number {
  let [low, high] = [from, starts.length - 2];
  // Hits lie close together or far apart: steps first, then halves.
  for (let step = 1; low + step <= high && (starts[low + step] ?? 0) <= at; step *= 2) low += step;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

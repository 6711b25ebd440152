/**
 * Which texts may be one that is wanted as a whole. A mark of a template stands for whole tokens, so the wanted text can be cut as the template
 * is in one way only, and each slot is held against its own piece: one number after the other, instead of one text.
 */
import { fold } from '../query/fold.ts';
import { type Item, STAMP_LENGTH } from './template.ts';
import type { Slot, Template } from './template-reader.ts';
import { IS_TOKEN } from './tokens.ts';

/** Ranks; undefined: all. `wanted` is folded ASCII; `inField`: whether a value of another column may be it. */
export function alike(
  { items, slots }: Template,
  wanted: string,
  inField: (column: number) => boolean,
): readonly number[] | undefined {
  const [first, second] = items;
  if (first?.kind === 'field' && second === undefined) return inField(first.column) ? undefined : [];
  const pieces: [Slot, string][] = [];
  let at = 0;
  for (const item of items) {
    // What a field holds may be anything, and so may what stands behind it: what stands before must do.
    if (item.kind === 'field') {
      at = wanted.length;
      break;
    }
    const end = endOf(item, wanted, at);
    if (end < 0) return [];
    const slot = item.kind === 'text' ? undefined : slots[item.slot];
    if (slot !== undefined) pieces.push([slot, wanted.slice(at, end)]);
    at = end;
  }
  if (at !== wanted.length) return [];
  // What differs most in addresses, paths and names stands at their end.
  return pieces.reduceRight<readonly number[] | undefined>(
    (left, [slot, piece]) => (left?.length === 0 ? left : slot.being(piece, left)),
    undefined,
  );
}

/** Where the item's piece of the wanted text ends; -1 where it has none. */
function endOf(item: Exclude<Item, { kind: 'field' }>, wanted: string, at: number): number {
  if (item.kind === 'text') {
    const text = fold(item.text);
    return wanted.startsWith(text, at) ? at + text.length : -1;
  }
  if (item.kind === 'stamp') return at + STAMP_LENGTH <= wanted.length ? at + STAMP_LENGTH : -1;
  let end = at;
  while (end < wanted.length && IS_TOKEN[wanted.charCodeAt(end)] === 1) end++;
  return end > at ? end : -1;
}

/**
 * Which texts of a template hold several tokens with single dots between, such as an address.
 *
 *   template   SRC={number}.{number}.{number}.{number} DST=192.0.2.10      marks become one character each,
 *   skeleton   src=▮.▮.▮.▮ dst=192.0.2.10                                  so the places that are left are found by one expression
 *
 * A mark stands for whole tokens: those between two dots are wanted exactly as they are, the first one may begin earlier and the last one end later.
 */
import { fold } from '../query/fold.ts';
import { NO, PERHAPS } from './marks.ts';
import type { Item } from './template.ts';
import type { Slot } from './template-reader.ts';

/** Texts hold no such bytes outside of marks. */
const SLOT = '\0';
const OTHER = '\u0001';
/** The number of another column: it may stand right beside a dot, where texts of other columns never do. */
const FIELD_NUMBER = '\u0002';
/** Of fewer texts, looking at each costs less than looking at a whole slot. */
const FEW = 64;

/** By rank; undefined: none. `tokens` are folded ASCII; what lies in one field or stamp is asked by others. */
export function holdingDotted(
  items: readonly Item[],
  slots: readonly Slot[],
  tokens: readonly string[],
  uses: number,
  isNumber: (column: number) => boolean,
): Uint8Array | undefined {
  const skeleton = items.map((item) => shadow(item, isNumber)).join('');
  const inOrder = items.flatMap((item) => (item.kind === 'number' || item.kind === 'word' ? [slots[item.slot]] : []));
  let marks: Uint8Array | undefined;
  for (const place of skeleton.matchAll(new RegExp(`(?=${tokens.map(orSlot).join('\\.')})`, 'g'))) {
    const before = skeleton.slice(0, place.index).split(SLOT).length - 1;
    const wanted: Wanted[] = [];
    for (const [index, token] of tokens.entries()) {
      const slot = place[index + 1] === SLOT ? inOrder[before + wanted.length] : undefined;
      if (slot !== undefined) wanted.push({ slot, token, whole: index > 0 && index < tokens.length - 1 });
    }
    const ranks = withAll(wanted);
    if (ranks === undefined) return new Uint8Array(uses).fill(PERHAPS);
    if (ranks.length > 0) marks ??= new Uint8Array(uses);
    for (const rank of ranks) if (marks !== undefined) marks[rank] = PERHAPS;
  }
  return marks;
}

const orSlot = (token: string): string => `(${token}|${SLOT}|${FIELD_NUMBER})`;

function shadow(item: Item, isNumber: (column: number) => boolean): string {
  if (item.kind === 'text') return fold(item.text);
  if (item.kind === 'field') return isNumber(item.column) ? FIELD_NUMBER : OTHER;
  return item.kind === 'number' || item.kind === 'word' ? SLOT : OTHER;
}

interface Wanted {
  readonly slot: Slot;
  readonly token: string;
  readonly whole: boolean;
}

/** Ranks; undefined: all. Whole tokens first: they leave fewest. */
function withAll(wanted: readonly Wanted[]): readonly number[] | undefined {
  let left: readonly number[] | undefined;
  for (const { slot, token, whole } of wanted.toSorted((a, b) => Number(b.whole) - Number(a.whole))) {
    left = whole ? slot.being(token, left) : holding(slot, token, left);
    if (left?.length === 0) break;
  }
  return left;
}

function holding(slot: Slot, token: string, among: readonly number[] | undefined): readonly number[] | undefined {
  if (among !== undefined && among.length < FEW) return among.filter((rank) => fold(slot.text(rank)).includes(token));
  const answer = slot.holding(token);
  if (typeof answer === 'number') return answer === NO ? [] : among;
  if (among !== undefined) return among.filter((rank) => answer[rank] !== NO);
  const found: number[] = [];
  for (const [rank, mark] of answer.entries()) if (mark !== NO) found.push(rank);
  return found;
}

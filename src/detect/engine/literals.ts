/** What a finder looks for, and by which part of it: see `finder.ts` for the tables. */
import { byteShare, GRAM, gramOf, gramShare, PAIR_SIZE, pairsOf } from './grams.ts';

export type TextPlace = 'anywhere' | 'start' | 'end' | 'whole';

/** A folded literal and what it stands for. */
export interface Entry {
  readonly literal: string;
  readonly id: number;
  readonly place: TextPlace;
}

/** Elsewhere bytes would not say what the text says: what cannot be written is written as U+FFFD. */
export const isFindable = (literal: string): boolean => literal.isWellFormed() && !literal.includes('\ufffd');

/** Bytes of a literal: what tells it stands within. */
export const FURTHEST = 4096;

export const AT_START = 1;
export const AT_END = 2;
const FLAGS: Readonly<Record<TextPlace, number>> = {
  anywhere: 0,
  start: AT_START,
  end: AT_END,
  whole: AT_START | AT_END,
};

export interface Literal {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly flags: number;
  /** Where its bytes begin in the pool. */
  readonly begin: number;
  /** Its place among the literals of its finder. */
  readonly index: number;
}

/** Literals that are looked for by the same thing, and where in them it stands. */
export type Bucket = (readonly [literal: Literal, offset: number])[];

/** Where four bytes stand that are seldom there when those at `offset` are. */
export function tellingPlace(bytes: Uint8Array, offset: number, known: number): number {
  let best = { place: 0, share: Infinity };
  const end = Math.min(bytes.length, FURTHEST);
  for (let place = 0; place === 0 || place + GRAM <= end; place++) {
    let share = 1;
    for (let i = place; i < Math.min(place + GRAM, bytes.length); i++)
      if (i < offset || i >= offset + known) share *= byteShare(bytes[i] ?? 0);
    if (share < best.share) best = { place, share };
  }
  return best.place;
}

export function pooled(entries: readonly Entry[]): {
  readonly pool: Uint8Array;
  readonly literals: readonly Literal[];
} {
  const parts = entries.map(({ literal }) => Buffer.from(literal));
  let begin = 0;
  const literals = entries.map(({ id, place }, at): Literal => {
    const bytes = parts[at] ?? Buffer.alloc(0);
    begin += bytes.length;
    return { id, bytes, flags: FLAGS[place], begin: begin - bytes.length, index: at };
  });
  return { pool: Buffer.concat(parts), literals };
}

function add(chosen: Map<number, Bucket>, key: number, literal: Literal, offset: number): void {
  const bucket = chosen.get(key);
  if (bucket === undefined) chosen.set(key, [[literal, offset]]);
  else bucket.push([literal, offset]);
}

/** By two of its bytes, the rarer ones where there are more. */
export function chosenPairs(literals: readonly Literal[]): ReadonlyMap<number, Bucket> {
  const chosen = new Map<number, Bucket>();
  for (const literal of literals) {
    const { bytes } = literal;
    const ways = Array.from({ length: Math.max(1, bytes.length - 1) }, (_, at) =>
      pairsOf(bytes[at] ?? 0, bytes[at + 1]),
    );
    const cost = Float64Array.from(ways, ([pair = 0], at) => costOf(gramShare(bytes, at, PAIR_SIZE), chosen.get(pair)));
    const at = cheapest(cost, 1);
    for (const pair of ways[at] ?? []) add(chosen, pair, literal, at);
  }
  return chosen;
}

/** A literal that shares its gram with others is compared as often as they are. */
const CROWD = 0.01;
const costOf = (share: number, crowd: Bucket | undefined): number => (share + CROWD) * (1 + (crowd?.length ?? 0));

export function chosenGrams(literals: readonly Literal[], size: number, stride: number): ReadonlyMap<number, Bucket> {
  const chosen = new Map<number, Bucket>();
  for (const literal of literals) {
    const { bytes } = literal;
    const cost = Float64Array.from({ length: Math.min(bytes.length, FURTHEST) - size + 1 }, (_, offset) =>
      costOf(gramShare(bytes, offset, size), chosen.get(gramOf(bytes, offset, size))),
    );
    const first = cheapest(cost, stride);
    for (let offset = first; offset < first + stride; offset++)
      add(chosen, gramOf(bytes, offset, size), literal, offset);
  }
  return chosen;
}

/** Where the cheapest run of so many begins. */
function cheapest(cost: Float64Array, length: number): number {
  let best = { at: 0, sum: Infinity };
  for (let at = 0; at + length <= cost.length; at++) {
    let sum = 0;
    for (let i = at; i < at + length; i++) sum += cost[i] ?? 0;
    if (sum < best.sum) best = { at, sum };
  }
  return best.at;
}

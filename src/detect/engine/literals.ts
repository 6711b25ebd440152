/** What a finder looks for, and by which part of it: see `finder.ts` for the tables. */
import { gramOf, gramShare, PAIR_SIZE, pairsOf } from './grams.ts';

export type TextPlace = 'anywhere' | 'start' | 'end' | 'whole';

/** A folded literal and what it stands for. */
export interface Entry {
  readonly literal: string;
  readonly id: number;
  readonly place: TextPlace;
}

/** Elsewhere bytes would not say what the text says: zeros part texts, and what cannot be written is written as U+FFFD. */
export const isFindable = (literal: string): boolean =>
  literal.isWellFormed() && !literal.includes('\u0000') && !literal.includes('\ufffd');

export const AT_START = 1;
export const AT_END = 2;
const FLAGS: Readonly<Record<TextPlace, number>> = {
  anywhere: 0,
  start: AT_START,
  end: AT_END,
  whole: AT_START | AT_END,
};

interface Literal {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly flags: number;
  /** Where its bytes begin in the pool. */
  readonly begin: number;
}

/** Literals that are looked for by the same thing, and where in them it stands. */
type Bucket = (readonly [literal: Literal, offset: number])[];

/** Numbers that a literal takes in a bucket. */
export const ENTRY = 4;

/** Returns where the bucket begins. */
export function push(buckets: number[], bucket: Bucket): number {
  const at = buckets.push(bucket.length) - 1;
  for (const [{ bytes, flags, id, begin }, offset] of bucket) buckets.push(offset, bytes.length * 4 + flags, id, begin);
  return at;
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
    return { id, bytes, flags: FLAGS[place], begin: begin - bytes.length };
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
    const cost = Float64Array.from({ length: bytes.length - size + 1 }, (_, offset) =>
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

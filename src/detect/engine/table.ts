/**
 * Where the literals lie that are looked for by a gram or a pair. What is at hand between two events is pushed out of the processor's
 * caches by everything else that happens, so it is the lines of memory that a look costs, not its steps: the tables are small, and
 * what tells nearly always lies together.
 *
 *     heads      [print, where]             by a hash of the key; open addressing, 0 is an empty slot
 *     entries    [four, packed, literal]    one after the other up to one that is marked as the last: four bytes of the literal,
 *                                           where they and the key stand in it, which it is
 *     literals   [id, length, begin]        its trigger, and where in the pool its bytes are
 */
import { GRAM, gramOf, maskOf } from './grams.ts';
import { AT_END, AT_START, type Bucket, type Literal, tellingPlace } from './literals.ts';

/** Numbers that an entry takes, and a literal. */
export const ENTRY = 3;
export const LITERAL = 3;

/** What is packed: where the key stands in the literal, where the four bytes do, how many of them count, flags. */
export const PLACE_BITS = 12;
export const PLACE = (1 << PLACE_BITS) - 1;
const SIZE_SHIFT = 2 * PLACE_BITS;
export const [STARTS, ENDS, LAST] = [1 << 27, 1 << 28, 1 << 29];
const SIZE = 7;

/** By number of bytes that count. */
const MASKS = Int32Array.from({ length: GRAM + 1 }, (_, size) => maskOf(size));
export const maskIn = (packed: number): number => MASKS[(packed >>> SIZE_SHIFT) & SIZE] ?? 0;

/** Other bits than those of the filter: what went through it by chance is told here. */
const PRINT = 0x85_eb_ca_6b | 0;

/** Slots for each key, at least. */
const ROOM = 1.25;

/** Returns where the list begins. `known`: bytes that are known to stand there by the time an entry is looked at. */
export function addList(entries: number[], bucket: Bucket, known: number): number {
  const at = entries.length;
  for (const [i, [literal, offset]] of bucket.entries()) {
    const { bytes, flags, index } = literal;
    const place = tellingPlace(bytes, offset, known);
    const size = Math.min(bytes.length, GRAM);
    const last = i === bucket.length - 1 ? LAST : 0;
    const ends = ((flags & AT_START) !== 0 ? STARTS : 0) | ((flags & AT_END) !== 0 ? ENDS : 0);
    const packed = offset | (place << PLACE_BITS) | (size << SIZE_SHIFT) | ends | last;
    entries.push(gramOf(bytes, place, size), packed, index);
  }
  return at;
}

export const literalNumbers = (literals: readonly Literal[]): Int32Array =>
  Int32Array.from(literals.flatMap(({ id, bytes, begin }) => [id, bytes.length, begin]));

export class Table {
  readonly heads: Int32Array;
  readonly #where: number;

  /** By key where its list begins in the entries, of which there are so many numbers. */
  constructor(lists: ReadonlyMap<number, number>, entries: number) {
    this.heads = new Int32Array(1 << Math.ceil(Math.log2(ROOM * lists.size + 2)));
    this.#where = (1 << Math.ceil(Math.log2(entries / ENTRY + 2))) - 1;
    for (const [key, list] of lists) this.#add(key, list / ENTRY + 1);
  }

  #add(key: number, where: number): void {
    const { heads } = this;
    let slot = this.slot(key);
    while (heads[slot] !== 0) slot = (slot + 1) & (heads.length - 1);
    heads[slot] = (Math.imul(key, PRINT) & ~this.#where) | where;
  }

  slot(key: number): number {
    return (Math.imul(key, SPREAD) >>> 8) & (this.heads.length - 1);
  }

  /** Where a list begins that is probably the key's; -1 for none. There may be more from the slot after. */
  list(slot: number, key: number): number {
    const head = this.heads[slot] ?? 0;
    return ((head ^ Math.imul(key, PRINT)) & ~this.#where) === 0 ? ((head & this.#where) - 1) * ENTRY : -1;
  }
}

const SPREAD = 0x9e_37_79_b1 | 0;

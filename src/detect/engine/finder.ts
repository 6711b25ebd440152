/**
 * Which of many literals stand in a text, where they are asked for: anywhere, at its start, at its end, or as all of it.
 *
 *     text       … /c vssadmin delete shadows …   every gram (four bytes) of it
 *                        │▔▔▔
 *     bits       a bit a hash of a gram           nearly always no, and that was all
 *     slots      gram → its bucket                open addressing
 *     buckets    n, then n entries of             the literals that are looked for by this gram:
 *                [offset, size, id, pool]         where the gram stands in it, its length and place, its bytes
 *
 * Each literal is looked for by its rarest gram. Where all literals are long enough, not every place of the text is asked:
 * with a stride of s, s grams side by side stand for the literal, and one of them is met. A few literals that are hardly long
 * enough are looked for by three bytes, which makes the stride longer. Literals of less than four bytes are looked for by two.
 *
 * An automaton would take a step a byte, each of them waiting for the one before and missing the caches: six thousand
 * literals make a table of 8 MB. The bits are 32 kB, and four places are asked side by side.
 */
import { CASELESS, GRAM, maskOf, PAIR, PAIRS, SHORT_GRAM } from './grams.ts';
import { AT_END, AT_START, chosenGrams, chosenPairs, ENTRY, type Entry, pooled, push } from './literals.ts';
import type { Marks } from './marks.ts';
import type { Texts } from './texts.ts';

const SPREAD = 0x9e_37_79_b1 | 0;
const MAX_STRIDE = 8;
/** Three bytes tell less: where the stride is long, or the literals are many, they would be looked up more often than it saves. */
const [LONG_STRIDE, MANY] = [4, 1000];
/** Places that are asked side by side. */
const ABREAST = 4;
/** Bits a gram, and the powers of two within which a table stays. */
const SPARSE = 64;
const [LEAST_BITS, MOST_BITS] = [13, 18];

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

const bitsFor = (size: number): number => Math.min(MOST_BITS, Math.max(LEAST_BITS, Math.ceil(Math.log2(size + 1))));

export class Finder {
  readonly #marks: Marks;
  readonly #stride: number;
  /** What of four bytes is a gram. */
  readonly #mask: number;
  readonly #bits: Uint8Array;
  readonly #bitsShift: number;
  /** Grams, and beside each where its bucket begins; 0 is an empty slot. */
  readonly #slots: Int32Array;
  readonly #slotsShift: number;
  /** By pair where its bucket begins; 0 for most. */
  readonly #pairs: Int32Array | undefined;
  /** A bit a pair, for the others are no. */
  readonly #pairBits: Uint8Array;
  readonly #buckets: Int32Array;
  /** The bucket of short literals that ask for an end of the text: sooner looked at than looked for. */
  readonly #edges: number;
  readonly #pool: Uint8Array;

  constructor(entries: readonly Entry[], marks: Marks) {
    const { pool, literals } = pooled(entries);
    const short = literals.filter(({ bytes }) => bytes.length < GRAM);
    const long = literals.filter(({ bytes }) => bytes.length >= GRAM);
    const pairs = chosenPairs(short.filter(({ flags }) => flags === 0));
    const shortest = long.reduce((least, { bytes }) => Math.min(least, bytes.length), MAX_STRIDE + GRAM - 1);
    const isFew = pairs.size === 0 && shortest - GRAM + 1 < LONG_STRIDE && long.length < MANY;
    const size = isFew ? SHORT_GRAM : GRAM;
    this.#mask = maskOf(size);
    this.#stride = pairs.size > 0 ? 1 : shortest - size + 1;
    const grams = chosenGrams(long, size, this.#stride);
    this.#marks = marks;
    this.#pool = pool;
    this.#bitsShift = 32 - bitsFor(grams.size * SPARSE);
    this.#bits = new Uint8Array(1 << (32 - this.#bitsShift - 3));
    this.#slotsShift = 32 - Math.ceil(Math.log2(2 * grams.size + 2));
    this.#slots = new Int32Array(2 << (32 - this.#slotsShift));
    this.#pairs = pairs.size === 0 ? undefined : new Int32Array(PAIRS);
    this.#pairBits = new Uint8Array(pairs.size === 0 ? 0 : PAIRS >> 3);
    const buckets = [0];
    for (const [gram, bucket] of grams) this.#addGram(gram, push(buckets, bucket));
    for (const [pair, bucket] of pairs) this.#addPair(pair, push(buckets, bucket));
    this.#edges = push(
      buckets,
      short.filter(({ flags }) => flags !== 0).map((literal) => [literal, 0] as const),
    );
    this.#buckets = Int32Array.from(buckets);
  }

  #addGram(gram: number, bucket: number): void {
    const mask = (this.#slots.length >> 1) - 1;
    const spread = Math.imul(gram, SPREAD);
    const hash = spread >>> this.#bitsShift;
    this.#bits[hash >>> 3] = (this.#bits[hash >>> 3] ?? 0) | (1 << (hash & 7));
    let slot = spread >>> this.#slotsShift;
    while (this.#slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
    this.#slots[2 * slot] = gram;
    this.#slots[2 * slot + 1] = bucket;
  }

  #addPair(pair: number, bucket: number): void {
    if (this.#pairs !== undefined) this.#pairs[pair] = bucket;
    this.#pairBits[pair >>> 3] = (this.#pairBits[pair >>> 3] ?? 0) | (1 << (pair & 7));
  }

  /** Marks what stands in the text between two places of `texts`. */
  find({ bytes, view }: Texts, from: number, to: number): void {
    if (this.#buckets[this.#edges] !== 0) this.#lookAtEdges(bytes, from, to);
    if (this.#pairs !== undefined) this.#findShort(this.#pairs, bytes, view, from, to);
    else this.#findByStrides(bytes, view, from, to);
  }

  /** The loop costs as much as what is done in it. Past the end there is room, and nothing that stands there is taken. */
  #findByStrides(bytes: Uint8Array, view: DataView, from: number, to: number): void {
    const bits = this.#bits;
    const shift = this.#bitsShift;
    const mask = this.#mask;
    const stride = this.#stride;
    // A gram of three bytes may be the last three.
    const last = to - SHORT_GRAM;
    for (let at = from; at <= last; at += ABREAST * stride) {
      const one = Math.imul(view.getInt32(at, true) & mask, SPREAD) >>> shift;
      const two = Math.imul(view.getInt32(at + stride, true) & mask, SPREAD) >>> shift;
      const three = Math.imul(view.getInt32(at + 2 * stride, true) & mask, SPREAD) >>> shift;
      const four = Math.imul(view.getInt32(at + 3 * stride, true) & mask, SPREAD) >>> shift;
      const any =
        ((bits[one >>> 3] ?? 0) >>> (one & 7)) |
        ((bits[two >>> 3] ?? 0) >>> (two & 7)) |
        ((bits[three >>> 3] ?? 0) >>> (three & 7)) |
        ((bits[four >>> 3] ?? 0) >>> (four & 7));
      if ((any & 1) !== 0) this.#lookAbreast(bytes, view, at, from, to);
    }
  }

  #lookAbreast(bytes: Uint8Array, view: DataView, first: number, from: number, to: number): void {
    for (let place = 0, at = first; place < ABREAST; place++, at += this.#stride) {
      const gram = view.getInt32(at, true) & this.#mask;
      const hash = Math.imul(gram, SPREAD) >>> this.#bitsShift;
      if ((((this.#bits[hash >>> 3] ?? 0) >>> (hash & 7)) & 1) !== 0) this.#look(bytes, gram, at, from, to);
    }
  }

  /** Grams and pairs. The last pair is of the last byte and of one that is no longer of the text. */
  #findShort(pairs: Int32Array, bytes: Uint8Array, view: DataView, from: number, to: number): void {
    const bits = this.#bits;
    const pairBits = this.#pairBits;
    const shift = this.#bitsShift;
    for (let at = from; at < to; at += 2) {
      const four = view.getInt32(at, true);
      const next = view.getInt32(at + 1, true);
      const one = Math.imul(four & CASELESS, SPREAD) >>> shift;
      const two = Math.imul(next & CASELESS, SPREAD) >>> shift;
      const any =
        ((bits[one >>> 3] ?? 0) >>> (one & 7)) |
        ((bits[two >>> 3] ?? 0) >>> (two & 7)) |
        ((pairBits[(four & PAIR) >>> 3] ?? 0) >>> (four & 7)) |
        ((pairBits[(next & PAIR) >>> 3] ?? 0) >>> (next & 7));
      if ((any & 1) === 0) continue;
      this.#lookShort(pairs, bytes, four, at, from, to);
      this.#lookShort(pairs, bytes, next, at + 1, from, to);
    }
  }

  #lookShort(pairs: Int32Array, bytes: Uint8Array, four: number, at: number, from: number, to: number): void {
    const pair = four & PAIR;
    if ((((this.#pairBits[pair >>> 3] ?? 0) >>> (pair & 7)) & 1) !== 0)
      this.#compare(bytes, pairs[pair] ?? 0, at, from, to);
    const gram = four & CASELESS;
    const hash = Math.imul(gram, SPREAD) >>> this.#bitsShift;
    if ((((this.#bits[hash >>> 3] ?? 0) >>> (hash & 7)) & 1) !== 0) this.#look(bytes, gram, at, from, to);
  }

  #look(bytes: Uint8Array, gram: number, at: number, from: number, to: number): void {
    const slots = this.#slots;
    const mask = (slots.length >> 1) - 1;
    let slot = Math.imul(gram, SPREAD) >>> this.#slotsShift;
    for (; ; slot = (slot + 1) & mask) {
      const bucket = slots[2 * slot + 1] ?? 0;
      if (bucket === 0) return;
      if (slots[2 * slot] === gram) return this.#compare(bytes, bucket, at, from, to);
    }
  }

  #lookAtEdges(bytes: Uint8Array, from: number, to: number): void {
    const buckets = this.#buckets;
    const end = this.#edges + 1 + ENTRY * (buckets[this.#edges] ?? 0);
    for (let i = this.#edges + 1; i < end; i += ENTRY) {
      const size = buckets[i + 1] ?? 0;
      this.#compareOne(bytes, i, (size & AT_START) !== 0 ? from : to - (size >> 2), from, to);
    }
  }

  #compare(bytes: Uint8Array, bucket: number, at: number, from: number, to: number): void {
    const buckets = this.#buckets;
    const end = bucket + 1 + ENTRY * (buckets[bucket] ?? 0);
    for (let i = bucket + 1; i < end; i += ENTRY) this.#compareOne(bytes, i, at - (buckets[i] ?? 0), from, to);
  }

  #compareOne(bytes: Uint8Array, entry: number, start: number, from: number, to: number): void {
    const buckets = this.#buckets;
    const size = buckets[entry + 1] ?? 0;
    const id = buckets[entry + 2] ?? 0;
    const length = size >> 2;
    if (start < from || start + length > to) return;
    if ((size & AT_START) !== 0 && start !== from) return;
    if ((size & AT_END) !== 0 && start + length !== to) return;
    const marks = this.#marks;
    if (marks.reached[id] === marks.round) return;
    const pool = this.#pool;
    const begin = buckets[entry + 3] ?? 0;
    for (let i = 0; i < length; i++) if (LOWER[bytes[start + i] ?? 0] !== pool[begin + i]) return;
    marks.reach(id);
  }
}

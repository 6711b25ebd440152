/**
 * Which of many literals stand in a text, where they are asked for: anywhere, at its start, at its end, or as all of it.
 *
 *     text       … /c vssadmin delete shadows …   every gram (four bytes) of it
 *                        │▔▔▔
 *     bits       a bit a hash of a gram           nearly always no, and that was all
 *     table      gram → its literals           their bytes are compared (table.ts)
 *
 * Each literal is looked for by its rarest gram. Where all literals are long enough, not every place of the text is asked:
 * with a stride of s, s grams side by side stand for the literal, and one of them is met. A few literals that are hardly long
 * enough are looked for by three bytes, which makes the stride longer. Literals of less than four bytes are looked for by two.
 *
 * An automaton would take a step a byte, each of them waiting for the one before and missing the caches: six thousand
 * literals make a table of 8 MB. The bits are 32 kB, and four places are asked side by side.
 */
import { CASELESS, GRAM, maskOf, PAIR, PAIR_SIZE, PAIRS, SHORT_GRAM } from './grams.ts';
import { type Bucket, chosenGrams, chosenPairs, type Entry, type Literal, pooled } from './literals.ts';
import type { Marks } from './marks.ts';
import {
  addList,
  ENDS,
  ENTRY,
  LAST,
  LITERAL,
  literalNumbers,
  maskIn,
  PLACE,
  PLACE_BITS,
  STARTS,
  Table,
} from './table.ts';
import type { Texts } from './texts.ts';

const SPREAD = 0x9e_37_79_b1 | 0;
const MAX_STRIDE = 8;
/** Three bytes tell less: where the stride is long, or the literals are many, they would be looked up more often than it saves. */
const [LONG_STRIDE, MANY] = [4, 1000];
/** Places that are asked side by side. */
const ABREAST = 4;
/**
 * Where something may stand, of the text at hand: noted first, looked at later. Who looks at once waits each time, for the memory
 * and for a guess of the processor that was wrong.
 */
const MOST_NOTED = 256;
const NOTED = new Int32Array(MOST_NOTED);
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
  readonly #grams: Table;
  readonly #pairs: Table | undefined;
  /** A bit a pair, for the others are no. */
  readonly #pairBits: Uint8Array;
  readonly #entries: Int32Array;
  /** Short literals that ask for an end of the text: sooner looked at than looked for. */
  readonly #edges: number;
  readonly #literals: Int32Array;
  readonly #pool: Uint8Array;

  constructor(wanted: readonly Entry[], marks: Marks) {
    const { pool, literals } = pooled(wanted);
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
    this.#pairBits = new Uint8Array(pairs.size === 0 ? 0 : PAIRS >> 3);
    const entries: number[] = [];
    const lists = (keys: ReadonlyMap<number, Bucket>, known: number): ReadonlyMap<number, number> =>
      new Map(Array.from(keys, ([key, bucket]) => [key, addList(entries, bucket, known)]));
    const gramLists = lists(grams, size);
    const pairLists = lists(pairs, PAIR_SIZE);
    const edges = short.filter(({ flags }) => flags !== 0);
    this.#edges = edges.length === 0 ? NONE : addList(entries, atEdges(edges), 0);
    for (const gram of grams.keys()) this.#addBit(gram);
    for (const pair of pairs.keys()) this.#pairBits[pair >>> 3] = (this.#pairBits[pair >>> 3] ?? 0) | (1 << (pair & 7));
    this.#grams = new Table(gramLists, entries.length);
    this.#pairs = pairs.size === 0 ? undefined : new Table(pairLists, entries.length);
    this.#entries = Int32Array.from(entries);
    this.#literals = literalNumbers(literals);
  }

  #addBit(gram: number): void {
    const hash = Math.imul(gram, SPREAD) >>> this.#bitsShift;
    this.#bits[hash >>> 3] = (this.#bits[hash >>> 3] ?? 0) | (1 << (hash & 7));
  }

  /** Marks what stands in the text between two places of `texts`. */
  find({ bytes, view }: Texts, from: number, to: number): void {
    if (this.#edges !== NONE) this.#lookAtEdges(bytes, view, from, to);
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
    for (let at = from; at <= last;) {
      const stop = Math.min(last, at + MOST_NOTED * ABREAST * stride - 1);
      let count = 0;
      for (; at <= stop; at += ABREAST * stride) {
        const one = Math.imul(view.getInt32(at, true) & mask, SPREAD) >>> shift;
        const two = Math.imul(view.getInt32(at + stride, true) & mask, SPREAD) >>> shift;
        const three = Math.imul(view.getInt32(at + 2 * stride, true) & mask, SPREAD) >>> shift;
        const four = Math.imul(view.getInt32(at + 3 * stride, true) & mask, SPREAD) >>> shift;
        const any =
          ((bits[one >>> 3] ?? 0) >>> (one & 7)) |
          ((bits[two >>> 3] ?? 0) >>> (two & 7)) |
          ((bits[three >>> 3] ?? 0) >>> (three & 7)) |
          ((bits[four >>> 3] ?? 0) >>> (four & 7));
        NOTED[count] = at;
        count += any & 1;
      }
      for (let i = 0; i < count; i++) this.#lookAbreast(bytes, view, NOTED[i] ?? 0, from, to);
    }
  }

  #lookAbreast(bytes: Uint8Array, view: DataView, first: number, from: number, to: number): void {
    for (let place = 0, at = first; place < ABREAST; place++, at += this.#stride) {
      const gram = view.getInt32(at, true) & this.#mask;
      const hash = Math.imul(gram, SPREAD) >>> this.#bitsShift;
      if ((((this.#bits[hash >>> 3] ?? 0) >>> (hash & 7)) & 1) !== 0)
        this.#look(this.#grams, bytes, view, gram, at, from, to);
    }
  }

  /** Grams and pairs. The last pair is of the last byte and of one that is no longer of the text. */
  #findShort(pairs: Table, bytes: Uint8Array, view: DataView, from: number, to: number): void {
    const bits = this.#bits;
    const pairBits = this.#pairBits;
    const shift = this.#bitsShift;
    for (let at = from; at < to;) {
      const stop = Math.min(to, at + MOST_NOTED * 2);
      let count = 0;
      for (; at < stop; at += 2) {
        const four = view.getInt32(at, true);
        const next = view.getInt32(at + 1, true);
        const one = Math.imul(four & CASELESS, SPREAD) >>> shift;
        const two = Math.imul(next & CASELESS, SPREAD) >>> shift;
        const any =
          ((bits[one >>> 3] ?? 0) >>> (one & 7)) |
          ((bits[two >>> 3] ?? 0) >>> (two & 7)) |
          ((pairBits[(four & PAIR) >>> 3] ?? 0) >>> (four & 7)) |
          ((pairBits[(next & PAIR) >>> 3] ?? 0) >>> (next & 7));
        NOTED[count] = at;
        count += any & 1;
      }
      for (let i = 0; i < count; i++) this.#lookTwice(pairs, bytes, view, NOTED[i] ?? 0, from, to);
    }
  }

  #lookTwice(pairs: Table, bytes: Uint8Array, view: DataView, at: number, from: number, to: number): void {
    this.#lookShort(pairs, bytes, view, view.getInt32(at, true), at, from, to);
    this.#lookShort(pairs, bytes, view, view.getInt32(at + 1, true), at + 1, from, to);
  }

  #lookShort(
    pairs: Table,
    bytes: Uint8Array,
    view: DataView,
    four: number,
    at: number,
    from: number,
    to: number,
  ): void {
    const pair = four & PAIR;
    if ((((this.#pairBits[pair >>> 3] ?? 0) >>> (pair & 7)) & 1) !== 0)
      this.#look(pairs, bytes, view, pair, at, from, to);
    const gram = four & CASELESS;
    const hash = Math.imul(gram, SPREAD) >>> this.#bitsShift;
    if ((((this.#bits[hash >>> 3] ?? 0) >>> (hash & 7)) & 1) !== 0)
      this.#look(this.#grams, bytes, view, gram, at, from, to);
  }

  #look(table: Table, bytes: Uint8Array, view: DataView, key: number, at: number, from: number, to: number): void {
    const { heads } = table;
    for (let slot = table.slot(key); heads[slot] !== 0; slot = (slot + 1) & (heads.length - 1)) {
      const list = table.list(slot, key);
      if (list >= 0) this.#compare(bytes, view, list, at, from, to);
    }
  }

  /** Of those at an edge, what is packed as the place of their key is their length. */
  #lookAtEdges(bytes: Uint8Array, view: DataView, from: number, to: number): void {
    const entries = this.#entries;
    for (let i = this.#edges; ; i += ENTRY) {
      const packed = entries[i + 1] ?? LAST;
      const start = (packed & STARTS) !== 0 ? from : to - (packed & PLACE);
      if (start >= from && (view.getInt32(start, true) & maskIn(packed)) === entries[i])
        this.#compareAll(bytes, entries[i + 2] ?? 0, packed, start, from, to);
      if ((packed & LAST) !== 0) return;
    }
  }

  #compare(bytes: Uint8Array, view: DataView, list: number, at: number, from: number, to: number): void {
    const entries = this.#entries;
    for (let i = list; ; i += ENTRY) {
      const packed = entries[i + 1] ?? LAST;
      const start = at - (packed & PLACE);
      const place = start + ((packed >>> PLACE_BITS) & PLACE);
      if (start >= from && (view.getInt32(place, true) & maskIn(packed)) === entries[i])
        this.#compareAll(bytes, entries[i + 2] ?? 0, packed, start, from, to);
      if ((packed & LAST) !== 0) return;
    }
  }

  #compareAll(bytes: Uint8Array, literal: number, packed: number, start: number, from: number, to: number): void {
    const literals = this.#literals;
    const length = literals[LITERAL * literal + 1] ?? 0;
    if (start + length > to) return;
    if ((packed & STARTS) !== 0 && start !== from) return;
    if ((packed & ENDS) !== 0 && start + length !== to) return;
    const id = literals[LITERAL * literal] ?? 0;
    const marks = this.#marks;
    if (marks.reached[id] === marks.round) return;
    const pool = this.#pool;
    const begin = literals[LITERAL * literal + 2] ?? 0;
    for (let i = 0; i < length; i++) if (LOWER[bytes[start + i] ?? 0] !== pool[begin + i]) return;
    marks.reach(id);
  }
}

const NONE = -1;

const atEdges = (literals: readonly Literal[]): Bucket => literals.map((literal) => [literal, literal.bytes.length]);

/**
 * The tables of automata that find many literals in one pass: Aho–Corasick for literals anywhere, tries for those at the
 * beginning or at the end.
 *
 *     table   one row a state:  [ next state by class of character … | outputs | outputs of whole texts ]
 *     state   the offset of its row, so that a step is one addition and one look-up
 *     ~s      a next state s that has outputs, so that the usual step tests one sign
 *
 * Characters are compressed to the classes that the literals use; both cases of a Latin letter are one class, so most texts
 * need no folding. The first character that is more intricate makes the text be folded and read again. Literals are folded
 * by the caller.
 *
 * Outputs are indices into `lists`; 0 is the empty list. A list names what its literals stand for, without repeats.
 */
import { isIntricate } from '../sigma/fold.ts';

/** A literal and what it stands for. */
export interface Entry {
  readonly literal: string;
  readonly id: number;
  /** Of a prefix: the text ends with it as well. */
  readonly whole?: boolean;
}

/** The letters of logs, the most used first: what is used together then lies together in a row, and in the cache. */
const USUAL = 'e\\stinaorc.lmdpw3u 2x-fgbh01y_v4"/:k5=6789jzq,{}()';

function byUse(one: number, other: number): number {
  const [left, right] = [one, other].map((code) => USUAL.indexOf(String.fromCharCode(code)));
  if (left === undefined || right === undefined || left === right) return one - other;
  return left < 0 ? 1 : right < 0 ? -1 : left - right;
}

class Alphabet {
  /** Class by code, of Latin-1; 0 for characters that no literal has. */
  readonly narrow = new Uint8Array(256);
  readonly #wide = new Map<number, number>();
  readonly size: number;

  constructor(entries: readonly Entry[]) {
    const codes = new Set<number>();
    for (const { literal } of entries) for (let i = 0; i < literal.length; i++) codes.add(literal.charCodeAt(i));
    let size = 1;
    for (const code of Array.from(codes).toSorted(byUse)) {
      if (code > 255) this.#wide.set(code, size++);
      else this.narrow[code] = size++;
    }
    for (let code = 0; code < 256; code++) {
      const small = String.fromCharCode(code).toLowerCase().charCodeAt(0);
      if (small !== code && !isIntricate(small)) this.narrow[code] = this.narrow[small] ?? 0;
    }
    this.size = size;
  }

  classOf(code: number): number {
    return code > 255 ? (this.#wide.get(code) ?? 0) : (this.narrow[code] ?? 0);
  }
}

export interface Machine {
  readonly alphabet: Alphabet;
  readonly table: Int32Array;
  readonly lists: readonly Int32Array[];
  /** Where in a row the outputs are; those of whole texts follow. */
  readonly outputs: number;
}

export class Builder {
  readonly alphabet: Alphabet;
  readonly #width: number;
  readonly #table: Int32Array<ArrayBuffer>;
  #end: number;
  readonly #ids = new Map<number, number[]>();
  readonly #wholes = new Map<number, number[]>();
  readonly #lists: Int32Array[] = [new Int32Array(0)];

  constructor(entries: readonly Entry[]) {
    this.alphabet = new Alphabet(entries);
    this.#width = this.alphabet.size + 2;
    const states = entries.reduce((sum, { literal }) => sum + literal.length, 1);
    this.#table = new Int32Array(states * this.#width);
    this.#end = this.#width;
  }

  /** All literals a letter further at a time: states that are near the beginning, where texts mostly are, lie together. */
  add(entries: readonly Entry[], backwards: boolean): void {
    const states = new Int32Array(entries.length);
    const longest = entries.reduce((most, { literal }) => Math.max(most, literal.length), 0);
    for (let i = 0; i < longest; i++) {
      for (const [at, { literal }] of entries.entries()) {
        if (i >= literal.length) continue;
        states[at] = this.#step(states[at] ?? 0, literal.charCodeAt(backwards ? literal.length - 1 - i : i));
      }
    }
    for (const [at, { id, whole }] of entries.entries()) {
      const state = states[at] ?? 0;
      const ids = whole === true ? this.#wholes : this.#ids;
      const known = ids.get(state);
      if (known === undefined) ids.set(state, [id]);
      else known.push(id);
    }
  }

  #step(state: number, code: number): number {
    const place = state + this.alphabet.classOf(code);
    const next = this.#table[place] ?? 0;
    if (next !== 0) return next;
    this.#table[place] = this.#end;
    this.#end += this.#width;
    return this.#end - this.#width;
  }

  /** A trie: 0 is no next state. */
  trie(): Machine {
    for (const [state, ids] of this.#ids) this.#setOutputs(state, ids);
    return this.#machine();
  }

  /** Aho–Corasick: every state has a next one for every class, and the outputs of all its suffixes. */
  anywhere(): Machine {
    const table = this.#table;
    const { size } = this.alphabet;
    const queue = new Int32Array(this.#end / this.#width);
    const fails = new Map<number, number>([[0, 0]]);
    let [head, tail] = [0, 1];
    while (head < tail) {
      const state = queue[head++] ?? 0;
      const fail = fails.get(state) ?? 0;
      this.#inherit(state, fail);
      for (let kind = 0; kind < size; kind++) {
        const next = table[state + kind] ?? 0;
        const beside = state === 0 ? 0 : (table[fail + kind] ?? 0);
        if (next === 0) table[state + kind] = beside;
        else {
          fails.set(next, beside);
          queue[tail++] = next;
        }
      }
    }
    this.#mark(size);
    return this.#machine();
  }

  #inherit(state: number, fail: number): void {
    const own = this.#ids.get(state);
    const inherited = state === 0 ? 0 : (this.#table[fail + this.alphabet.size] ?? 0);
    if (own === undefined) this.#table[state + this.alphabet.size] = inherited;
    else this.#setOutputs(state, [...own, ...(this.#lists[inherited] ?? [])]);
  }

  #setOutputs(state: number, ids: readonly number[]): void {
    this.#table[state + this.alphabet.size] = this.#list(ids);
  }

  #list(ids: readonly number[]): number {
    return this.#lists.push(Int32Array.from(new Set(ids))) - 1;
  }

  /** Turns around the sign of every way into a state that has outputs. */
  #mark(size: number): void {
    const table = this.#table;
    for (let row = 0; row < this.#end; row += this.#width) {
      for (let kind = 0; kind < size; kind++) {
        const next = table[row + kind] ?? 0;
        if (next > 0 && (table[next + size] ?? 0) > 0) table[row + kind] = ~next;
      }
    }
  }

  #machine(): Machine {
    const { alphabet } = this;
    for (const [state, ids] of this.#wholes) this.#table[state + alphabet.size + 1] = this.#list(ids);
    const used = this.#table.buffer.transfer(this.#end * Int32Array.BYTES_PER_ELEMENT);
    return { alphabet, table: new Int32Array(used), lists: this.#lists, outputs: alphabet.size };
  }
}

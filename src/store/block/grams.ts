/**
 * Which three characters follow each other in the words of a block. The filter (`./filter.ts`) knows whole words only; where a piece of a word is wanted,
 * this says no, mostly without anything being inflated.
 *
 *   authentication  →  aut uth the hen ent nti tic ica cat ati tio ion        37³ bits, one for each three of a–z, 0–9 and _
 *
 * Not listed, and so never asked for: three digits, and what the stamps of times are made of (`15t`, `5t0`, `t08`, `20z`). Those are in every block.
 * Case is folded. The frame and its checksums are those of `./parts.ts`. It is derived from the block alone: `doctor --verify` makes it again and compares.
 */
import { textsOf } from '../query/match.ts';
import type { ColumnsView } from './column-view.ts';
import type { Texts } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { readParts, writeParts } from './parts.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_';
const BASE = LETTERS.length;
const BYTES = Math.ceil(BASE ** 3 / 8);
const LEVEL = 6;
const NONE = 255;
const FIRST_DIGIT = 26;
const LAST_DIGIT = 35;
const [T, Z] = [LETTERS.indexOf('t'), LETTERS.indexOf('z')];

const CODES = new Uint8Array(256).fill(NONE);
for (const [code, letter] of LETTERS.split('').entries()) {
  CODES[letter.charCodeAt(0)] = code;
  CODES[letter.toUpperCase().charCodeAt(0)] = code;
}

const LISTED = new Uint8Array(BASE ** 3);
for (let gram = 0; gram < LISTED.length; gram++) {
  const three = [Math.floor(gram / BASE ** 2), Math.floor(gram / BASE) % BASE, gram % BASE];
  const shape = three.map((code) =>
    code >= FIRST_DIGIT && code <= LAST_DIGIT ? '0' : code === T ? 't' : code === Z ? 'z' : 'a',
  );
  LISTED[gram] = /^(?:000|00t|0t0|t00|00z)$/.test(shape.join('')) ? 0 : 1;
}

function eachGram(bytes: Uint8Array, from: number, to: number, add: (gram: number) => void): void {
  let [gram, length] = [0, 0];
  for (let at = from; at < to; at++) {
    const code = CODES[bytes[at] ?? 0] ?? NONE;
    if (code === NONE) {
      length = 0;
      continue;
    }
    gram = (gram * BASE + code) % BASE ** 3;
    if (++length >= 3 && LISTED[gram] === 1) add(gram);
  }
}

/** Those of a text that is wanted, or a part of it. */
export function gramsIn(text: string): readonly number[] {
  const bytes = Buffer.from(text);
  const found = new Set<number>();
  eachGram(bytes, 0, bytes.length, (gram) => found.add(gram));
  return [...found];
}

export function listGrams({ columns, count }: ColumnsView): Uint8Array<ArrayBuffer> {
  const seen = new Uint8Array(BASE ** 3);
  const add = (gram: number): void => void (seen[gram] = 1);
  for (let column = 0; column < columns.names.length; column++) {
    const data = columns.data(column);
    // Numbers are digits.
    if (data.kind === 'numbers') continue;
    const pieces = data.kind === 'texts' ? data.texts.pieces() : data.values.flatMap(textsOf).map(asTexts);
    for (const { bytes, starts } of pieces)
      for (let text = 0; text + 1 < starts.length; text++)
        eachGram(bytes, starts[text] ?? 0, starts[text + 1] ?? 0, add);
  }
  const bits = new Uint8Array(BYTES);
  for (let gram = 0; gram < seen.length; gram++)
    if (seen[gram] === 1) bits[gram >> 3] = (bits[gram >> 3] ?? 0) | (1 << (gram & 7));
  return writeParts('grams', count, [bits], LEVEL);
}

function asTexts(text: string): Texts {
  const bytes = Buffer.from(text);
  return { bytes, starts: Uint32Array.of(0, bytes.length) };
}

/** Whether the block may hold these three; throws DamagedBatch. */
export function readGrams(bytes: Uint8Array): (gram: number) => boolean {
  const parts = readParts(bytes);
  if (parts.kind !== 'grams') throw new DamagedBatch('it is no list of grams');
  const bits = parts.part(0);
  if (bits.length !== BYTES) throw new DamagedBatch('it lists other grams');
  return (gram) => ((bits[gram >> 3] ?? 0) & (1 << (gram & 7))) !== 0;
}

/** Whether it lists what the block's own texts are made of. */
export function isGramsOf(bytes: Uint8Array, view: ColumnsView): boolean {
  try {
    const [found, expected] = [readParts(bytes), readParts(listGrams(view))];
    return found.kind === expected.kind && found.count === expected.count && found.part(0).equals(expected.part(0));
  } catch (error) {
    if (error instanceof DamagedBatch) return false;
    throw error;
  }
}

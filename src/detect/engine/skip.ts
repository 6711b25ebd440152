/**
 * A few literals in a long text, without looking at every character (Wu and Manber's way). A window as long as the shortest
 * literal is laid on the text; its last two characters say how far it can move at least, because no literal has those two
 * any later. Where they say nothing the window may be one: then a trie decides.
 *
 *     text      ProcessGuid={5AA13A44-…          literals  lsadump::   sekurlsa
 *     window    |ProcessG|                       `sG` is in none of them: move by 7
 *
 * Only for texts of ASCII alone: a ligature or a sharp s would be several letters once folded.
 */
import { anywhere, atPlace, type Entry, type Scan } from './automaton.ts';
import { rarestPart } from './rarity.ts';

const MIN_WINDOW = 4;
const MAX_WINDOW = 8;
/** Below these it does not pay. */
const MIN_MOVE = 6;
const MIN_TEXT = 40;

/** The part of a literal that is looked for; whether all of it stands there is asked when the part was found. */
type Part = (literal: string, length: number) => string;

const beginning: Part = (literal, length) => literal.slice(0, length);

interface Moves {
  readonly window: number;
  /** Class by code of ASCII; both cases of a letter are one. */
  readonly classes: Uint8Array;
  /** By class of the last character but one, then of the last: how far to move, 0 for "look". */
  readonly table: Uint8Array;
  readonly size: number;
  readonly parts: readonly Entry[];
  /** How far a move goes, over all pairs of letters that the literals have. */
  readonly mean: number;
}

function moves(entries: readonly Entry[], part: Part): Moves {
  const window = Math.min(MAX_WINDOW, ...entries.map(({ literal }) => literal.length));
  const parts = entries.map(({ literal, id }) => ({ literal: part(literal, window), id }));
  const classes = new Uint8Array(128);
  let size = 1;
  for (const { literal } of parts)
    for (const letter of literal) if (classes[letter.charCodeAt(0)] === 0) classes[letter.charCodeAt(0)] = size++;
  for (let code = 65; code <= 90; code++) classes[code] = classes[code + 32] ?? 0;
  const table = new Uint8Array(size * size).fill(window - 1);
  for (const { literal } of parts) {
    for (let at = 1; at < window; at++) {
      const pair = (classes[literal.charCodeAt(at - 1)] ?? 0) * size + (classes[literal.charCodeAt(at)] ?? 0);
      table[pair] = Math.min(table[pair] ?? 0, window - 1 - at);
    }
  }
  // Of the letters that the literals are made of: the texts are likely to be made of them too.
  const known = table.filter((_, pair) => pair >= size && pair % size > 0);
  const mean = known.reduce((sum, move) => sum + move, 0) / known.length;
  return { window, classes, table, size, parts, mean };
}

const isShort = ({ literal }: Entry): boolean => literal.length < MIN_WINDOW;
const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text);

/** Literals anywhere in a text, by skipping where that pays. Every id stands for one literal. */
export function search(entries: readonly Entry[]): Scan {
  const whole = anywhere(entries);
  // A literal with intricate letters is not in a text of ASCII, and may stay out of the way.
  const plain = entries.filter(({ literal }) => isAscii(literal));
  if (plain.length === 0 || plain.some(isShort)) return whole;
  const [best] = [moves(plain, beginning), moves(plain, rarestPart)].toSorted((one, other) => other.mean - one.mean);
  if (best === undefined || best.mean < MIN_MOVE) return whole;
  return skipping(best, whole, new Map(plain.map(({ literal, id }) => [id, literal] as const)));
}

function skipping(
  { window, classes, table, size, parts }: Moves,
  whole: Scan,
  literals: ReadonlyMap<number, string>,
): Scan {
  const trie = atPlace(parts);
  return (text, reach) => {
    const { length } = text;
    if (length < MIN_TEXT || Buffer.byteLength(text) !== length) return whole(text, reach);
    let lowered: string | undefined;
    const look = (ids: Int32Array): void => {
      const all = (lowered ??= text.toLowerCase());
      const found = ids.filter((id) => all.includes(literals.get(id) ?? ''));
      if (found.length > 0) reach(found);
    };
    for (let end = window - 1; end < length;) {
      const move = table[(classes[text.charCodeAt(end - 1)] ?? 0) * size + (classes[text.charCodeAt(end)] ?? 0)] ?? 0;
      if (move === 0) {
        trie(text, end - window + 1, look);
        end++;
      } else end += move;
    }
  };
}

/**
 * Which of many literals stand in a text, found in one pass over it; the tables are built in `machine.ts`. A text is read as
 * it is while its letters are simple. The first that is not makes the text be folded and read again.
 */
import { fold, isIntricate } from '../sigma/fold.ts';
import { Builder, type Entry } from './machine.ts';

export type { Entry } from './machine.ts';

/** Called with each list of ids that a text reaches; the same list may come more than once. */
export type Reach = (ids: Int32Array) => void;
export type Scan = (text: string, reach: Reach) => void;

/** The fewest units of a text that can fold to the literal: one may become three, as the ligature of f, f and i does. */
const leastUnits = ({ literal }: Entry): number => Math.ceil(literal.length / 3);

/**
 * Literals anywhere in a text. An empty literal has no place here. Those with letters beyond Latin-1, pictograms among them,
 * would blow up the rows for all; they are in a machine of their own, which only texts that have such letters meet.
 */
export function anywhere(entries: readonly Entry[]): Scan {
  const narrow = anywhereIn(entries.filter(({ literal }) => !hasWide(literal)));
  const wide = anywhereIn(entries.filter(({ literal }) => hasWide(literal)));
  const least = Math.min(...entries.map(leastUnits));
  return (text, reach) => {
    if (text.length < least || narrow.plain(text, reach)) return;
    const folded = fold(text);
    narrow.folded(folded, reach);
    wide.folded(folded, reach);
  };
}

const hasWide = (literal: string): boolean => /[\u0100-\uffff]/.test(literal);

interface Search {
  /** False as soon as the text has a letter that must be folded with care. */
  readonly plain: (text: string, reach: Reach) => boolean;
  readonly folded: (text: string, reach: Reach) => void;
}

function anywhereIn(entries: readonly Entry[]): Search {
  const builder = new Builder(entries);
  builder.add(entries, false);
  const { alphabet, table, lists, outputs } = builder.anywhere();
  const { narrow } = alphabet;
  const emit = (state: number, reach: Reach): void => {
    const list = lists[table[state + outputs] ?? 0];
    if (list !== undefined) reach(list);
  };
  // A text that ends in the second half begins there, or at most so many letters before.
  const overlap = Math.max(1, ...entries.map(({ literal }) => literal.length)) - 1;
  return {
    plain(text, reach) {
      const { length } = text;
      let [one, other] = [0, 0];
      let at = 0;
      // Each step of a machine waits for the one before it. Two that walk side by side, one a half, wait together.
      if (length >= 3 * overlap + 16) {
        const half = (length + overlap + 1) >> 1;
        const ahead = length - half;
        for (; at < half; at++) {
          const code = text.charCodeAt(at);
          const next = text.charCodeAt(at + ahead);
          if ((code | next) > 127 && (isIntricate(code) || isIntricate(next))) return false;
          one = table[one + (narrow[code] ?? 0)] ?? 0;
          other = table[other + (narrow[next] ?? 0)] ?? 0;
          if (one < 0) emit((one = ~one), reach);
          if (other < 0) emit((other = ~other), reach);
        }
        return true;
      }
      for (; at < length; at++) {
        const code = text.charCodeAt(at);
        if (code > 127 && isIntricate(code)) return false;
        one = table[one + (narrow[code] ?? 0)] ?? 0;
        if (one < 0) emit((one = ~one), reach);
      }
      return true;
    },
    folded(text, reach) {
      let state = 0;
      for (let i = 0; i < text.length; i++) {
        state = table[state + alphabet.classOf(text.charCodeAt(i))] ?? 0;
        if (state < 0) emit((state = ~state), reach);
      }
    },
  };
}

/** Literals at one end of a text; from the beginning also those that are all of it. */
function atEdge(entries: readonly Entry[], backwards: boolean): Scan {
  const builder = new Builder(entries);
  builder.add(entries, backwards);
  const { alphabet, table, lists, outputs } = builder.trie();
  const { narrow } = alphabet;
  const emit = (place: number, reach: Reach): void => {
    const list = table[place] ?? 0;
    if (list > 0) reach(lists[list] ?? new Int32Array(0));
  };
  const walk = (text: string, reach: Reach, folded: boolean): void => {
    let state = 0;
    emit(outputs, reach);
    const { length } = text;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(backwards ? length - 1 - i : i);
      if (code > 127 && !folded && isIntricate(code)) return walk(fold(text), reach, true);
      state = table[state + (code > 255 ? alphabet.classOf(code) : (narrow[code] ?? 0))] ?? 0;
      if (state === 0) return;
      emit(state + outputs, reach);
    }
    emit(state + outputs + 1, reach);
  };
  return (text, reach) => walk(text, reach, false);
}

export const atStart = (entries: readonly Entry[]): Scan => atEdge(entries, false);
export const atEnd = (entries: readonly Entry[]): Scan => atEdge(entries, true);

/** Literals that begin at one place of a text of ASCII. */
export function atPlace(entries: readonly Entry[]): (text: string, place: number, reach: Reach) => void {
  const builder = new Builder(entries);
  builder.add(entries, false);
  const { alphabet, table, lists, outputs } = builder.trie();
  const { narrow } = alphabet;
  return (text, place, reach) => {
    let state = 0;
    for (let i = place; i < text.length; i++) {
      state = table[state + (narrow[text.charCodeAt(i)] ?? 0)] ?? 0;
      if (state === 0) return;
      const list = lists[table[state + outputs] ?? 0];
      if (list !== undefined && list.length > 0) reach(list);
    }
  };
}

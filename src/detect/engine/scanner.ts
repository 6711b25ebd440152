/** The triggers of a program, by field: numbers in a map, texts with a finder. */
import type { Scalar } from '#contract';
import type { Field } from '../sigma/fields.ts';
import { numberOf } from '../sigma/number.ts';
import type { Evaluator, Slot } from './evaluator.ts';
import { Finder } from './finder.ts';
import type { Entry } from './literals.ts';
import type { Marks } from './marks.ts';
import type { Texts } from './texts.ts';
import type { Triggers } from './triggers.ts';

/** Reads one field of the event at hand, or all of them for keywords, and marks the triggers that it reaches. */
export type Scanner = () => void;

interface Wanted {
  readonly field: Field | undefined;
  readonly texts: Entry[];
  readonly numbers: Map<number, number>;
}

/** Keywords come first: what they put down for all fields need not be put down again. */
function collect({ all }: Triggers): readonly Wanted[] {
  const byField = new Map<Field | undefined, Wanted>([
    [undefined, { field: undefined, texts: [], numbers: new Map() }],
  ]);
  for (const [id, { field, place, literal }] of all.entries()) {
    let wanted = byField.get(field);
    if (wanted === undefined) byField.set(field, (wanted = { field, texts: [], numbers: new Map() }));
    if (place === 'number') wanted.numbers.set(Number(literal), id);
    else wanted.texts.push({ literal, id, place });
  }
  return Array.from(byField.values()).filter(({ texts, numbers }) => texts.length + numbers.size > 0);
}

/** What can stand in the text of a number, or of true or false. */
const NUMERIC = /^[-+.\de]*$/;
const WORDS = ['true', 'false', 'infinity', 'nan'];
const isUntexted = (literal: string): boolean => NUMERIC.test(literal) || WORDS.some((word) => word.includes(literal));

/** A literal with other letters than those of ASCII is in no text of ASCII: most texts need not be asked for those. */
class Finders {
  readonly #narrow: Finder;
  readonly #wide: Finder | undefined;

  constructor(entries: readonly Entry[], marks: Marks) {
    const wide = entries.filter(({ literal }) => !isAscii(literal));
    this.#narrow = new Finder(
      entries.filter(({ literal }) => isAscii(literal)),
      marks,
    );
    this.#wide = wide.length === 0 ? undefined : new Finder(wide, marks);
  }

  find(texts: Texts, from: number, to: number): void {
    this.#narrow.find(texts, from, to);
    if (texts.wide && this.#wide !== undefined) this.#wide.find(texts, from, to);
  }
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

function keywordScanner({ texts: wanted }: Wanted, evaluator: Evaluator, marks: Marks): Scanner {
  const { texts } = evaluator;
  const finders = new Finders(wanted, marks);
  const textOnly = !wanted.some(({ literal }) => isUntexted(literal));
  const shortest = Math.min(...wanted.map(({ literal }) => literal.length));
  // A unit may become three: a shorter text has none of them, however it folds.
  const least = Math.ceil(shortest / 3);
  return () => {
    evaluator.putTexts(textOnly, least);
    finders.find(texts, 0, texts.end);
  };
}

function fieldScanner({ texts: wanted, numbers }: Wanted, slot: Slot, evaluator: Evaluator, marks: Marks): Scanner {
  const finders = wanted.length === 0 ? undefined : new Finders(wanted, marks);
  const { texts } = evaluator;
  const count = (value: Scalar): void => {
    const id = numbers.get(numberOf(value));
    if (id !== undefined) marks.reach(id);
  };
  const one = (value: Scalar): void => {
    if (value === null) return;
    if (finders !== undefined)
      finders.find(texts, texts.put(typeof value === 'string' ? value : String(value)), texts.end);
    if (numbers.size > 0) count(value);
  };
  return () => {
    const value = evaluator.value(slot);
    if (value === undefined || value === null) return;
    const { key } = slot;
    if (key !== undefined && key.putRound === evaluator.round && numbers.size === 0)
      return finders?.find(texts, key.from, key.to);
    if (typeof value === 'object') for (const part of value) one(part);
    else one(value);
  };
}

export const scanners = (triggers: Triggers, evaluator: Evaluator, marks: Marks): readonly Scanner[] =>
  collect(triggers).map((wanted) =>
    wanted.field === undefined
      ? keywordScanner(wanted, evaluator, marks)
      : fieldScanner(wanted, evaluator.slot(wanted.field), evaluator, marks),
  );

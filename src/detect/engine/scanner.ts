/** The triggers of a program, by field: numbers in a map, texts with a finder. */
import type { Scalar } from '#contract';
import type { Field } from '../sigma/fields.ts';
import { numberOf } from '../sigma/number.ts';
import type { Evaluator, Slot } from './evaluator.ts';
import { Finder } from './finder.ts';
import type { Entry } from './literals.ts';
import { KnownValues } from './known-values.ts';
import type { Marks } from './marks.ts';
import { FIRST, type Texts } from './texts.ts';
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

  /** `wide`: what stands there is not of ASCII alone. */
  find(texts: Texts, from: number, to: number, wide: boolean): void {
    this.#narrow.find(texts, from, to);
    if (wide && this.#wide !== undefined) this.#wide.find(texts, from, to);
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
    finders.find(texts, FIRST, texts.end, texts.someWide);
  };
}

function fieldScanner({ texts: wanted, numbers }: Wanted, slot: Slot, evaluator: Evaluator, marks: Marks): Scanner {
  const finders = wanted.length === 0 ? undefined : new Finders(wanted, marks);
  const { texts } = evaluator;
  const known = new KnownValues(marks);
  const find = (value: Scalar): void => {
    const { key } = slot;
    if (finders !== undefined) {
      if (key !== undefined && key.putRound === evaluator.round && slot.value === value)
        finders.find(texts, key.from, key.to, key.wide);
      else {
        const from = texts.put(typeof value === 'string' ? value : String(value));
        finders.find(texts, from, texts.end, texts.wide);
      }
    }
    const id = numbers.size === 0 ? undefined : numbers.get(numberOf(value));
    if (id !== undefined) marks.reach(id);
  };
  return () => {
    const value = evaluator.value(slot);
    if (value === undefined || value === null) return;
    if (typeof value !== 'object') known.find(value, marks.count, find);
    else {
      const before = marks.count;
      for (const part of value) if (part !== null) known.find(part, before, find);
    }
  };
}

/** What of the event at hand is to be scanned: all keywords, and the fields that it has. */
export interface Scanners {
  readonly keywords: Scanner | undefined;
  /** Fields that the keys of an event do not tell: they are asked for with each. */
  readonly joined: readonly Scanner[];
}

/** The others are found by their slots. */
export function scanners(triggers: Triggers, evaluator: Evaluator, marks: Marks): Scanners {
  let keywords: Scanner | undefined;
  const joined: Scanner[] = [];
  for (const wanted of collect(triggers)) {
    if (wanted.field === undefined) {
      keywords = keywordScanner(wanted, evaluator, marks);
      continue;
    }
    const slot = evaluator.slot(wanted.field);
    const scan = fieldScanner(wanted, slot, evaluator, marks);
    if (wanted.field.joined) joined.push(scan);
    else slot.scan = scan;
  }
  return { keywords, joined };
}

/** The triggers of a program, by field, as automata over the field's text. */
import type { Scalar } from '#contract';
import type { Field } from '../sigma/fields.ts';
import { numberOf } from '../sigma/number.ts';
import { atEnd, atStart, type Entry, type Reach, type Scan } from './automaton.ts';
import type { Evaluator } from './evaluator.ts';
import { search } from './skip.ts';
import type { Triggers } from './triggers.ts';

/** Reads one field of the event at hand, or all of them for keywords, and names the triggers that its text reaches. */
export type Scanner = (reach: Reach) => void;

interface Wanted {
  readonly field: Field | undefined;
  readonly anywhere: Entry[];
  readonly start: Entry[];
  readonly end: Entry[];
  readonly numbers: Map<number, Int32Array>;
}

function collect(triggers: Triggers): readonly Wanted[] {
  const byField = new Map<string, Wanted>();
  for (const [id, { field, place, literal }] of triggers.all.entries()) {
    const name = field?.name ?? '';
    const wanted: Wanted = byField.get(name) ?? { field, anywhere: [], start: [], end: [], numbers: new Map() };
    byField.set(name, wanted);
    if (place === 'number') wanted.numbers.set(Number(literal), Int32Array.of(id));
    else if (place === 'whole') wanted.start.push({ literal, id, whole: true });
    else wanted[place].push({ literal, id });
  }
  return Array.from(byField.values());
}

function scansOf(wanted: Wanted): readonly Scan[] {
  return [
    ...(wanted.anywhere.length > 0 ? [search(wanted.anywhere)] : []),
    ...(wanted.start.length > 0 ? [atStart(wanted.start)] : []),
    ...(wanted.end.length > 0 ? [atEnd(wanted.end)] : []),
  ];
}

function scanner(wanted: Wanted, evaluator: Evaluator): Scanner {
  const { field, numbers } = wanted;
  const [first = nothing, second = nothing, third = nothing] = scansOf(wanted);
  const take = (value: Scalar, reach: Reach): void => {
    const text = typeof value === 'string' ? value : String(value);
    first(text, reach);
    if (second !== nothing) second(text, reach);
    if (third !== nothing) third(text, reach);
    if (numbers.size === 0) return;
    const ids = numbers.get(numberOf(value));
    if (ids !== undefined) reach(ids);
  };
  if (field === undefined) {
    const textOnly = !wanted.anywhere.some(({ literal }) => UNTEXTED.test(literal));
    return (reach) =>
      evaluator.forTexts((value) => (textOnly && typeof value !== 'string' ? undefined : take(value, reach)));
  }
  const slot = evaluator.slot(field);
  return (reach) => {
    const value = evaluator.value(slot);
    if (value === undefined || value === null) return;
    if (typeof value !== 'object') take(value, reach);
    else for (const part of value) if (part !== null) take(part, reach);
  };
}

/** What the text of a number, true or false is made of. */
const UNTEXTED = /^[-+.\daefilnrstuy]*$/;

const nothing: Scan = () => undefined;

export const scanners = (triggers: Triggers, evaluator: Evaluator): readonly Scanner[] =>
  collect(triggers).map((wanted) => scanner(wanted, evaluator));

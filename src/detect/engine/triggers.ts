/**
 * The texts that the rules of a program ask for: each once. Some of them make rules candidates; all of them, once an event
 * has gone through the finders, are answers that no rule has to look for again.
 */
import type { Atom, Expression } from '../sigma/expression.ts';
import type { Field } from '../sigma/fields.ts';
import { numberOf } from '../sigma/number.ts';
import { isPlainText, type Pattern } from '../sigma/pattern.ts';
import { covers, type Place, type Trigger } from './cover.ts';
import { isFindable } from './literals.ts';
import { rarity } from './rarity.ts';

/** What a pattern asks for, where that is one text at one place and nothing more. */
function placeOf(pattern: Pattern): { readonly place: Place; readonly literal: string } | undefined {
  const [first = '', second = '', third] = pattern;
  if (!pattern.every((part) => isPlainText(part) && isFindable(part))) return undefined;
  if (pattern.length === 1) return Number.isNaN(numberOf(first)) ? { place: 'whole', literal: first } : undefined;
  if (pattern.length === 2 && first === '' && second !== '') return { place: 'end', literal: second };
  if (pattern.length === 2 && second === '' && first !== '') return { place: 'start', literal: first };
  return pattern.length === 3 && first === '' && second !== '' && third === ''
    ? { place: 'anywhere', literal: second }
    : undefined;
}

/** The trigger that stands in an event exactly when the atom holds for it. */
function triggerOf({ field, question }: Atom): Trigger | undefined {
  if (question.kind === 'number' && field !== undefined)
    return { field, place: 'number', literal: String(question.value) };
  if (question.kind !== 'text' || question.cased) return undefined;
  const found = placeOf(question.pattern);
  return found === undefined ? undefined : { field, ...found };
}

/** What stands in so many events is better looked for when a rule asks. */
const COMMON = 0.02;

/** Triggers of one field and place, by literal. */
type Group = Map<string, number>;

export class Triggers {
  readonly all: Trigger[] = [];
  readonly #groups = new Map<Field | undefined, Map<Place, Group>>();
  /** By trigger: where its rules begin in `waiting`; they end where the next one's begin. */
  readonly starts: Int32Array;
  /** Indices of rules. */
  readonly waiting: Int32Array;

  constructor(
    rules: readonly { readonly expression: Expression; readonly triggers: readonly Trigger[] | undefined }[],
  ) {
    const waiting: number[][] = [];
    for (const [rule, { triggers }] of rules.entries()) {
      for (const trigger of triggers ?? []) {
        const list = (waiting[this.#add(trigger)] ??= []);
        if (list.at(-1) !== rule) list.push(rule);
      }
    }
    for (const { expression } of rules) this.#addAtoms(expression);
    this.starts = new Int32Array(this.all.length + 1);
    for (let id = 0; id < this.all.length; id++)
      this.starts[id + 1] = (this.starts[id] ?? 0) + (waiting[id]?.length ?? 0);
    this.waiting = Int32Array.from(waiting.flat());
  }

  #group({ field, place }: Trigger): Group {
    let places = this.#groups.get(field);
    if (places === undefined) this.#groups.set(field, (places = new Map<Place, Group>()));
    let group = places.get(place);
    if (group === undefined) places.set(place, (group = new Map<string, number>()));
    return group;
  }

  #add(trigger: Trigger): number {
    const group = this.#group(trigger);
    const known = group.get(trigger.literal);
    if (known !== undefined) return known;
    const id = this.all.push(trigger) - 1;
    group.set(trigger.literal, id);
    return id;
  }

  #addAtoms(expression: Expression): void {
    if (expression.kind === 'not') this.#addAtoms(expression.of);
    else if (expression.kind !== 'atom') for (const part of expression.of) this.#addAtoms(part);
    else {
      const trigger = triggerOf(expression);
      if (trigger !== undefined && rarity(trigger) < COMMON) this.#add(trigger);
    }
  }

  idOf(atom: Atom): number | undefined {
    const trigger = triggerOf(atom);
    return trigger === undefined ? undefined : this.#idOf(trigger);
  }

  #idOf({ field, place, literal }: Trigger): number | undefined {
    return this.#groups.get(field)?.get(place)?.get(literal);
  }

  /** Lists of triggers: an event for which the atom holds has one of each. Only those that are looked for anyway. */
  needsOf(atom: Atom): readonly (readonly number[])[] {
    return covers(atom).flatMap(({ triggers }) => {
      const ids = triggers.map((trigger) => this.#idOf(trigger)).filter((id) => id !== undefined);
      return ids.length < triggers.length ? [] : [ids];
    });
  }
}

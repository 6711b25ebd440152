/** The texts that the rules of a program wait for: each once, with the rules that it makes candidates. */
import type { Atom } from '../sigma/expression.ts';
import { numberOf } from '../sigma/number.ts';
import { isPlainText, type Pattern } from '../sigma/pattern.ts';
import type { Place, Trigger } from './cover.ts';

const keyOf = ({ field, place, literal }: Trigger): string => `${field?.name ?? ''}\u0000${place}\u0000${literal}`;

/** What a pattern asks for, where that is one text at one place and nothing more. */
function placeOf(pattern: Pattern): { readonly place: Place; readonly literal: string } | undefined {
  const [first = '', second = '', third] = pattern;
  if (!pattern.every(isPlainText)) return undefined;
  if (pattern.length === 1) return Number.isNaN(numberOf(first)) ? { place: 'whole', literal: first } : undefined;
  if (pattern.length === 2 && first === '' && second !== '') return { place: 'end', literal: second };
  if (pattern.length === 2 && second === '' && first !== '') return { place: 'start', literal: first };
  return pattern.length === 3 && first === '' && third === '' ? { place: 'anywhere', literal: second } : undefined;
}

export class Triggers {
  readonly all: readonly Trigger[];
  /** By trigger: indices of rules. */
  readonly rules: readonly Int32Array[];
  /** By trigger: the round of the last event that had it. */
  readonly reached: Int32Array;
  readonly #ids = new Map<string, number>();

  constructor(byRule: readonly (readonly Trigger[] | undefined)[]) {
    const all: Trigger[] = [];
    const rules: number[][] = [];
    for (const [rule, triggers] of byRule.entries()) {
      for (const trigger of triggers ?? []) {
        const key = keyOf(trigger);
        const id = this.#ids.get(key) ?? all.push(trigger) - 1;
        this.#ids.set(key, id);
        const waiting = (rules[id] ??= []);
        if (waiting.at(-1) !== rule) waiting.push(rule);
      }
    }
    this.all = all;
    this.rules = rules.map((waiting) => Int32Array.from(waiting));
    this.reached = new Int32Array(all.length);
  }

  /** The trigger that stands in an event exactly when the atom holds for it. */
  idOf({ field, question }: Atom): number | undefined {
    if (question.kind !== 'text' || question.cased) return undefined;
    const found = placeOf(question.pattern);
    return found === undefined ? undefined : this.#ids.get(keyOf({ field, ...found }));
  }
}

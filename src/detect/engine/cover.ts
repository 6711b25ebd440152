/**
 * What an event must have for a rule to have a chance: a list of triggers, at least one of which stands in every event that
 * the rule matches. The rarer its triggers, the less often the rule is looked at.
 *
 *     a and b     the cover of a, or that of b: the rarer one
 *     a or b      both
 *     not a       that of the opposite, with `not` pushed down to the atoms; a negated atom has none
 *
 * A rule without a cover is looked at for every event of its log source.
 */
import type { Atom, Expression } from '../sigma/expression.ts';
import type { Field } from '../sigma/fields.ts';
import { fold } from '../sigma/fold.ts';
import { numberOf } from '../sigma/number.ts';
import { DASH, ONE, type Pattern } from '../sigma/pattern.ts';
import { isFindable } from './literals.ts';
import { rarity } from './rarity.ts';

/** `whole`: the literal is all of the value. `number`: the value is a number, or the text of one. */
export type Place = 'anywhere' | 'start' | 'end' | 'whole' | 'number';

export interface Trigger {
  /** undefined: any value of the event. */
  readonly field: Field | undefined;
  readonly place: Place;
  /** Folded. */
  readonly literal: string;
}

export interface Cover {
  readonly triggers: readonly Trigger[];
  /** Estimated share of events that have one of them. */
  readonly share: number;
}

const SPECIALS = new RegExp(`[${ONE}${DASH}]`);

function* runs(pattern: Pattern): Generator<{ readonly place: Place; readonly literal: string }> {
  const [only = ''] = pattern;
  if (pattern.length === 1 && !SPECIALS.test(only)) {
    yield { place: 'whole', literal: only };
    return;
  }
  for (const [at, part] of pattern.entries()) {
    const pieces = part.split(SPECIALS);
    for (const [i, literal] of pieces.entries()) {
      if (literal === '') continue;
      const first = at === 0 && i === 0;
      const last = at === pattern.length - 1 && i === pieces.length - 1;
      yield { place: first ? 'start' : last ? 'end' : 'anywhere', literal };
    }
  }
}

function literalCover(field: Field | undefined, place: Place, literal: string): Cover | undefined {
  // Of keywords only the text counts, not where in a value it stands.
  const whole: Trigger = { field, place: field === undefined ? 'anywhere' : place, literal: fold(literal) };
  if ((whole.literal === '' && whole.place === 'anywhere') || !isFindable(whole.literal)) return undefined;
  return { triggers: [whole], share: rarity(whole) };
}

const numberCover = (field: Field, value: number): Cover => {
  const trigger: Trigger = { field, place: 'number', literal: String(value) };
  return { triggers: [trigger], share: rarity(trigger) };
};

/** The covers of an atom: an event for which it holds has something of each. */
export function covers({ field, question }: Atom): readonly Cover[] {
  let found: readonly (Cover | undefined)[] = [];
  if (question.kind === 'text') {
    found = Array.from(runs(question.pattern), ({ place, literal }) => literalCover(field, place, literal));
    const [only = ''] = question.pattern;
    // '22.0' is equal to the number 22, which is written otherwise.
    const number = question.pattern.length === 1 ? numberOf(only) : Number.NaN;
    if (!Number.isNaN(number) && field !== undefined)
      found = found.map(
        (text) => text && { triggers: [...text.triggers, ...numberCover(field, number).triggers], share: text.share },
      );
  } else if (question.kind === 'number' && field !== undefined) found = [numberCover(field, question.value)];
  else if (question.kind === 'regex')
    found = question.regex.needs.map((texts) =>
      either(texts.map((literal) => literalCover(field, 'anywhere', literal))),
    );
  return found.filter((one) => one !== undefined);
}

function either(parts: readonly (Cover | undefined)[]): Cover | undefined {
  const known = parts.filter((one) => one !== undefined);
  if (known.length < parts.length) return undefined;
  return {
    triggers: known.flatMap(({ triggers }) => triggers),
    share: known.reduce((sum, { share }) => sum + share, 0),
  };
}

function rarestOf(parts: readonly (Cover | undefined)[]): Cover | undefined {
  let best: Cover | undefined;
  for (const one of parts) if (one !== undefined && (best === undefined || one.share < best.share)) best = one;
  return best;
}

function coverOf(expression: Expression, negated: boolean): Cover | undefined {
  if (expression.kind === 'not') return coverOf(expression.of, !negated);
  if (expression.kind === 'atom') return negated ? undefined : rarestOf(covers(expression));
  const parts = expression.of.map((part) => coverOf(part, negated));
  return (expression.kind === 'and') === negated ? either(parts) : rarestOf(parts);
}

/** A cover that most events have is more work than none. */
const TOO_COMMON = 0.8;

/** undefined for a rule that every event must be shown to. */
export function cover(expression: Expression): Cover | undefined {
  const found = coverOf(expression, false);
  return found !== undefined && found.triggers.length === 1 && found.share > TOO_COMMON ? undefined : found;
}

/** Can a rule match at all where its log source is what we know it to be? A field that no such event has answers for itself. */
import { unreachable } from '#lib/unreachable';
import type { LogSource } from '../logsource.ts';
import type { Atom, Expression } from './expression.ts';
import { type Field, neverThere } from './fields.ts';

type Answer = 'yes' | 'no' | 'open';

const OPPOSITE: Readonly<Record<Answer, Answer>> = { yes: 'no', no: 'yes', open: 'open' };

/** The rule's own name for it: where our events keep things comes before. */
const nameOf = ({ places }: Field): string => places.at(-1) ?? '';

class Judge {
  readonly #source: LogSource;
  /** By field name. */
  readonly #absent = new Map<string, boolean>();
  readonly missing = new Set<string>();

  constructor(source: LogSource) {
    this.#source = source;
  }

  answer(expression: Expression): Answer {
    switch (expression.kind) {
      case 'atom':
        return this.#atom(expression);
      case 'not':
        return OPPOSITE[this.answer(expression.of)];
      case 'and':
        return this.#all(expression.of, 'no');
      case 'or':
        return this.#all(expression.of, 'yes');
      default:
        return unreachable(expression);
    }
  }

  /** One part with the deciding answer decides. */
  #all(parts: readonly Expression[], deciding: Answer): Answer {
    const answers = parts.map((part) => this.answer(part));
    if (answers.includes(deciding)) return deciding;
    return answers.includes('open') ? 'open' : OPPOSITE[deciding];
  }

  #isMissing(field: Field | undefined): boolean {
    if (field === undefined) return false;
    const name = nameOf(field);
    let absent = this.#absent.get(name);
    if (absent === undefined) this.#absent.set(name, (absent = neverThere(name, this.#source)));
    if (!absent) return false;
    this.missing.add(name);
    return true;
  }

  #atom({ field, question }: Atom): Answer {
    const missing = this.#isMissing(field);
    if (question.kind === 'field' && this.#isMissing(question.other)) return 'no';
    if (!missing) return 'open';
    return question.kind === 'null' ? 'yes' : 'no';
  }
}

/** The fields for want of which the rule never matches; undefined where it may. */
export function missingFields(expression: Expression, source: LogSource): readonly string[] | undefined {
  const judge = new Judge(source);
  return judge.answer(expression) === 'no' ? Array.from(judge.missing) : undefined;
}

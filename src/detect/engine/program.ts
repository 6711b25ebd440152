/**
 * All rules of one log source as one program. An event goes through it in two steps:
 *
 *   1. Each field that some rule asks for a text in is read once by a finder of all those texts. What it finds makes rules
 *      candidates, and answers most atoms before they are asked.
 *   2. Each candidate's expression is evaluated. What an atom said is kept until the next event, for all rules that ask it.
 *
 * Nothing is cleared between events: whatever is kept carries the number of its event (`round`), and is stale for any other.
 * Expressions become code when their rule is a candidate for the first time; most never are.
 */
import type { Event } from '#contract';
import type { Expression } from '../sigma/expression.ts';
import { Code, NO, type Place } from './code.ts';
import { Compiler } from './compiler.ts';
import type { Cover } from './cover.ts';
import { Evaluator } from './evaluator.ts';
import { Marks } from './marks.ts';
import { Questions } from './questions.ts';
import { scanners, type Scanners } from './scanner.ts';
import { Triggers } from './triggers.ts';

export interface ProgramRule {
  readonly expression: Expression;
  /** Made when it is first asked for. */
  readonly cover: () => Cover | undefined;
}

const NONE: readonly number[] = [];
/** Where no code is yet. */
const UNMADE = -3;

export class Program {
  readonly #rules: readonly ProgramRule[];
  readonly #scanners: Scanners;
  readonly #triggers: Triggers;
  readonly #marks: Marks;
  readonly #evaluator: Evaluator;
  readonly #code: Code;
  readonly #compiler: Compiler;
  /** By rule where its code begins. */
  readonly #places: Int32Array;
  /** Rules that are looked at for every event. */
  readonly #always: readonly number[];
  /** The event for which a rule became a candidate. */
  readonly #seen: Int32Array;
  readonly #candidates: Int32Array;
  #count = 0;

  constructor(rules: readonly ProgramRule[]) {
    this.#rules = rules;
    this.#always = rules.flatMap(({ cover }, rule) => (cover() === undefined ? [rule] : []));
    this.#triggers = new Triggers(rules.map(({ expression, cover }) => ({ expression, triggers: cover()?.triggers })));
    this.#marks = new Marks(this.#triggers.all.length);
    this.#evaluator = new Evaluator(this.#marks);
    this.#code = new Code(this.#marks);
    this.#compiler = new Compiler(this.#code, new Questions(this.#evaluator), this.#triggers);
    this.#scanners = scanners(this.#triggers, this.#evaluator, this.#marks);
    this.#places = new Int32Array(rules.length).fill(UNMADE);
    this.#seen = new Int32Array(rules.length);
    this.#candidates = new Int32Array(rules.length);
  }

  /** Rules that the last event made candidates, those of every event included. */
  get looked(): number {
    return this.#count + this.#always.length;
  }

  /** Indices of the rules that match, in order. */
  run(event: Event): readonly number[] {
    const round = this.#evaluator.begin(event);
    // Rounds go up to a number and begin again: then nothing must look as if it were of this one.
    if (round === 1) {
      this.#seen.fill(0);
      this.#code.restart();
    }
    this.#count = 0;
    this.#scanners.keywords?.();
    this.#evaluator.scan();
    for (const scan of this.#scanners.joined) scan();
    this.#choose(round);
    let matched: number[] | undefined;
    for (let i = 0; i < this.#count; i++) {
      const rule = this.#candidates[i] ?? 0;
      if (this.#holds(rule)) (matched ??= []).push(rule);
    }
    for (const rule of this.#always) if (this.#holds(rule)) (matched ??= []).push(rule);
    if (matched === undefined) return NONE;
    return matched.length === 1 ? matched : matched.toSorted((one, other) => one - other);
  }

  /** The rules that wait for what was found. */
  #choose(round: number): void {
    const { hits, count } = this.#marks;
    const { starts, waiting } = this.#triggers;
    for (let i = 0; i < count; i++) {
      const id = hits[i] ?? 0;
      const end = starts[id + 1] ?? 0;
      for (let at = starts[id] ?? 0; at < end; at++) {
        const rule = waiting[at] ?? 0;
        if (this.#seen[rule] === round) continue;
        this.#seen[rule] = round;
        this.#candidates[this.#count++] = rule;
      }
    }
  }

  #holds(rule: number): boolean {
    const place = this.#places[rule] ?? NO;
    return this.#code.holds(place === UNMADE ? this.#make(rule) : place);
  }

  #make(rule: number): Place {
    const found = this.#rules[rule];
    return (this.#places[rule] = found === undefined ? NO : this.#compiler.compile(found.expression));
  }
}

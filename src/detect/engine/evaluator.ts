/** The event at hand, as rules ask for it: fields read once, folded once, atoms answered once. */
import type { Event, FieldValue, Scalar } from '#contract';
import {
  type Atom,
  type Expression,
  fieldsCompare,
  keyOf,
  type Question,
  scalarTest,
  type ScalarTest,
} from '../sigma/expression.ts';
import type { Field } from '../sigma/fields.ts';
import { fold } from '../sigma/fold.ts';
import { isSearched } from '../sigma/keyword.ts';
import { isNull } from '../sigma/straight.ts';
import { caselessTest, endsCaseless } from './caseless.ts';
import type { Marks } from './marks.ts';
import { Texts } from './texts.ts';
import type { Triggers } from './triggers.ts';

/** A field of the events of one log source, with what is known of it for the event at hand. */
export interface Slot {
  readonly field: Field;
  /** The event at hand when the slot was made: its keys had been gone over before anybody asked for the field. */
  readonly since: number;
  round: number;
  /** Which of the field's places the value is from; nulls come after all of them. */
  rank: number;
  value: FieldValue | undefined;
  /** The key of the event that the value is from; undefined where it is made of two. */
  key: Key | undefined;
  foldRound: number;
  folded: string;
  /** Looks for triggers in it; undefined where no rule asks for a text or number of it. */
  scan: (() => void) | undefined;
}

/** What a key of an event is for. */
interface Key {
  readonly name: string;
  readonly searched: boolean;
  readonly targets: readonly { readonly slot: Slot; readonly rank: number }[];
  /** The key that came after it last time: events of one parser have theirs in the same order. */
  next: Key | undefined;
  /** The event for which its text was put down, and where that stands. */
  putRound: number;
  from: number;
  to: number;
}

type Test = () => boolean;

const LAST_ROUND = 0x3f_ff_ff_ff;
const NULL_RANK = 1000;
/** Names come with the data: somebody who makes up ever new ones must not fill the memory. */
const MAX_KEYS = 4096;
const NO_EVENT: Event = { '@timestamp': 0, 'event.ingested': 0 };

export class Evaluator {
  /** The number of the event at hand, from 1. */
  round = 0;
  #event: Event = NO_EVENT;
  readonly #slots = new Map<string, Slot>();
  readonly #keys = new Map<string, Key>();
  /** Stands before the first key of every event. */
  readonly #first: Key = newKey('', false, []);
  readonly #atoms = new Map<string, Test>();
  /** Twice the round of the event that an atom was asked about, and one more if it said yes. */
  #kept = new Int32Array(64);
  #atomCount = 0;
  /** The values that keywords look at, the first `#searchedCount` of them, and their keys. */
  readonly #searched: FieldValue[] = [];
  readonly #searchedKeys: Key[] = [];
  #searchedCount = 0;
  /** The slots that have something to scan, the first `#scannedCount` of them. */
  readonly #scanned: Slot[] = [];
  #scannedCount = 0;
  readonly #triggers: Triggers;
  readonly #marks: Marks;
  /** What was put down of the event at hand. */
  readonly texts = new Texts();

  constructor(triggers: Triggers, marks: Marks) {
    this.#triggers = triggers;
    this.#marks = marks;
  }

  /**
   * Goes once over the keys of the event and puts each value where it is asked for. Asking the event for each field instead
   * would cost several look-ups of names that it does not have.
   */
  begin(event: Event): number {
    this.#event = event;
    if (++this.round >= LAST_ROUND) this.#restart();
    this.#marks.begin(this.round);
    this.texts.clear();
    this.#searchedCount = 0;
    this.#scannedCount = 0;
    let last = this.#first;
    for (const name in event) {
      const value = event[name];
      if (value === undefined) continue;
      let key = last.next;
      if (key === undefined || key.name !== name) {
        key = this.#keys.get(name) ?? this.#key(name);
        last.next = key;
      }
      last = key;
      const { targets } = key;
      if (key.searched && value !== null) {
        this.#searchedKeys[this.#searchedCount] = key;
        this.#searched[this.#searchedCount++] = value;
      }
      for (let i = 0; i < targets.length; i++) this.#put(targets[i], key, value);
    }
    return this.round;
  }

  #put(target: Key['targets'][number] | undefined, key: Key, value: FieldValue): void {
    if (target === undefined) return;
    const { slot, rank: place } = target;
    const rank = value === null ? NULL_RANK : place;
    if (slot.round !== this.round) {
      slot.round = this.round;
      if (slot.scan !== undefined) this.#scanned[this.#scannedCount++] = slot;
    } else if (slot.rank <= rank) return;
    slot.rank = rank;
    slot.value = value;
    slot.key = key;
  }

  /** Looks through what the event has. */
  scan(): void {
    for (let i = 0; i < this.#scannedCount; i++) this.#scanned[i]?.scan?.();
  }

  #key(name: string): Key {
    const targets = Array.from(this.#slots.values(), (slot) => ({ slot, rank: slot.field.places.indexOf(name) }));
    const wanted = targets.filter(({ slot, rank }) => rank >= 0 && !slot.field.joined);
    const key = newKey(name, isSearched(name), wanted);
    if (this.#keys.size >= MAX_KEYS) this.#forgetKeys();
    this.#keys.set(name, key);
    return key;
  }

  #forgetKeys(): void {
    this.#keys.clear();
    this.#first.next = undefined;
  }

  #restart(): void {
    this.round = 1;
    this.#kept.fill(0);
    this.#forgetKeys();
    for (const slot of this.#slots.values()) {
      slot.round = 0;
      slot.key = undefined;
      slot.foldRound = 0;
    }
  }

  slot(field: Field): Slot {
    const known = this.#slots.get(field.name);
    if (known !== undefined) return known;
    const slot: Slot = {
      field,
      since: this.round,
      round: 0,
      rank: 0,
      value: undefined,
      key: undefined,
      foldRound: 0,
      folded: '',
      scan: undefined,
    };
    this.#slots.set(field.name, slot);
    this.#forgetKeys();
    return slot;
  }

  value(slot: Slot): FieldValue | undefined {
    if (slot.round === this.round) return slot.value;
    if (slot.since !== this.round && !slot.field.joined) return undefined;
    slot.round = this.round;
    slot.value = slot.field.read(this.#event);
    slot.key = undefined;
    return slot.value;
  }

  /** Calls with every value that keywords look at. */
  forKeywords(take: (value: Scalar) => void): void {
    for (let i = 0; i < this.#searchedCount; i++) {
      const value = this.#searched[i] ?? null;
      if (typeof value !== 'object') take(value);
      else for (const part of value ?? []) if (part !== null) take(part);
    }
  }

  /**
   * Puts down every value that keywords look at. For who asks only which texts stand somewhere a message that is the end of
   * its line is in the line.
   */
  putTexts(textOnly: boolean, least: number): void {
    const { message, 'event.original': line } = this.#event;
    const texts = typeof message === 'string' && typeof line === 'string';
    // As endsWith, which takes twice the time.
    const twice = texts && message.length < line.length && line.substring(line.length - message.length) === message;
    for (let i = 0; i < this.#searchedCount; i++) {
      const value = this.#searched[i] ?? null;
      if (typeof value === 'string') {
        if (value.length < least || (twice && value === message)) continue;
        const key = this.#searchedKeys[i];
        if (key === undefined) continue;
        key.from = this.texts.put(value);
        key.to = this.texts.end;
        key.putRound = this.round;
      } else if (typeof value === 'object') {
        for (const part of value ?? [])
          if (typeof part === 'string' || (!textOnly && part !== null)) this.texts.put(String(part));
      } else if (!textOnly) this.texts.put(String(value));
    }
  }

  compile(expression: Expression): Test {
    if (expression.kind === 'atom') return this.#atom(expression);
    if (expression.kind === 'not') {
      const test = this.compile(expression.of);
      return () => !test();
    }
    return this.#several(expression.kind === 'or', expression.of);
  }

  /** First what the finders have answered, then what must be asked. */
  #several(wanted: boolean, parts: readonly Expression[]): Test {
    const ids: number[] = [];
    const tests: Test[] = [];
    for (const part of parts) {
      const id = part.kind === 'atom' ? this.#triggers.idOf(part) : undefined;
      if (id === undefined) tests.push(this.compile(part));
      else ids.push(id);
    }
    const [first, second] = tests;
    const found = this.#found(wanted, Int32Array.from(ids));
    if (first === undefined) return found;
    if (ids.length === 0 && second !== undefined && tests.length === 2)
      return wanted ? () => first() || second() : () => first() && second();
    if (tests.length === 1) return wanted ? () => found() || first() : () => found() && first();
    return () => {
      if (found() === wanted) return wanted;
      for (const test of tests) if (test() === wanted) return wanted;
      return !wanted;
    };
  }

  /** Some of the triggers are reached, or all of them. */
  #found(some: boolean, ids: Int32Array): Test {
    const marks = this.#marks;
    const { reached } = marks;
    return () => {
      const { round } = marks;
      for (let i = 0; i < ids.length; i++) if ((reached[ids[i] ?? 0] === round) === some) return some;
      return !some;
    };
  }

  #atom(atom: Atom): Test {
    const key = keyOf(atom);
    const known = this.#atoms.get(key) ?? this.#trigger(atom);
    if (known !== undefined) return known;
    const id = this.#atomCount++;
    if (id >= this.#kept.length) {
      const more = new Int32Array(this.#kept.length * 2);
      more.set(this.#kept);
      this.#kept = more;
    }
    const ask = this.#question(atom);
    const test = (): boolean => {
      const kept = this.#kept[id] ?? 0;
      const now = this.round * 2;
      if (kept >= now) return kept > now;
      const answer = ask();
      this.#kept[id] = answer ? now + 1 : now;
      return answer;
    };
    this.#atoms.set(key, test);
    return test;
  }

  /** An atom that is one of the texts which the automata look for has its answer before it is asked. */
  #trigger(atom: Atom): Test | undefined {
    const id = this.#triggers.idOf(atom);
    const marks = this.#marks;
    return id === undefined ? undefined : () => marks.reached[id] === marks.round;
  }

  #question({ field, question }: Atom): Test {
    const test = scalarTest(question);
    const folds = question.kind === 'text' && !question.cased;
    if (field === undefined) return this.#keyword(test, folds);
    const slot = this.slot(field);
    switch (question.kind) {
      case 'null':
        return () => isNull(this.value(slot));
      case 'exists':
        return () => this.value(slot) !== undefined;
      case 'field': {
        const other = this.slot(question.other);
        const endsAlike = !question.cased && (question.how === 'equals' || question.how === 'endswith');
        return () => {
          const [left, right] = [this.value(slot), this.value(other)];
          // Nearly always their ends differ, and that is all to know.
          if (endsAlike && typeof left === 'string' && typeof right === 'string' && endsCaseless(left, right) === false)
            return false;
          return fieldsCompare(left, right, question);
        };
      }
      default:
        return folds ? this.#caseless(slot, test, question) : () => some(this.value(slot), test);
    }
  }

  #caseless(slot: Slot, test: ScalarTest, { pattern }: Extract<Question, { kind: 'text' }>): Test {
    const unfolded = caselessTest(pattern);
    if (unfolded === undefined) return () => this.#folded(slot, test);
    return () => {
      const value = this.value(slot);
      const answer = typeof value === 'string' ? unfolded(value) : undefined;
      return answer ?? this.#folded(slot, test);
    };
  }

  /** A field's text is folded once, whoever asks. */
  #folded(slot: Slot, test: ScalarTest): boolean {
    const value = this.value(slot);
    if (typeof value !== 'string') return some(value, (part, text) => test(part, fold(text)));
    if (slot.foldRound !== this.round) {
      slot.foldRound = this.round;
      slot.folded = fold(value);
    }
    return test(value, slot.folded);
  }

  #keyword(test: ScalarTest, folds: boolean): Test {
    return () => {
      let found = false;
      this.forKeywords((value) => {
        found ||= test(value, folds ? fold(String(value)) : '');
      });
      return found;
    };
  }
}

const newKey = (name: string, searched: boolean, targets: Key['targets']): Key => ({
  name,
  searched,
  targets,
  next: undefined,
  putRound: 0,
  from: 0,
  to: 0,
});

const one = (value: Scalar, test: ScalarTest): boolean =>
  value !== null && test(value, typeof value === 'string' ? value : String(value));

const some = (value: FieldValue | undefined, test: ScalarTest): boolean =>
  typeof value === 'object' && value !== null
    ? value.some((part) => one(part, test))
    : value !== undefined && one(value, test);

/** The event at hand, as rules ask for it: its keys gone over once, each field read once. */
import type { Event, FieldValue, Scalar } from '#contract';
import type { Field } from '../sigma/fields.ts';
import { isSearched } from '../sigma/keyword.ts';
import type { Marks } from './marks.ts';
import { Texts } from './texts.ts';

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
  wide: boolean;
}

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
  /** The values that keywords look at, the first `#searchedCount` of them, and their keys. */
  readonly #searched: FieldValue[] = [];
  readonly #searchedKeys: Key[] = [];
  #searchedCount = 0;
  /** The slots that have something to scan, the first `#scannedCount` of them. */
  readonly #scanned: Slot[] = [];
  #scannedCount = 0;
  readonly #marks: Marks;
  /** What was put down of the event at hand. */
  readonly texts = new Texts();

  constructor(marks: Marks) {
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
        key.wide = this.texts.wide;
        key.putRound = this.round;
      } else if (typeof value === 'object') {
        for (const part of value ?? [])
          if (typeof part === 'string' || (!textOnly && part !== null)) this.texts.put(String(part));
      } else if (!textOnly) this.texts.put(String(value));
    }
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
  wide: false,
});

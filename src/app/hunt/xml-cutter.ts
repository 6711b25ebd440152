/**
 * Events of Windows as XML → the bytes of each, from `<Event …>` to `</Event>`: on one line or on many, one after the other or within `<Events>`, as
 * evtx_dump, wevtutil and the event viewer write them.
 *
 * The bytes are only cut here. Where an event ends, is told by its closing tag alone: Windows writes `<` in values as `&lt;`. What stands
 * between events and is neither blank nor a tag around them is told as damage, and so is an event that another one begins in.
 */
import type { JsonDamage, JsonPiece } from './json-cutter.ts';

const CLOSE = Buffer.from('</Event>', 'latin1');
const OPEN = Buffer.from('<Event', 'latin1');
/** What may stand behind the name: a blank, an end, a line end. */
const BEHIND: ReadonlySet<number | undefined> = new Set([9, 10, 13, 32, 62]);
/** Between events: declarations, tags of whatever stands around them, what evtx_dump numbers them with, zeros of a power cut. */
const AROUND = /<\?[^<>]*\?>|<\/?(?!Event(?!s))[A-Za-z][^<>]*>|^Record \d+\r?$|\ufeff|\0/gm;

/** An expression would look for the end of each of a million comments that have none. */
export function withoutComments(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (let begin = text.indexOf('<!--'); begin >= 0; begin = text.indexOf('<!--', at)) {
    const end = text.indexOf('-->', begin);
    if (end < 0) break;
    parts.push(text.slice(at, begin));
    at = end + 3;
  }
  return parts.join('') + text.slice(at);
}

const enough = 512 * 1024;
/** Bytes of one event. */
const MAX_EVENT = 16 * 1024 * 1024;

export class XmlCutter {
  #held = Buffer.alloc(0);
  /** What was searched for the end of the event that `#held` begins with. */
  #searched = 0;
  #records = 0;
  #spans: number[] = [];
  #numbers: number[] = [];
  #damage: JsonDamage[] = [];
  #parts: Buffer[] = [];
  #size = 0;

  /** The chunk may be reused afterwards. Gives a piece where enough has come together. */
  push(chunk: Uint8Array): JsonPiece | undefined {
    this.#held = Buffer.concat([this.#held, chunk]);
    this.#cut();
    if (this.#held.length > MAX_EVENT) {
      this.#giveUp(`is longer than ${MAX_EVENT / 1024 / 1024} MiB`);
      this.#keep(this.#held.length);
    }
    return this.#size >= enough || this.#damage.length > 0 ? this.#take() : undefined;
  }

  /** No more will come. */
  end(): JsonPiece | undefined {
    const begin = this.#begin(0);
    this.#between(begin < 0 ? this.#held.length : begin);
    if (begin >= 0) this.#giveUp('breaks off');
    return this.#numbers.length > 0 || this.#damage.length > 0 ? this.#take() : undefined;
  }

  #cut(): void {
    for (let end = this.#end(); end >= 0; end = this.#end()) {
      const begin = this.#begin(0);
      if (begin < 0 || begin >= end) {
        this.#giveUp('has no beginning');
        this.#keep(end);
        continue;
      }
      this.#between(begin);
      const next = this.#begin(begin + OPEN.length);
      if (next >= 0 && next < end) {
        this.#giveUp('is not finished when the next one begins');
        this.#keep(next);
        continue;
      }
      this.#put(this.#held.subarray(begin, end));
      this.#keep(end);
    }
    this.#searched = Math.max(0, this.#held.length - CLOSE.length);
  }

  /** Behind the next closing tag; -1 where there is none yet. */
  #end(): number {
    const at = this.#held.indexOf(CLOSE, this.#searched);
    return at < 0 ? -1 : at + CLOSE.length;
  }

  #begin(from: number): number {
    let at = this.#held.indexOf(OPEN, from);
    while (at >= 0 && !BEHIND.has(this.#held[at + OPEN.length])) at = this.#held.indexOf(OPEN, at + 1);
    return at;
  }

  #between(end: number): void {
    const text = withoutComments(this.#held.toString('utf8', 0, end))
      .replace(AROUND, '')
      .trim();
    if (text !== '') this.#giveUp('is no event');
  }

  #put(event: Buffer): void {
    this.#spans.push(this.#size, this.#size + event.length);
    this.#numbers.push(++this.#records);
    this.#parts.push(Buffer.from(event));
    this.#size += event.length;
  }

  #giveUp(reason: string): void {
    this.#damage.push({ record: ++this.#records, reason });
  }

  #keep(from: number): void {
    this.#held = this.#held.subarray(from);
    this.#searched = 0;
  }

  #take(): JsonPiece {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    const piece = {
      bytes,
      spans: Uint32Array.from(this.#spans),
      numbers: Uint32Array.from(this.#numbers),
      damage: this.#damage,
    };
    this.#spans = [];
    this.#numbers = [];
    this.#damage = [];
    this.#parts = [];
    this.#size = 0;
    return piece;
  }
}

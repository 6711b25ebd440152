/**
 * Texts of one column on their way into UTF-8. Some are joined and written at once, which costs a third of writing each; and not all of a batch's,
 * because what is kept for so long is moved by the collector of garbage.
 */
import type { Texts } from './columns.ts';
import { textAt } from './text.ts';

const MOST_WAITING = 64;
const MOST_LENGTH = 16_384;
/** Larger buffers are not kept for the next batch. */
const MOST_KEPT = 1024 * 1024;
/** A UTF-16 unit takes at most three bytes. */
const WIDEST = 3;

export interface TextCollector {
  add(text: string): void;
  /** Undefined where a text is not well-formed Unicode: UTF-8 cannot hold it. Valid until the next `add` or `empty`. */
  done(): Texts | undefined;
  strings(): string[];
  /** False: it grew too large to be used again. */
  empty(): boolean;
}

export function textCollector(): TextCollector {
  return new Collecting();
}

class Collecting implements TextCollector {
  #waiting: string[] = [];
  #length = 0;
  #bytes: Buffer = Buffer.allocUnsafe(8192);
  #starts = new Uint32Array(512);
  #count = 0;
  /** All of them, from the first one on that is not well-formed. */
  #strings: string[] | undefined;

  add(text: string): void {
    this.#waiting.push(text);
    this.#length += text.length;
    if (this.#waiting.length === MOST_WAITING || this.#length >= MOST_LENGTH) this.#write();
  }

  done(): Texts | undefined {
    this.#write();
    return this.#strings === undefined ? this.#texts() : undefined;
  }

  strings(): string[] {
    this.#write();
    return this.#strings ?? this.#decoded();
  }

  empty(): boolean {
    this.#waiting = [];
    this.#length = 0;
    this.#count = 0;
    this.#strings = undefined;
    return this.#bytes.length <= MOST_KEPT;
  }

  #decoded(): string[] {
    const texts = this.#texts();
    return Array.from({ length: this.#count }, (_, index) => textAt(texts, index));
  }

  #texts(): Texts {
    const count = this.#count;
    return { bytes: this.#bytes.subarray(0, this.#starts[count]), starts: this.#starts.subarray(0, count + 1) };
  }

  #write(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    if (this.#strings !== undefined) this.#strings.push(...waiting);
    else this.#encode(waiting);
    this.#waiting = [];
    this.#length = 0;
  }

  #encode(waiting: readonly string[]): void {
    const joined = waiting.join('');
    const from = this.#starts[this.#count] ?? 0;
    this.#makeRoom(from, joined.length * WIDEST, waiting.length);
    const ascii = this.#bytes.write(joined, from) === joined.length;
    if (!ascii && !waiting.every((text) => text.isWellFormed())) {
      this.#strings = [...this.#decoded(), ...waiting];
      return;
    }
    let [at, count] = [from, this.#count];
    for (let i = 0; i < waiting.length; i++) {
      const text = waiting[i] ?? '';
      at += ascii ? text.length : Buffer.byteLength(text);
      this.#starts[++count] = at;
    }
    this.#count = count;
  }

  #makeRoom(used: number, bytes: number, texts: number): void {
    if (used + bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(used + bytes, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, used);
      this.#bytes = larger;
    }
    if (this.#count + texts < this.#starts.length) return;
    const more = new Uint32Array(this.#starts.length * 2);
    more.set(this.#starts);
    this.#starts = more;
  }
}

/**
 * The texts of the event at hand as bytes, one after the other, for the finders to read.
 *
 *     |FF|C:\Windows\System32\cmd.exe|FF|"cmd.exe" /c whoami|FF|…
 *
 * A text of ASCII is put down as it is: finders do not mind the case of its letters. Any other is folded and put down as
 * UTF-8, in which a text stands exactly where its bytes stand. What parts two texts is in no UTF-8, and without
 * regard to case it is no sign either: a gram that reaches over it is of no literal.
 */
import { fold } from '../sigma/fold.ts';
import { FURTHEST } from './literals.ts';

/** Bytes. Records are limited, and one that is larger gets room of its own for as long as it is at hand. */
const USUAL_SIZE = 64 * 1024;
/** Units. Up to here a loop is faster than a call. */
const SHORT = 24;
/** Where the first text begins. */
export const FIRST = 1;
const BETWEEN = 0xff;
/** Bytes after the last text that may be read: where a literal would go on that is as long as any. */
const AHEAD = FURTHEST + 64;
/** A unit of UTF-16 is at most so many bytes of UTF-8, and folds to at most so many units. */
const MOST_BYTES = 3;

export class Texts {
  bytes: Buffer = Buffer.allocUnsafeSlow(USUAL_SIZE);
  view: DataView = viewOf(this.bytes);
  /** Where the last text ends. */
  end = 0;
  /** The last text is not of ASCII alone. */
  wide = false;
  /** Some text of this event is not. */
  someWide = false;

  clear(): void {
    this.end = FIRST - 1;
    this.someWide = false;
    if (this.bytes.length > USUAL_SIZE) this.#resize(USUAL_SIZE, 0);
  }

  /** Returns where the text begins; it ends at `end`. */
  put(text: string): number {
    const { length } = text;
    const from = this.end + 1;
    if (from + length * MOST_BYTES >= this.bytes.length - AHEAD)
      this.#resize(2 * (from + length * MOST_BYTES) + AHEAD, from);
    const { bytes } = this;
    if (length > SHORT) this.end = from + bytes.write(text, from);
    else {
      let [at, codes] = [0, 0];
      for (; at < length; at++) {
        const code = text.charCodeAt(at);
        codes |= code;
        bytes[from + at] = code;
      }
      this.end = from + (codes > 127 ? 0 : at);
    }
    this.wide = this.end - from !== length;
    if (this.wide) this.#putFolded(fold(text), from);
    this.bytes[this.end] = BETWEEN;
    return from;
  }

  #putFolded(text: string, from: number): void {
    this.someWide = true;
    if (from + text.length * MOST_BYTES >= this.bytes.length - AHEAD)
      this.#resize(2 * (from + text.length * MOST_BYTES) + AHEAD, from);
    this.end = from + this.bytes.write(text, from);
  }

  #resize(size: number, used: number): void {
    const bytes = Buffer.allocUnsafeSlow(size);
    this.bytes.copy(bytes, 0, 0, used);
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength);

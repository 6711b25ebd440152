/**
 * Texts of a column as bytes. Two forms; the first byte says which:
 *
 *   0  plain       length of each · bytes in all · the bytes
 *   1  templates   see `./template.ts`
 */
import type { Reader, Writer } from './bytes.ts';
import type { Texts } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { FEW } from './few.ts';
import { takeNumbers, writeNumbers } from './numbers.ts';

export const PLAIN_TEXTS = 0;
export const TEMPLATES = 1;

export function writeTexts(out: Writer, { bytes, starts }: Texts): void {
  const lengths = new Uint32Array(starts.length - 1);
  for (let i = 0; i < lengths.length; i++) lengths[i] = (starts[i + 1] ?? 0) - (starts[i] ?? 0);
  const length = starts.at(-1) ?? 0;
  writeNumbers(out, lengths);
  out.count(length);
  out.bytes(bytes.subarray(0, length));
}

/** Texts that are put together once they are asked for. */
export interface LazyTexts {
  all(): Texts;
  /** One of them, without looking for where the others begin. `index` must be one of theirs. */
  at(index: number): string;
}

export function takeTexts(from: Reader, count: number): LazyTexts {
  const lengths = takeNumbers(from, count);
  const bytes = from.bytes(from.count());
  return {
    all() {
      const starts = new Uint32Array(count + 1);
      const each = lengths.all();
      let at = 0;
      for (let index = 0; index < count; index++) {
        const length = each[index] ?? -1;
        if (!(length >= 0 && length <= bytes.length)) throw new DamagedBatch('a text is longer than its part');
        at += length;
        starts[index + 1] = at;
      }
      if (at !== bytes.length) throw new DamagedBatch('texts do not fill their part');
      return { bytes, starts };
    },
    at(index) {
      let start = 0;
      for (let before = 0; before < index; before++) start += lengths.at(before);
      const end = start + lengths.at(index);
      if (!(start >= 0 && end >= start && end <= bytes.length))
        throw new DamagedBatch('a text is longer than its part');
      return bytes.toString('utf8', start, end);
    },
  };
}

export const readTexts = (from: Reader, count: number): Texts => takeTexts(from, count).all();

export const textAt = ({ bytes, starts }: Texts, index: number): string =>
  asBuffer(bytes).toString('utf8', starts[index], starts[index + 1]);

const asBuffer = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

export interface FewTexts {
  /** The first ones that are asked for without looking for all. */
  at(index: number): string;
  /** Remembered. */
  all(): Texts;
}

export function fewTexts(texts: LazyTexts): FewTexts {
  let asked = 0;
  let made: Texts | undefined;
  const all = (): Texts => (made ??= texts.all());
  return { all, at: (index) => (made === undefined && asked++ < FEW ? texts.at(index) : textAt(all(), index)) };
}

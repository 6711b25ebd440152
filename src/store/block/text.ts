/**
 * Texts of a column as bytes. Two forms; the first byte says which:
 *
 *   0  plain       length of each · bytes in all · the bytes
 *   1  templates   see `./template.ts`
 */
import type { Reader, Writer } from './bytes.ts';
import type { Texts } from './columns.ts';
import { DamagedBatch } from './damage.ts';
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

export function takeTexts(from: Reader, count: number): () => Texts {
  const lengths = takeNumbers(from, count);
  const bytes = from.bytes(from.count());
  return () => {
    const starts = new Uint32Array(count + 1);
    let at = 0;
    for (const [index, length] of lengths().entries()) {
      if (!(length >= 0 && length <= bytes.length)) throw new DamagedBatch('a text is longer than its part');
      at += length;
      starts[index + 1] = at;
    }
    if (at !== bytes.length) throw new DamagedBatch('texts do not fill their part');
    return { bytes, starts };
  };
}

export const readTexts = (from: Reader, count: number): Texts => takeTexts(from, count)();

export const textAt = ({ bytes, starts }: Texts, index: number): string =>
  asBuffer(bytes).toString('utf8', starts[index], starts[index + 1]);

const asBuffer = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

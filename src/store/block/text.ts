/**
 * Texts of a column as bytes. Two forms; the first byte says which:
 *
 *   0  plain       length of each · all bytes
 *   1  templates   see `./template.ts`
 */
import type { Reader, Writer } from './bytes.ts';
import type { Texts } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { readNumbers, writeNumbers } from './numbers.ts';

export const PLAIN_TEXTS = 0;
export const TEMPLATES = 1;

export function writeTexts(out: Writer, { bytes, starts }: Texts): void {
  const lengths = new Uint32Array(starts.length - 1);
  for (let i = 0; i < lengths.length; i++) lengths[i] = (starts[i + 1] ?? 0) - (starts[i] ?? 0);
  writeNumbers(out, lengths);
  out.bytes(bytes);
}

export function readTexts(from: Reader, count: number): Texts {
  const lengths = readNumbers(from, count);
  const starts = new Uint32Array(count + 1);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = lengths[i] ?? 0;
    if (!(length >= 0 && length <= from.left)) throw new DamagedBatch('a text is longer than its part');
    at += length;
    starts[i + 1] = at;
  }
  return { bytes: from.bytes(at), starts };
}

export const textAt = ({ bytes, starts }: Texts, index: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', starts[index], starts[index + 1]);

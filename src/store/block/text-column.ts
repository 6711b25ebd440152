/** A column of texts as it is stored. */
import type { Reader } from './bytes.ts';
import type { Texts } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import type { StoredColumns } from './stored.ts';
import { PLAIN_TEXTS, readTexts, TEMPLATES, textAt } from './text.ts';

export interface TextColumn {
  readonly count: number;
  text(position: number): string;
  /** All of them, as bytes. */
  texts(): Texts;
}

export function readTextColumn(from: Reader, count: number, _columns: StoredColumns, _column: number): TextColumn {
  const form = from.byte();
  if (form === PLAIN_TEXTS) {
    const texts = readTexts(from, count);
    return { count, text: (position) => textAt(texts, position), texts: () => texts };
  }
  if (form !== TEMPLATES) throw new DamagedBatch('texts are of no known form');
  throw new DamagedBatch('texts are of no known form');
}

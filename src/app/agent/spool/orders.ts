/** What waits for the spool's writer. */
import type { RawRecord } from '#contract';

export type Order =
  | { readonly kind: 'records'; readonly records: readonly RawRecord[] }
  | { readonly kind: 'fence'; readonly done: () => void }
  | { readonly kind: 'renumber'; readonly from: number; readonly server: string; readonly done: () => void }
  | { readonly kind: 'note' | 'expire' };

const MAX_FRAME = { records: 1024, characters: 512 * 1024 } as const;

/** What was taken, as frames: neither too many records nor too much text. */
export function* frames(taken: readonly Order[]): Generator<RawRecord[]> {
  let records: RawRecord[] = [];
  let characters = 0;
  for (const order of taken) {
    if (order.kind !== 'records') continue;
    for (const record of order.records) {
      const full = records.length >= MAX_FRAME.records || characters + record.text.length > MAX_FRAME.characters;
      if (full && records.length > 0) {
        yield records;
        [records, characters] = [[], 0];
      }
      records.push(record);
      characters += record.text.length;
    }
  }
  if (records.length > 0) yield records;
}

/** The file positions that a stopped server left in its store. */
import { join } from 'node:path';
import { openSqliteStore } from '#store';
import type { House } from './house.ts';

/** Mark by inode. */
export async function marksBySize(house: House): Promise<ReadonlyMap<string, number>> {
  const store = await openSqliteStore(join(house.data, 'porchlight.db'));
  try {
    const { marks } = await store.recover();
    const files = marks.filter((mark) => mark.key.startsWith(`file:${house.log}@`));
    return new Map(files.map(({ mark, detail }) => [inodeOf(detail), mark]));
  } finally {
    await store.close();
  }
}

function inodeOf(detail: string): string {
  const parsed: unknown = JSON.parse(detail);
  return typeof parsed === 'object' && parsed !== null && 'inode' in parsed ? String(parsed.inode) : '';
}

/**
 * Batches that the server refused for good: a file each, with the reason in the first line and the records as they would have gone
 * out. Nothing reads them but people and `agent spool --parked`.
 */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch } from './batcher.ts';

export interface ParkedHead {
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly at: string;
  readonly sources: Batch['sources'];
}

/** The same batch again is the same file. Throws when the disk does not take it. */
export function park(spool: string, epoch: string, batch: Batch, reason: string, now: number): void {
  const { from, to, sources, lines } = batch;
  const head: ParkedHead = { epoch, from, to, reason, at: new Date(now).toISOString(), sources };
  const fd = openSync(join(spool, 'parked', `${epoch}-${from}-${to}.ndjson`), 'w', 0o600);
  try {
    writeSync(fd, `${JSON.stringify(head)}\n`);
    for (const bytes of lines) for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function parkedHeads(spool: string): readonly ParkedHead[] {
  const folder = join(spool, 'parked');
  return names(folder).flatMap((name) => {
    try {
      const [first = ''] = readFileSync(join(folder, name), 'utf8').split('\n', 1);
      return [JSON.parse(first) as ParkedHead];
    } catch {
      return [];
    }
  });
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

/**
 * The process that is killed: goes on where the store stands and commits until it dies, or until `last`, and keeps house meanwhile.
 * Its own number first; a batch's number is written to standard output, at once and by one system call, only after its commit resolved.
 *
 * node committer.ts FILE SEED [LAST]
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { openSqliteStore } from '#store';
import { commitOf, nothing, plus } from './content.ts';

const [file = '', seedText = '', lastText = ''] = process.argv.slice(2);
const seed = Number(seedText);
const last = lastText === '' ? Infinity : Number(lastText);

// A small log, so that kills also fall into its folding.
const store = await openSqliteStore(file, { logPages: 100 });
const { lastBatch } = await store.recover();
writeSync(1, `pid ${process.pid}\n`);
const committed = new Int32Array(new SharedArrayBuffer(4));
committed[0] = lastBatch;
// Where it ends by itself, its system calls are looked at, and nobody else may make any.
const keeper =
  lastText === '' ? new Worker(new URL('keeper.ts', import.meta.url), { workerData: { file, committed } }) : undefined;
if (keeper !== undefined) await once(keeper, 'message');
let totals = nothing;
for (let batch = 1; batch <= lastBatch; batch++) totals = plus(totals, seed, batch);
for (let batch = lastBatch + 1; batch <= last; batch++) {
  totals = plus(totals, seed, batch);
  await store.commit(commitOf(seed, batch, totals));
  writeSync(1, `ack ${batch}\n`);
  Atomics.store(committed, 0, batch);
}
await keeper?.terminate();
await store.close();

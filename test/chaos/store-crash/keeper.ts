/**
 * Keeps house in a thread of the committer's process without a pause: seals as soon as anything is hot, throws days away, gives free
 * pages back; so that the kill falls into every step of it. What was thrown away is said, after it was.
 */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { CodedError } from '#contract';
import { openUpkeep } from '#store';
import { KEPT_DAYS, receivedOf } from './content.ts';

const { file, committed } = workerData as { readonly file: string; readonly committed: Int32Array<SharedArrayBuffer> };
const upkeep = openUpkeep(file, { days: KEPT_DAYS, bytes: 0, free: 0 }, 0);
const port: Pick<MessagePort, 'postMessage'> | null = parentPort;
port?.postMessage({ ready: true });
for (;;) {
  try {
    const now = receivedOf(Atomics.load(committed, 0));
    upkeep.seal(now);
    for (const { day } of upkeep.retain(now)) writeSync(1, `threw ${day}\n`);
    while (upkeep.shrink() > 0);
  } catch (error) {
    // The disk is full, or somebody copies: it is tried again.
    if (!(error instanceof CodedError && error.code === 'STORE_FAILED')) throw error;
  }
  await pause(5);
}

/** Seals in a thread of the committer's process as soon as anything is hot, so that the kill falls into every step of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { CodedError } from '#contract';
import { openUpkeep } from '#store';

const upkeep = openUpkeep(workerData as string, { days: 0, bytes: 0, free: 0 });
const port: Pick<MessagePort, 'postMessage'> | null = parentPort;
port?.postMessage({ ready: true });
for (;;) {
  try {
    upkeep.seal(Date.now());
  } catch (error) {
    // A full disk: it is tried again.
    if (!(error instanceof CodedError && error.code === 'STORE_FAILED')) throw error;
  }
  await pause(5);
}

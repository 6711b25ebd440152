/** The pipeline thread: serves one Pipeline to the hub. Its program is loaded before anybody knows what it will be told to `start`. */
import { parentPort } from 'node:worker_threads';
import type { Windows } from '#detect';
import type { Recovery, StoredBatch } from '#store';
import { evidenceBuffers, packEvidence } from './evidence-text.ts';
import { giveBack, giveBackWhenQuiet } from './give-back.ts';
import type { HealthRecovery } from './health.ts';
import { createPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts';
import type { Work } from './pipeline/work.ts';
import { type Port, serve, Transferred } from './rpc.ts';

let serving: Pipeline | undefined;
let reason: unknown = new Error('This pipeline was not started.');

function running(): Pipeline {
  if (serving === undefined) throw reason;
  return serving;
}

giveBackWhenQuiet();
serve(parentPort as Port, {
  start([options]) {
    try {
      serving = createPipeline(options as PipelineOptions);
    } catch (error) {
      reason = error;
    }
  },
  describe: () => ({ horizon: running().horizon }),
  rules: () => running().list,
  reset: ([recovery, health]) => running().reset(recovery as Recovery, health as HealthRecovery),
  handover: () => running().handover(),
  adopt: ([recovery, health, windows]) =>
    running().adopt(recovery as Recovery, health as HealthRecovery, windows as Windows),
  rebuild: ([batches]) => running().rebuild(batches as readonly StoredBatch[]),
  // What compiling left is as much as the rules themselves.
  giveBack,
  retire() {
    serving = undefined;
    reason = new Error('This pipeline was replaced.');
    giveBack();
  },
  process([batch, received, work, watched]) {
    const processed = running().process(
      batch as number,
      received as number,
      work as readonly Work[],
      watched as boolean,
    );
    const commit = packEvidence(processed.commit);
    return new Transferred({ ...processed, commit }, [commit.events.bytes.buffer, ...evidenceBuffers(commit)]);
  },
});

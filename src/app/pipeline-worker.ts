/** The pipeline thread: serves one Pipeline to the hub. `workerData` is its PipelineOptions. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Windows } from '#detect';
import type { Recovery, StoredBatch } from '#store';
import { evidenceBuffers, packEvidence } from './evidence-text.ts';
import { giveBack, giveBackWhenQuiet } from './give-back.ts';
import type { HealthRecovery } from './health.ts';
import { createPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts';
import type { Work } from './pipeline/work.ts';
import { type Port, serve, Transferred } from './rpc.ts';

let serving: Pipeline | undefined = createPipeline(workerData as PipelineOptions);

function running(): Pipeline {
  if (serving === undefined) throw new Error('This pipeline was replaced.');
  return serving;
}

giveBackWhenQuiet();
serve(parentPort as Port, {
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
    giveBack();
  },
  process([batch, received, work]) {
    const processed = running().process(batch as number, received as number, work as readonly Work[]);
    const commit = packEvidence(processed.commit);
    return new Transferred({ ...processed, commit }, [commit.events.bytes.buffer, ...evidenceBuffers(commit)]);
  },
});

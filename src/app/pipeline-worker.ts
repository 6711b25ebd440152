/** The pipeline thread: serves one Pipeline to the hub. `workerData` is its PipelineOptions. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Windows } from '#detect';
import type { Recovery, StoredBatch } from '#store';
import { packEvidence } from './evidence-text.ts';
import { giveBackWhenQuiet } from './give-back.ts';
import type { HealthRecovery } from './health.ts';
import { createPipeline, type PipelineOptions } from './pipeline.ts';
import type { Work } from './pipeline/work.ts';
import { type Port, serve, Transferred } from './rpc.ts';

const pipeline = createPipeline(workerData as PipelineOptions);

giveBackWhenQuiet();
serve(parentPort as Port, {
  describe: () => ({ horizon: pipeline.horizon }),
  rules: () => pipeline.list,
  reset: ([recovery, health]) => pipeline.reset(recovery as Recovery, health as HealthRecovery),
  handover: () => pipeline.handover(),
  adopt: ([recovery, health, windows]) =>
    pipeline.adopt(recovery as Recovery, health as HealthRecovery, windows as Windows),
  rebuild: ([batches]) => pipeline.rebuild(batches as readonly StoredBatch[]),
  process([batch, received, work]) {
    const processed = pipeline.process(batch as number, received as number, work as readonly Work[]);
    const commit = packEvidence(processed.commit);
    const evidence = 'evidence' in commit ? [commit.evidence.buffer] : [];
    return new Transferred({ ...processed, commit }, [commit.events.bytes.buffer, ...evidence]);
  },
});

/**
 * One peer in a process of its own, so that none has another's memory, threads or warm code.
 *
 * node measure.ts NAME EVENTS      prints a Measured as JSON
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '#contract';
import { eventsOf } from '../store-answers.ts';
import { type Answer, type Lane, type Peer, type Question, QUESTIONS } from './lane.ts';
import { PEERS } from './peers.ts';

export interface Measured {
  /** Events a second: until all are durable, and until all are merged or sealed too. */
  readonly intake: number;
  readonly settled: number;
  /** µs an event until all is merged or sealed; undefined where another process works. */
  readonly cpu: number | undefined;
  /** On the disk, an event. */
  readonly bytes: number;
  /** Best of five, ms. */
  readonly asked: Readonly<Record<Question, number>>;
  readonly answered: Readonly<Record<Question, Answer>>;
}

const A_BATCH = 1000;
const TIDY = 32;
const ROUNDS = 5;

async function measure(peer: Peer, count: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-peer-'));
  let lane: Lane | undefined;
  try {
    lane = await peer.open(folder);
    const { loading, settling, cpu } = await filled(lane, count);
    const bytes = lane.bytes() / count;
    const asked: Partial<Record<Question, number>> = {};
    const answered: Partial<Record<Question, Answer>> = {};
    for (const question of Object.keys(QUESTIONS) as Question[]) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const began = performance.now();
        answered[question] = await lane.ask(question);
        times.push(performance.now() - began);
      }
      asked[question] = Math.min(...times);
    }
    const rate = (ms: number): number => (count / ms) * 1000;
    const intake = { intake: rate(loading), settled: rate(loading + settling) };
    return { ...intake, cpu: peer.within ? cpu / count : undefined, bytes, asked, answered } as Measured;
  } finally {
    await lane?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** ms that the peer took, and µs of processor time; making the events is not counted. */
async function filled(
  lane: Lane,
  count: number,
): Promise<{ readonly loading: number; readonly settling: number; readonly cpu: number }> {
  let cpu = 0;
  const timed = async (work: () => Promise<void>): Promise<number> => {
    const before = process.cpuUsage();
    const began = performance.now();
    await work();
    const took = performance.now() - began;
    const { user, system } = process.cpuUsage(before);
    cpu += user + system;
    return took;
  };
  let loading = 0;
  let settling = 0;
  let batches = 0;
  let waiting: Event[] = [];
  const load = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    loading += await timed(() => lane.load(batch));
    if (++batches % TIDY === 0) settling += await timed(async () => lane.tidy?.());
  };
  for (const event of eventsOf(count)) if (waiting.push(event) === A_BATCH) await load();
  if (waiting.length > 0) await load();
  settling += await timed(() => lane.settle());
  return { loading, settling, cpu };
}

const [name = '', count = ''] = process.argv.slice(2);
const peer = PEERS.find((one) => one.name === name);
if (peer === undefined) throw new Error(`No peer is called ${name}`);
process.stdout.write(`${JSON.stringify(await measure(peer, Number(count)))}\n`);

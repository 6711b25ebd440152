/** Everything that is measured of the detection engine, as rows of a table. */
import { misjudged } from './judge.ts';
import { LANES, speed, warmUp } from './lanes.ts';
import { load } from './load.ts';
import { slowestRegex } from './regexes.ts';

export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly reach: string;
}

const count = (value: number): string => Math.round(value).toLocaleString('en');

/** Pairs of a rule and an event that the naive interpreter judges as well. */
const SAMPLE = Number(process.env['BENCH_SAMPLE'] ?? 40);

/** `events` a lane, with the rules of the folders loaded; nothing without folders. */
export function engineFigures(folders: readonly string[], seed: number, events: number): readonly Figure[] {
  if (folders.length === 0) return [];
  const { compiled, documents, fromYaml, fromCache, memory } = load(folders);
  const { detector } = compiled;
  const rules = `Sigma engine alone, one core, ${count(compiled.rules.length)} rules`;
  warmUp(detector, seed, Math.min(events, 30_000));
  const figures: Figure[] = [
    { what: `${rules}: YAML → ready`, measured: `${count(fromYaml)} ms`, reach: '≤ 3,000 ms' },
    { what: 'the same from the cache', measured: `${count(fromCache)} ms`, reach: '≤ 500 ms' },
    { what: 'the same: memory, all lanes in use', measured: `${count(memory)} MB more`, reach: '≤ 150 MB' },
  ];
  for (const { name, events: make, reach } of LANES) {
    const { rate, hits, looked } = speed(detector, make(seed), events);
    const at = (share: number): number => looked[Math.min(looked.length - 1, Math.floor(looked.length * share))] ?? 0;
    const mean = looked.reduce((sum, one) => sum + one, 0) / looked.length;
    const sample = Array.from({ length: SAMPLE }, make(seed + 2000));
    const { pairs, wrong } = misjudged(detector, documents, sample);
    if (wrong.length > 0) throw new Error(`unlike the naive interpreter:\n${wrong.join('\n')}`);
    figures.push({
      what: `the same: ${name}, every event new`,
      measured: `${count(rate)} events/s; ${(hits * 100).toFixed(2)} % hit a rule; rules looked at: mean ${mean.toFixed(1)}, median ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}; ${count(pairs)} pairs as the naive interpreter says`,
      reach: `≥ ${count(reach)}/s`,
    });
  }
  const slowest = slowestRegex(documents);
  figures.push({
    what: `the slowest of its ${slowest.count} regular expressions on 16 kB made for it`,
    measured: `${slowest.ms.toFixed(1)} ms (\`${slowest.key.replaceAll('|', '\\|').slice(0, 60)}\`)`,
    reach: '≤ 20 ms',
  });
  return figures;
}

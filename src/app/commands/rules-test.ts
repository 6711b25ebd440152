/** `porchlight rules test`: runs the golden samples that lie beside rules. */
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { RuleDocument } from '#contract';
import { printable, printableJson } from '#lib/printable';
import type { Context, Values } from '../command.ts';
import { OWN_RULES, readRules } from '../rule-catalogue.ts';
import { readSamples } from '../rule-samples/read-samples.ts';
import { benchOf } from '../rule-samples/try-samples.ts';

/** Beside `brute.yml` lies `brute.samples`. */
const samplesOf = (file: string): string => `${file.slice(0, file.length - extname(file).length)}.samples`;

/** Somebody may name the samples instead. */
const ruleOf = (path: string): string => {
  const beside = ['.yml', '.yaml'].map((ending) => path.replace(/\.samples$/, ending));
  return beside.find((file) => file !== path && existsSync(file)) ?? path;
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** A set of thousands that never had samples is one line. */
const MOST_NAMED = 10;

function without(files: readonly string[]): string {
  const named = files.map((file) => `${printable(`${file}: no samples; they would be in ${samplesOf(file)}`)}\n`);
  return files.length > MOST_NAMED ? `${counted(files.length, 'rule file')} without samples.\n` : named.join('');
}

/** One sample, or what keeps samples from being run. */
interface Result {
  readonly file: string;
  readonly line: number;
  /** `fires` or `quiet`; empty where it is no sample. */
  readonly sample: string;
  readonly said: readonly string[];
  readonly fault: string | undefined;
}

/** Without paths: the rules that come with the program. Exit code 1 where a sample is not as it says. */
export function testRules({ now, out, err }: Context, values: Values, paths: readonly string[]): number {
  const given = readRules(paths.length === 0 ? [OWN_RULES] : paths.map(ruleOf));
  const known = paths.length === 0 ? given.documents : [...given.documents, ...readRules([OWN_RULES]).documents];
  const files = Map.groupBy(given.documents, ({ file }) => file);
  const bare = [...files.keys()].filter((file) => !existsSync(samplesOf(file)));
  let [samples, faults] = [0, 0];
  const report = (result: Result): void => {
    if (result.fault !== undefined) faults++;
    if (values['json'] === true) out(`${printableJson({ ...result, ok: result.fault === undefined })}\n`);
    else if (result.fault !== undefined) out(`${printable(`${result.file}:${result.line}: ${result.fault}`)}\n`);
  };
  for (const { file, line, reason } of given.problems) report({ file, line, sample: '', said: [], fault: reason });
  for (const [file, documents] of files) {
    if (bare.includes(file)) continue;
    for (const result of resultsOf(file, documents, known, now())) {
      if (result.sample !== '') samples++;
      report(result);
    }
  }
  err(without(bare));
  const outcome = faults === 0 ? 'all as they say' : `${faults} not as they say`;
  err(`${counted(files.size, 'rule file')}, ${counted(samples, 'sample')}: ${outcome}.\n`);
  return faults > 0 ? 1 : 0;
}

function* resultsOf(
  file: string,
  documents: readonly RuleDocument[],
  known: readonly RuleDocument[],
  now: number,
): Generator<Result> {
  const place = samplesOf(file);
  const { samples, faults } = readSamples(readFileSync(place, 'utf8'));
  const none = { sample: '', said: [] } as const;
  for (const { number, reason } of faults) yield { file: place, line: number, ...none, fault: reason };
  const bench = benchOf(documents, known, now);
  for (const problem of bench.problems)
    yield { file: problem.file, line: problem.line, ...none, fault: problem.reason };
  if (bench.problems.length > 0) return;
  for (const sample of samples) {
    const { said, fault } = bench.run(sample);
    yield { file: place, line: sample.number, sample: sample.expects, said, fault };
  }
}

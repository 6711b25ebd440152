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
export const samplesOf = (file: string): string => `${file.slice(0, file.length - extname(file).length)}.samples`;

/** One sample, or a file whose samples cannot be run. */
interface Result {
  readonly file: string;
  readonly line: number;
  readonly sample: string;
  readonly said: readonly string[];
  readonly fault: string | undefined;
}

/** Without paths: the rules that come with the program. Exit code 1 where a sample is not as it says. */
export function testRules({ now, out, err }: Context, values: Values, paths: readonly string[]): number {
  const given = readRules(paths.length === 0 ? [OWN_RULES] : paths);
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
      samples++;
      report(result);
    }
  }
  for (const file of bare) err(`${printable(`${file}: no samples; they would be in ${samplesOf(file)}`)}\n`);
  err(
    `${files.size} rule files, ${samples} samples, ${faults === 0 ? 'all as they say' : `${faults} not as they say`}.\n`,
  );
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
  const bench = benchOf(documents, known, now);
  for (const fault of bench.problems) yield { file, line: 1, sample: '', said: [], fault };
  for (const { number, reason } of faults) yield { file: place, line: number, sample: '', said: [], fault: reason };
  for (const sample of samples) {
    const { said, fault } = bench.run(sample);
    yield { file: place, line: sample.number, sample: sample.expects, said, fault };
  }
}

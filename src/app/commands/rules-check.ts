/** `porchlight rules check`: a line for each fault, `file:line:column: error: …`, as compilers write them. */
import { readFileSync } from 'node:fs';
import { CodedError, type RuleProblem } from '#contract';
import { compile } from '#detect';
import { printable, printableJson } from '#lib/printable';
import type { Context, Values } from '../command.ts';
import { readRules } from '../rule-catalogue.ts';
import { lint } from '../rules/lint.ts';
import { locator, type Place } from '../rules/locate.ts';
import { rulePlaces } from '../rules/places.ts';
import { readSettings } from './settings.ts';

interface Finding extends RuleProblem {
  readonly severity: 'error' | 'warning';
}

type Fault = Omit<Finding, keyof Place> & Place;

/** What nobody can know from one file: rules that others refer to, and what the house says placeholders are. */
export function checkRules(context: Context, values: Values, paths: readonly string[]): number {
  if (paths.length === 0) throw new CodedError('USAGE', 'porchlight rules check: name the files or folders');
  const { config, folder } = readSettings(context, values);
  const { placeholders } = rulePlaces(config.rules, folder).policy;
  const { documents, problems } = readRules(paths);
  const compiled = compile(documents, undefined, placeholders);
  const errors = [...problems, ...compiled.problems].map((problem): Finding => ({ ...problem, severity: 'error' }));
  const advice = documents.flatMap((document) =>
    lint(document).map((where) => ({ file: document.file, title: titleOf(document.content), ...where })),
  );
  const warnings = [...compiled.remarks, ...advice].map((problem): Finding => ({ ...problem, severity: 'warning' }));
  const faults = placed([...errors, ...warnings]);
  for (const fault of faults)
    context.out(values['json'] === true ? `${printableJson(fault)}\n` : `${printable(faultLine(fault))}\n`);
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
  context.err(
    `${count(compiled.rules.length, 'good rule')}, ${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}.\n`,
  );
  return errors.length > 0 || (values['strict'] === true && warnings.length > 0) ? 1 : 0;
}

const titleOf = (content: unknown): string => {
  const title = typeof content === 'object' && content !== null && 'title' in content ? content.title : undefined;
  return typeof title === 'string' ? title.slice(0, 256) : '';
};

/** By file and place; each file is read once more, since the engine has no positions. */
function placed(findings: readonly Finding[]): readonly Fault[] {
  const faults = [...Map.groupBy(findings, ({ file }) => file)].flatMap(([file, inFile]) => {
    const locate = locatorOf(file);
    return inFile.map(({ at, ...finding }): Fault => ({
      ...finding,
      // The catalogue knows better where YAML itself is broken.
      ...(finding.column === undefined
        ? locate({ ...finding, ...(at === undefined ? {} : { at }) })
        : { line: finding.line, column: finding.column }),
    }));
  });
  return faults.toSorted((left, right) =>
    left.file === right.file ? left.line - right.line || left.column - right.column : left.file < right.file ? -1 : 1,
  );
}

function locatorOf(file: string): ReturnType<typeof locator> {
  try {
    return locator(readFileSync(file, 'utf8'));
  } catch {
    return ({ line }) => ({ line, column: 1 });
  }
}

const faultLine = ({ file, line, column, severity, reason }: Fault): string =>
  `${file}:${line}:${column}: ${severity}: ${reason}`;

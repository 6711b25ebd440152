/** `porchlight rules check`: a line for each fault, `file:line:column: error: …`, as compilers write them. */
import { readFileSync } from 'node:fs';
import { CodedError, type RuleProblem } from '#contract';
import { compile } from '#detect';
import { printable, printableJson } from '#lib/printable';
import type { Context, Values } from '../command.ts';
import { readRules } from '../rule-catalogue.ts';
import { lint } from '../rules/lint.ts';
import { placed } from '../rules/locate.ts';
import { rulePlaces } from '../rules/places.ts';
import { readSettings } from './settings.ts';

interface Finding extends RuleProblem {
  readonly severity: 'error' | 'warning';
}

/** What nobody can know from one file: rules that others refer to, and what the house says placeholders are. */
export function checkRules(context: Context, values: Values, paths: readonly string[]): number {
  if (paths.length === 0) throw new CodedError('USAGE', 'porchlight rules check: name the files or folders');
  const { config, folder } = readSettings(context, values);
  const { placeholders } = rulePlaces(config.rules, folder).policy;
  const { documents, problems } = readRules(paths);
  const compiled = compile(documents, undefined, placeholders);
  const advice = documents.flatMap((document) =>
    lint(document).map((where) => ({ file: document.file, title: titleOf(document.content), ...where })),
  );
  const [errors, warnings] = [
    [...problems, ...compiled.problems],
    [...compiled.remarks, ...advice],
  ];
  const found = (list: readonly RuleProblem[], severity: Finding['severity']): Finding[] =>
    placed(list, (file) => readFileSync(file, 'utf8')).map((problem) => ({ ...problem, severity }));
  const faults = [...found(errors, 'error'), ...found(warnings, 'warning')].toSorted(byPlace);
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

/** By file and place. */
const byPlace = (left: Finding, right: Finding): number =>
  left.file === right.file
    ? left.line - right.line || (left.column ?? 0) - (right.column ?? 0)
    : left.file < right.file
      ? -1
      : 1;

const faultLine = ({ file, line, column = 1, severity, reason }: Finding): string =>
  `${file}:${line}:${column}: ${severity}: ${reason}`;

import { fileURLToPath } from 'node:url';
import { CodedError, type RuleInfo, type RuleProblem } from '#contract';
import { compile } from '#detect';
import { printable, printableJson } from '#lib/printable';
import type { Command } from '../command.ts';
import { readRules } from '../rule-catalogue.ts';
import { readSettings, settingsOptions } from './settings.ts';

const OWN_RULES = fileURLToPath(new URL('../../../rules', import.meta.url));

export const rules: Command = {
  name: 'rules',
  summary: 'List the rules that are loaded, or check rule files before they are.',
  args: 'list|check [FILE…]',
  options: { json: { type: 'boolean', help: 'One JSON rule a line.' }, ...settingsOptions },
  examples: ['porchlight rules list', 'porchlight rules check my-rules/'],
  exits: { 1: 'a rule was refused' },
  async run(context, values, [verb = 'list', ...paths]) {
    if (verb !== 'list' && verb !== 'check')
      throw new CodedError('USAGE', `porchlight rules: there is no "${verb}"; it is list or check`);
    if (verb === 'check' && paths.length === 0)
      throw new CodedError('USAGE', 'porchlight rules check: name the files or folders');
    const folders = verb === 'check' ? paths : [OWN_RULES, ...readSettings(context, values).config.rules.folders];
    const catalogue = readRules(folders);
    const compiled = compile(catalogue.documents);
    const problems = [...catalogue.problems, ...compiled.problems];
    const remarksOf = byRule(compiled.remarks);
    for (const rule of compiled.rules) {
      const remarks = remarksOf(rule);
      context.out(values['json'] === true ? `${printableJson({ ...rule, remarks })}\n` : ruleLines(rule, remarks));
    }
    for (const problem of problems) context.err(`${problemLine(problem)}\n`);
    if (verb === 'check') context.err(`${compiled.rules.length} good, ${problems.length} refused.\n`);
    return problems.length > 0 ? 1 : 0;
  },
};

type RemarksOf = (rule: RuleInfo) => readonly string[];

/** A file may hold several rules, so the title is part of the place. */
function byRule(remarks: readonly RuleProblem[]): RemarksOf {
  const place = ({ file, title }: RuleInfo | RuleProblem): string => `${file}\u0000${title}`;
  const known = Map.groupBy(remarks, place);
  return (rule) => known.get(place(rule))?.map(({ reason }) => reason) ?? [];
}

function ruleLines({ level, title, file }: RuleInfo, remarks: readonly string[]): string {
  const lines = [`${level.padEnd(13)}  ${title}  (${file})`, ...remarks.map((remark) => `${' '.repeat(15)}${remark}`)];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const problemLine = ({ file, line, reason }: RuleProblem): string => printable(`refused: ${file}:${line}: ${reason}`);

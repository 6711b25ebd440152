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
    for (const rule of compiled.rules)
      context.out(`${values['json'] === true ? printableJson(rule) : ruleLine(rule)}\n`);
    for (const problem of problems) context.err(`${problemLine(problem)}\n`);
    if (verb === 'check') context.err(`${compiled.rules.length} good, ${problems.length} refused.\n`);
    return problems.length > 0 ? 1 : 0;
  },
};

const ruleLine = (rule: RuleInfo): string => printable(`${rule.level.padEnd(13)}  ${rule.title}  (${rule.file})`);

const problemLine = (problem: RuleProblem): string => printable(`${problem.file}:${problem.line}: ${problem.reason}`);

/** `porchlight rules backtest RULE…`: what a rule would have said of the events that are stored. */
import { readFileSync, statSync } from 'node:fs';
import { CodedError, type RuleProblem } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { problemPlace } from '#ui/model';
import type { Backtest } from '../backtest/backtest.ts';
import { begin, queryOf, type Tried } from '../backtest/plan.ts';
import { asJson, asLines, type Shown } from '../backtest/show.ts';
import { storedEvents, type StoredEvents } from '../backtest/stored.ts';
import { type Context, text, type Values } from '../command.ts';
import { installed, named, rulesAtHand } from '../hunt/at-hand.ts';
import { readRules } from '../rule-catalogue.ts';
import { isFilter, type RuleEntry } from '../rules/entry.ts';
import { placed } from '../rules/locate.ts';
import { type RulePlaces, rulePlaces } from '../rules/places.ts';
import { readSettings } from './settings.ts';

const REFUSED = 1;
const STOPPED = 130;
/** ms between two words of how far it is. */
const PACE = 2000;
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

export async function backtestRule(context: Context, values: Values, words: readonly string[]): Promise<number> {
  if (words.length === 0)
    throw new CodedError('USAGE', 'porchlight rules backtest: name a rule, by its file, its id or its title');
  const { config, folder } = readSettings(context, values);
  const places = rulePlaces(config.rules, folder);
  const { entries, documents, problems } = tried(words, places, folder);
  const to = context.now();
  const from = to - spanOf(text(values, 'last') ?? '30d');
  const { work, verdicts } = begin({ entries, documents, problems }, places, config.notify.level);
  const refused = [...problems, ...work.problems].filter(({ file }) => isTriedFile(file, words, entries));
  for (const problem of placed(refused, (file) => readFileSync(file, 'utf8'))) context.err(`${problemLine(problem)}\n`);
  if (work.rules === 0) return REFUSED;
  const stored = await storedEvents(context, values, folder, { from, to, q: queryOf(text(values, 'host')) });
  const partial = await run(work, stored, context);
  const shown = { rules: verdicts, from, to, notifyLevel: config.notify.level, partial, result: work.result() };
  print(shown, context, values);
  return partial ? STOPPED : refused.length > 0 ? REFUSED : 0;
}

function print(shown: Shown, context: Context, values: Values): void {
  if (values['json'] === true) context.out(`${printableJson(asJson(shown))}\n`);
  else for (const line of asLines(shown, context.isTerminal ? context.columns : Infinity)) context.out(`${line}\n`);
}

const problemLine = (problem: RuleProblem): string => printable(`refused: ${problemPlace(problem)}: ${problem.reason}`);

/** A file is taken as it is now; an id or a title among the rules that are at hand. */
function tried(words: readonly string[], places: RulePlaces, folder: string): Tried {
  const files = words.filter(isThere);
  const wanted = words.filter((word) => !files.includes(word)).map((word) => word.toLowerCase());
  const { entries, documents, problems } = rulesAtHand([...named(files), ...installed(places)], folder);
  const isOf = ({ id, title }: RuleEntry, name: string): boolean =>
    [id.toLowerCase(), title.toLowerCase()].includes(name);
  const missing = wanted.find((name) => !entries.some((entry) => isOf(entry, name)));
  if (missing !== undefined)
    throw new CodedError('USAGE', `porchlight rules backtest: there is no rule "${missing}", and no file of that name`);
  const own = new Set(readRules(files).documents.map(({ file, line }) => `${file}:${line}`));
  const isTried = (entry: RuleEntry): boolean =>
    own.has(`${entry.document.file}:${entry.document.line}`) || wanted.some((name) => isOf(entry, name));
  return { entries: entries.filter((entry) => !isFilter(entry) && isTried(entry)), documents, problems };
}

/** A file that could not be read has no rules. */
const isTriedFile = (file: string, words: readonly string[], entries: readonly RuleEntry[]): boolean =>
  words.includes(file) || entries.some(({ document }) => document.file === file);

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** True where somebody stopped it. */
async function run(work: Backtest, stored: StoredEvents, context: Context): Promise<boolean> {
  const say = pacer(stored.total, context);
  let done = 0;
  try {
    for await (const page of stored.pages()) {
      work.look(page);
      say((done += page.length));
      context.signal.throwIfAborted();
    }
    return false;
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return true;
  } finally {
    await stored.close();
  }
}

function pacer(total: number, { now, err }: Context): (done: number) => void {
  let next = now() + PACE;
  return (done) => {
    if (now() < next) return;
    next = now() + PACE;
    err(`${Math.min(100, Math.floor((100 * done) / Math.max(1, total)))} %, ${done.toLocaleString('en-US')} events\n`);
  };
}

function spanOf(last: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(last) ?? [];
  if (count === undefined) throw new CodedError('USAGE', `--last ${last}: give a number and m, h, d or w, such as 30d`);
  return Number(count) * (UNITS[unit] ?? 0);
}

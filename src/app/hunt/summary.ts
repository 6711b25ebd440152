/** What a hunt came to, as a table for people. */
import { type Level, LEVELS, levelRank } from '#contract';
import { printable } from '#lib/printable';
import type { Outcome } from './hunt.ts';

export interface RuleTally {
  readonly title: string;
  readonly level: Level;
  hits: number;
  /** Files with a hit. */
  readonly files: Set<number>;
}

export interface Totals {
  readonly outcome: Outcome;
  readonly rules: Iterable<RuleTally>;
  readonly seconds: number;
  /** Files in folders that are no logs by their names. */
  readonly passedOver: number;
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

export function summary({ outcome, rules, seconds, passedOver }: Totals): readonly string[] {
  const found = [...rules].toSorted(byWeight);
  const { tallies } = outcome;
  const records = sum(tallies, ({ records: one }) => one);
  const damaged = sum(tallies, ({ damaged: one }) => one);
  const failed = tallies.filter((tally) => tally.failed !== undefined);
  return [
    '',
    ...table(found),
    ...(found.length === 0 ? [] : ['', byLevel(found)]),
    [
      counted(
        sum(found, ({ hits }) => hits),
        'hit',
      ),
      `${counted(records, 'record')} in ${counted(tallies.length - failed.length, 'file')}`,
      `${seconds.toFixed(1)} s`,
    ].join(', '),
    ...(damaged === 0
      ? []
      : [`${counted(damaged, 'place is', 'places are')} damaged or in doubt; the rest was looked through`]),
    ...(passedOver === 0 ? [] : [`${counted(passedOver, 'file')} in folders passed over: no logs by their names`]),
    ...failed.map(({ name, failed: reason }) => printable(`${name}: ${reason}`)),
    ...Object.entries(outcome.dropped).map(([reason, count]) => `correlations let go ${count}: ${reason}`),
    ...(outcome.stopped ? ['Stopped: this is what was found so far.'] : []),
  ];
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);

/** The gravest first, then the most frequent. */
const byWeight = (one: RuleTally, other: RuleTally): number =>
  levelRank(other.level) - levelRank(one.level) || other.hits - one.hits || one.title.localeCompare(other.title, 'en');

function table(found: readonly RuleTally[]): readonly string[] {
  if (found.length === 0) return ['No rule matched.'];
  const rows = [
    ['level', 'hits', 'files', 'rule'],
    ...found.map(({ level, hits, files, title }) => [level, String(hits), String(files.size), printable(title)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([level = '', hits = '', files = '', title = '']) =>
    [level.padEnd(widths[0] ?? 0), hits.padStart(widths[1] ?? 0), files.padStart(widths[2] ?? 0), title].join('  '),
  );
}

function byLevel(found: readonly RuleTally[]): string {
  const parts = LEVELS.toReversed().flatMap((level) => {
    const of = found.filter((one) => one.level === level);
    return of.length === 0
      ? []
      : [
          `${level}: ${counted(
            sum(of, ({ hits }) => hits),
            'hit',
          )} of ${counted(of.length, 'rule')}`,
        ];
  });
  return parts.join('; ');
}

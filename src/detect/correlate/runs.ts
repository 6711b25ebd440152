/**
 * Ordered runs: entries that follow each other in the order of their rules. Which entries are part of one is told a rule by
 * an interval, from the earliest place a run can reach it to the latest from which one can go on; everything between is
 * part of one. So a window of thousands costs a few binary searches.
 *
 *     rule a   ●  ●        ○          ● part of a run through a, b, c
 *     rule b         ●  ●     ○
 *     rule c               ●
 */
import { before, type Line as Entries, type Timed } from './line.ts';

export interface Stretch {
  /** Place of a rule. */
  readonly rule: number;
  readonly from: Timed;
  readonly to: Timed;
}

type Line = Pick<Entries, 'first' | 'last' | 'firstAfter' | 'lastBefore'>;

/** Runs through all of these rules; undefined where there is none. */
export function runThrough(lines: readonly Line[], rules: readonly number[]): readonly Stretch[] | undefined {
  const earliest: Timed[] = [];
  for (const rule of rules) {
    const previous = earliest.at(-1);
    const next = previous === undefined ? lines[rule]?.first : lines[rule]?.firstAfter(previous);
    if (next === undefined) return undefined;
    earliest.push(next);
  }
  const stretches: Stretch[] = [];
  let following: Timed | undefined;
  for (const [at, rule] of [...rules.entries()].toReversed()) {
    const to = following === undefined ? lines[rule]?.last : lines[rule]?.lastBefore(following);
    const from = earliest[at];
    if (to === undefined || from === undefined) return undefined;
    stretches.unshift({ rule, from, to });
    following = to;
  }
  return stretches;
}

type Ends = readonly (Timed | undefined)[];

const first = (left: Timed | undefined, right: Timed | undefined): Timed | undefined =>
  left === undefined || (right !== undefined && before(right, left)) ? right : left;
const last = (left: Timed | undefined, right: Timed | undefined): Timed | undefined =>
  left === undefined || (right !== undefined && before(left, right)) ? right : left;

/** By rule: the earliest entry at which a run of one more than `shorter` can end. */
function longer(lines: readonly Line[], shorter: Ends | undefined): Ends {
  let end: Timed | undefined;
  return lines.map((line, rule) => {
    if (shorter === undefined) return line.first;
    end = rule === 0 ? undefined : first(end, shorter[rule - 1]);
    return end === undefined ? undefined : line.firstAfter(end);
  });
}

/** By rule: the latest entry from which a run of one more than `shorter` can begin. */
function longerBack(lines: readonly Line[], shorter: Ends | undefined): Ends {
  let start: Timed | undefined;
  return lines
    .map((line, rule) => ({ line, rule }))
    .toReversed()
    .map(({ line, rule }) => {
      if (shorter === undefined) return line.last;
      start = rule === lines.length - 1 ? undefined : last(start, shorter[rule + 1]);
      return start === undefined ? undefined : line.lastBefore(start);
    })
    .toReversed();
}

const grown = (lines: readonly Line[], step: typeof longer): readonly Ends[] => {
  const all: Ends[] = [];
  for (let ends = step(lines, undefined); ends.some((end) => end !== undefined); ends = step(lines, ends))
    all.push(ends);
  return all;
};

/** The most rules that a run goes through, in their order but not through all of them, and the entries of such runs. */
export function longestRun(lines: readonly Line[]): {
  readonly length: number;
  readonly stretches: readonly Stretch[];
} {
  const ends = grown(lines, longer);
  const starts = grown(lines, longerBack);
  const length = ends.length;
  const stretches = ends.flatMap((reached, at) =>
    reached.flatMap((from, rule): readonly Stretch[] => {
      const to = starts[length - 1 - at]?.[rule];
      return from === undefined || to === undefined || before(to, from) ? [] : [{ rule, from, to }];
    }),
  );
  return { length, stretches };
}

/** The score in words and as a bar of a hundred points. */
import type { LedgerRow, ScoreBand } from '#contract';
import { capital, numberWord, plural } from './text.ts';

const BANDS: Record<ScoreBand, string> = {
  normal: 'Normal',
  minor: 'Minor things to see to',
  look: 'Worth a look',
  serious: 'Serious',
};

export const bandWord = (band: ScoreBand): string => BANDS[band];

/** '18 points lost. Four fewer than yesterday’s 86.' */
export function scoreSentence(score: number, yesterday: number | null): string {
  const lost = 100 - score;
  const first = lost === 0 ? 'No point lost.' : `${plural(lost, 'point')} lost.`;
  if (yesterday === null) return first;
  const change = score - yesterday;
  if (change === 0) return `${first} The same as yesterday.`;
  return `${first} ${capital(numberWord(Math.abs(change)))} ${change < 0 ? 'fewer' : 'more'} than yesterday’s ${yesterday}.`;
}

export interface BarPiece {
  /** Its row of the ledger; undefined: the points that are left. */
  readonly row: number | undefined;
  /** Part of the bar, 0 … 1. */
  readonly part: number;
}

/**
 * The bar: first what is left, then a piece a row. Rows may name more points than there were to lose (the score ends at 0);
 * then they share the rest of the bar in proportion.
 */
export function barPieces(score: number, ledger: readonly Pick<LedgerRow, 'points'>[]): readonly BarPiece[] {
  const named = ledger.reduce((all, { points }) => all + points, 0);
  const lost = (100 - score) / 100;
  const pieces: BarPiece[] = ledger.map(({ points }, row) => ({
    row,
    part: named === 0 ? 0 : (points / named) * lost,
  }));
  return [{ row: undefined, part: score / 100 }, ...pieces].filter(({ part }) => part > 0);
}

/** A score this many pauses old, and no younger than this, is stale: something stopped looking. */
const LATE = 3;
const LATE_LEAST = 60_000;

/** What is said beside a stale score: a machine that sleeps now and then is not one that fell silent. */
export const staleWords = (alwaysOn: boolean | undefined, when: string): string =>
  alwaysOn === false ? `Asleep or away since ${when}` : `As of ${when}`;

/** `every`: ms between two looks, 0 where that is not known. */
export const isStale = (at: number, now: number, every: number): boolean =>
  now - at > Math.max(LATE_LEAST, LATE * every);

/**
 * The windows of all correlations, to go on with in another detector: after a reload of the rules, in the same thread or in
 * another one. Plain data that survives a structured clone.
 *
 * Ownership: whoever resumes with them owns them; the detector they came from must not see another event.
 */
import type { Entry } from './group.ts';
import type { Mark } from './watermark.ts';

export interface GroupWindow {
  readonly key: readonly string[];
  /** In order of arrival. */
  readonly entries: readonly Entry[];
  /** Places in `entries` that no match had yet. */
  readonly fresh: readonly number[];
  readonly marks: readonly Mark[];
}

export interface CorrelationWindows {
  /** Says what decides about the windows: the correlation and all that it refers to. Titles and levels do not. */
  readonly content: string;
  /** Longest without news first. */
  readonly groups: readonly GroupWindow[];
}

export interface Windows {
  readonly correlations: readonly CorrelationWindows[];
  /** What was dropped so far, by reason: the counts go on. */
  readonly dropped: Readonly<Record<string, number>>;
  /** How many events took part so far: the order of arrival goes on. */
  readonly order: number;
}

export interface Resumed {
  /** Correlations that go on with their windows. */
  readonly kept: number;
  /** Correlations that are new or changed: their windows are empty. */
  readonly fresh: number;
}

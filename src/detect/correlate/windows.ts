/**
 * The windows of all correlations, to go on with in another detector: after a reload of the rules, in the same thread or in
 * another one. Plain data that survives a structured clone.
 *
 * Ownership: whoever resumes with them owns them; the detector they came from must not see another event.
 */
import { newFields } from '#contract';
import type { Located } from '../match.ts';
import type { Entry, Story } from './line.ts';
import type { Mark } from './watermark.ts';

export interface GroupWindow {
  readonly key: readonly string[];
  /** In order of arrival. Those that a match had are without their story and count. */
  readonly entries: readonly Entry[];
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

/** A correlation, and a hash of what decides about its windows. */
export interface Windowed {
  readonly correlation: {
    handover(): readonly GroupWindow[];
    resume(windows: readonly GroupWindow[]): void;
  };
  readonly content: string;
}

export const handedOver = (all: readonly Windowed[]): readonly CorrelationWindows[] =>
  all.map(({ correlation, content }) => ({ content, groups: correlation.handover() }));

/** Between threads, records get the prototype of plain objects: then `constructor` is a field that every event has. */
function revived(group: GroupWindow, known: Map<string, Located>): GroupWindow {
  const revive = ({ id, event }: Located): Located => {
    const found = known.get(id) ?? { id, event: Object.assign(newFields(), event) };
    known.set(id, found);
    return found;
  };
  const told = ({ event, evidence, bytes }: Story): Story => {
    return { event: revive(event), evidence: evidence?.map(revive), bytes };
  };
  const entries = group.entries.map((entry) => ({ ...entry, story: entry.story && told(entry.story) }));
  return { ...group, entries };
}

/** How many correlations go on. Those with the same content have the same windows: which gets which does not matter. */
export function resumeIn(all: readonly Windowed[], windows: Windows): number {
  const located = new Map<string, Located>();
  const left = Map.groupBy(windows.correlations, ({ content }) => content);
  let kept = 0;
  for (const { correlation, content } of all) {
    const found = left.get(content)?.shift();
    if (found === undefined) continue;
    correlation.resume(found.groups.map((group) => revived(group, located)));
    kept++;
  }
  return kept;
}

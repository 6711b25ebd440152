/** Which rules a backtest tries, and what this house makes of them: the same for the command and for the page. */
import type { Level, RuleDocument, RuleProblem } from '#contract';
import { installed, rulesAtHand } from '../hunt/at-hand.ts';
import { parseRules } from '../rule-catalogue.ts';
import { isFilter, type RuleEntry, entryOf } from '../rules/entry.ts';
import type { RulePlaces } from '../rules/places.ts';
import { judge } from '../rules/policy.ts';
import { backtest, type Backtest } from './backtest.ts';

export interface Tried {
  readonly entries: readonly RuleEntry[];
  /** They, and all others that a correlation among them may mean. */
  readonly documents: readonly RuleDocument[];
  readonly problems: readonly RuleProblem[];
}

/** What a text that somebody sends is called. */
export const SENT = 'rule';

/** Rules in a text. One that is at hand under the same id is the one they were made from: it stays out. */
export function ofText(text: string, places: RulePlaces, folder: string): Tried {
  const { documents, problems } = parseRules(SENT, text);
  const entries = documents.map((document) => entryOf(document, 'folder', SENT));
  const ids = new Set(entries.map(({ id }) => id));
  const others = rulesAtHand(installed(places), folder).entries.filter(
    (entry) => isFilter(entry) || !ids.has(entry.id),
  );
  return {
    entries: entries.filter((entry) => !isFilter(entry)),
    documents: [...documents, ...others.map(({ document }) => document)],
    problems,
  };
}

/** One that is at hand, switched on or off; none where there is none of that id. */
export function ofId(id: string, places: RulePlaces, folder: string): Tried {
  const { entries, documents, problems } = rulesAtHand(installed(places), folder);
  return { entries: entries.filter((entry) => !isFilter(entry) && entry.id === id), documents, problems };
}

export interface Judged {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly alerts: boolean;
  /** Why it would only be noted on the event; '' where it would alert. */
  readonly remark: string;
}

/** As if it were switched on: that is what somebody wants to know. */
function judged(entries: readonly RuleEntry[], { policy }: RulePlaces): readonly Judged[] {
  const { judge: verdictOf } = judge({ ...policy, disable: [] }, new Map());
  return entries.map((entry) => {
    const { level, alerts, reason } = verdictOf(entry);
    return { id: entry.id, title: entry.title, level, alerts, remark: reason };
  });
}

/** The newest events that were hit, as many as are shown. */
const SAMPLES = 5;

export function begin(
  { entries, documents }: Tried,
  places: RulePlaces,
  notifyLevel: Level,
): { readonly work: Backtest; readonly verdicts: readonly Judged[] } {
  const verdicts = judged(entries, places);
  const work = backtest({
    documents,
    rules: entries.map(({ id }) => id),
    alerting: new Set(verdicts.filter(({ alerts }) => alerts).map(({ id }) => id)),
    placeholders: places.policy.placeholders,
    notifyLevel,
    dayOf,
    samples: SAMPLES,
  });
  return { work, verdicts };
}

/** Of one machine only, as a query says it. */
export const queryOf = (host: string | undefined): string =>
  host === undefined ? '' : `host.name:"${host.replaceAll(/["\\]/g, '\\$&')}"`;

/** Days of this machine's calendar. */
export function dayOf(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * Notes on an event which rules it matched, so that a search finds it: `porchlight.rule.id`, `.name`, and `.level`, the highest.
 * Under our own prefix: rules never look for keywords there, so an event that is run again matches what it matched before.
 */
import { type Event, type Level, levelRank } from '#contract';
import type { Match } from '#detect';

/** Rules that one event names at most. */
const MOST = 32;

/** Changes the event, which is still the pipeline's own. */
export function noteMatches(event: Event, matches: readonly Match[]): void {
  const rules = [...new Set(matches.map(({ rule }) => rule))].slice(0, MOST);
  const level = rules.reduce<Level>(
    (highest, rule) => (levelRank(rule.level) > levelRank(highest) ? rule.level : highest),
    'informational',
  );
  Object.assign(event, {
    'porchlight.rule.id': rules.map(({ id }) => id),
    'porchlight.rule.name': rules.map(({ title }) => title),
    'porchlight.rule.level': level,
  });
}

/**
 * Notes on an event which rules it matched, so that a search finds it: `porchlight.rule.id`, `.name`, and `.level`, the highest.
 * Under our own prefix: rules never look for keywords there, so an event that is run again matches what it matched before.
 */
import { type Event, type Fields, type Level, levelRank } from '#contract';
import type { Match } from '#detect';

type Rule = Match['rule'];

/** Rules that one event names at most. */
const MOST = 32;
/** A house's rules match in few combinations; their notes are made once. More than these are not remembered. */
const MOST_KNOWN = 4096;

interface Note {
  readonly id: readonly string[];
  readonly name: readonly string[];
  readonly level: Level;
}

/** A combination of rules, in the order they matched, and those with one more. */
interface Step {
  readonly next: Map<Rule, Step>;
  note: Note | undefined;
}

export type NoteMatches = (event: Event, matches: readonly Match[]) => void;

/** What it gives changes the event, which is still the pipeline's own. */
export function matchNoter(): NoteMatches {
  let root: Step = { next: new Map(), note: undefined };
  let known = 0;
  const stepTo = (from: Step, rule: Rule): Step => {
    let step = from.next.get(rule);
    if (step !== undefined) return step;
    step = { next: new Map(), note: undefined };
    from.next.set(rule, step);
    known++;
    return step;
  };
  return (event, matches) => {
    if (known > MOST_KNOWN) {
      root = { next: new Map(), note: undefined };
      known = 0;
    }
    let step = root;
    for (const { rule } of matches) step = stepTo(step, rule);
    const { id, name, level } = (step.note ??= noteOf(matches));
    const fields: Fields = event;
    fields['porchlight.rule.id'] = id;
    fields['porchlight.rule.name'] = name;
    fields['porchlight.rule.level'] = level;
  };
}

function noteOf(matches: readonly Match[]): Note {
  const rules = [...new Set(matches.map(({ rule }) => rule))].slice(0, MOST);
  return {
    // Many events have them: nobody may change them.
    id: Object.freeze(rules.map(({ id }) => id)),
    name: Object.freeze(rules.map(({ title }) => title)),
    level: rules.reduce<Level>(
      (highest, rule) => (levelRank(rule.level) > levelRank(highest) ? rule.level : highest),
      'informational',
    ),
  };
}

/** Short ways to write matches in tests. */
import { type Event, type FieldValue, newFields } from '#contract';
import type { Located, Match, RuleFace } from '#detect';

export const RULE: RuleFace = {
  id: 'rule-1',
  title: 'Password guessing over SSH',
  level: 'medium',
  kind: 'Password guessing',
  tags: ['attack.t1110'],
  entityFields: ['source.ip', 'user.name'],
  sentences: ['{source.ip} failed {count} logins on {host.name}', '{user.name} failed {count} logins on {host.name}'],
  steps: [],
  foldSeconds: 3600,
};

let ordinal = 0;

/** Each one has an id of its own. `time` and `received` in ms. */
export function located(
  time: number,
  fields: Readonly<Record<string, FieldValue>> = {},
  received: number = time,
): Located {
  const event: Event = Object.assign(
    newFields(),
    { '@timestamp': time, 'event.ingested': received, 'host.name': 'nas', 'source.ip': '203.0.113.7' },
    fields,
  );
  return { id: `1-${ordinal++}`, event };
}

export function matchOf(event: Located, more: Partial<Match> = {}): Match {
  return { rule: RULE, event, evidence: [event], count: 1, values: {}, ...more };
}

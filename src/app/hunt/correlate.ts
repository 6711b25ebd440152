/**
 * Correlations over what was found in all files: the events that take part in one are fed to it in the order of their times, whatever
 * file they stood in. So a hunt finds what the living system would have found, had it seen each event when it happened.
 *
 * So many events are held and sorted. Beyond that the older half goes first, and an event that turns up still older than those comes late: the
 * correlation counts it, as it does for living logs.
 */
import { type Event, type EventId, newFields, parseEventId, type RuleDocument, type RuleProblem } from '#contract';
import { compile, LIMITS, type Match } from '#detect';
import { written } from './as-written.ts';
import type { InspectorOptions } from './inspect.ts';
import { shown } from './shown.ts';

export interface Place {
  /** Which of the run's files. */
  readonly file: number;
  readonly record: number;
}

/** A rule that matched, and the events it matched with. */
export interface Correlated {
  readonly match: Match;
  /** Where its last event stands. */
  readonly place: Place;
  /** Where all of them stand, oldest first. */
  readonly evidence: readonly Place[];
  /** The last one, as JSON. */
  readonly event: string;
}

export interface Correlator {
  /** Rules that were taken. */
  readonly rules: number;
  readonly problems: readonly RuleProblem[];
  /** `event`: as JSON. Gives what the oldest ones made up, where there was no room for more. */
  take(place: Place, event: string): readonly Correlated[];
  /** No more will come. */
  end(): readonly Correlated[];
  dropped(): Readonly<Record<string, number>>;
}

/** Events of about 1 kB. */
const HELD = 200_000;

interface Held {
  readonly place: Place;
  readonly time: number;
  readonly event: string;
}

export function correlator(
  documents: readonly RuleDocument[],
  { placeholders, mapping }: Pick<InspectorOptions, 'placeholders' | 'mapping'>,
  held = HELD,
): Correlator {
  const taken = mapping ? documents : written(documents).rules;
  const { detector, rules, problems } = compile(taken, { ...LIMITS, evidence: 'all' }, placeholders);
  let waiting: Held[] = [];

  function feed(ready: readonly Held[]): readonly Correlated[] {
    return ready.flatMap(({ place, event }) => {
      const { matches } = detector.detect({ id: `${place.file}-${place.record}`, event: eventIn(event) });
      return matches.map((match) => ({
        match,
        place: placeOf(match.event.id),
        evidence: match.evidence.map(({ id }) => placeOf(id)),
        event: shown(match.event.event),
      }));
    });
  }

  return {
    rules: rules.length,
    problems,
    take(place, event) {
      waiting.push({ place, time: eventIn(event)['@timestamp'], event });
      if (waiting.length < held) return [];
      const sorted = waiting.toSorted(byTime);
      const half = Math.ceil(held / 2);
      waiting = sorted.slice(half);
      return feed(sorted.slice(0, half));
    },
    end() {
      const sorted = waiting.toSorted(byTime);
      waiting = [];
      return feed(sorted);
    },
    dropped: () => detector.dropped(),
  };
}

/** Of one time: as they came. */
const byTime = (one: Held, other: Held): number => one.time - other.time;

/** As if it had been received when it happened: windows go by both times. */
function eventIn(json: string): Event {
  const event = Object.assign(newFields(), JSON.parse(json)) as Event;
  return Object.assign(event, { 'event.ingested': event['@timestamp'] });
}

function placeOf(id: EventId): Place {
  const place = parseEventId(id);
  if (place === undefined) throw new RangeError(`${id} is no id of an event`);
  return { file: place.batch, record: place.ordinal };
}

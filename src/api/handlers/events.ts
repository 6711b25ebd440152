import { CodedError, type EventId, isoTime, parseEventId } from '#contract';
import type { Handlers, Means } from '../handler.ts';
import { timeRange } from '../time-bound.ts';
import { wireEvent } from '../wire.ts';

function eventId(text: string | undefined): EventId | undefined {
  if (text === undefined) return undefined;
  const id = parseEventId(text);
  if (id === undefined) throw new CodedError('BAD_REQUEST', `after: '${text}' is not an event's id.`);
  return `${id.batch}-${id.ordinal}`;
}

export function eventHandlers({
  backend,
  now,
}: Means): Handlers<'listEvents' | 'eventHistogram' | 'eventValues' | 'eventTable'> {
  const { store } = backend;
  return {
    listEvents: {
      kind: 'parsed',
      async handle({ query, signal }) {
        const { q, limit, cursor } = query;
        const asked = { q, limit, cursor, after: eventId(query.after), ...timeRange(query, now()) };
        const { items, next } = await store.events(asked, signal);
        return { items: items.map(wireEvent), next };
      },
    },
    eventHistogram: {
      kind: 'parsed',
      async handle({ query, signal }) {
        const at = now();
        const histogram = await store.histogram(
          { q: query.q, bins: query.bins, now: at, ...timeRange(query, at) },
          signal,
        );
        return { ...histogram, from: isoTime(histogram.from), to: isoTime(histogram.to) };
      },
    },
    eventValues: {
      kind: 'parsed',
      handle: ({ query, signal }) =>
        store.values({ q: query.q, field: query.field, limit: query.limit, ...timeRange(query, now()) }, signal),
    },
    eventTable: {
      kind: 'parsed',
      handle: ({ query, signal }) => store.table({ q: query.q, now: now(), ...timeRange(query, now()) }, signal),
    },
  };
}

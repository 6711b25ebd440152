/** One event as a line of a list, and lists of events. */
import type { WireEvent } from '#contract';
import { valueText } from './text.ts';

/** Shown beside the sentence, so not worth repeating in it. */
const FRAME = new Set([
  '@timestamp',
  'event.ingested',
  'event.id',
  'event.original',
  'host.name',
  'agent.id',
  'message',
]);
const SENTENCE_FIELDS = 6;

/** What happened, in the log's own words: its message, or the line itself, or its fields. Printable. */
export function eventSentence(event: WireEvent): string {
  const said = valueText(event['message']) || valueText(event['event.original']);
  if (said !== '') return said;
  return Object.keys(event)
    .filter((field) => !FRAME.has(field) && !field.startsWith('labels.'))
    .slice(0, SENTENCE_FIELDS)
    .map((field) => `${valueText(field)}=${valueText(event[field])}`)
    .join(' ');
}

export const eventId = (event: WireEvent): string => String(event['event.id']);
export const eventTime = (event: WireEvent): string => String(event['@timestamp']);

/** The raw line of the evidence: the original where it was kept, with the program in front otherwise. */
export function eventLine(event: WireEvent): string {
  const program = valueText(event['process.name']);
  const pid = valueText(event['process.pid']);
  const sentence = eventSentence(event);
  if (program === '' || sentence.startsWith(program)) return sentence;
  return `${program}${pid === '' ? '' : `[${pid}]`}: ${sentence}`;
}

const numbersOf = (event: WireEvent): readonly number[] => eventId(event).split('-').map(Number);

/** Newest first: by time, and within one millisecond the later stored first. */
function newestFirst(a: WireEvent, b: WireEvent): number {
  const [timeA, timeB] = [eventTime(a), eventTime(b)];
  if (timeA !== timeB) return timeA < timeB ? 1 : -1;
  const [batchA = 0, ordinalA = 0] = numbersOf(a);
  const [batchB = 0, ordinalB = 0] = numbersOf(b);
  return batchB - batchA || ordinalB - ordinalA;
}

/** `events` with `arrived` among them, each once, newest first, at most `bound`. */
export function mergeEvents(
  events: readonly WireEvent[],
  arrived: readonly WireEvent[],
  bound: number,
): readonly WireEvent[] {
  if (arrived.length === 0) return events;
  const known = new Set(events.map(eventId));
  const fresh = arrived.filter((event) => !known.has(eventId(event)));
  if (fresh.length === 0) return events;
  return [...events, ...fresh].toSorted(newestFirst).slice(0, bound);
}

/** The place in stored order of the latest of these events; `undefined` for none. */
export function latestId(events: readonly WireEvent[]): string | undefined {
  let latest: readonly number[] | undefined;
  for (const event of events) {
    const [batch = 0, ordinal = 0] = numbersOf(event);
    const [topBatch = -1, topOrdinal = -1] = latest ?? [];
    if (batch > topBatch || (batch === topBatch && ordinal > topOrdinal)) latest = [batch, ordinal];
  }
  return latest?.join('-');
}

/** Every field of an event, the ones people look for first. */
export function fieldsOf(event: WireEvent): readonly string[] {
  const rank = (field: string): number =>
    field === '@timestamp' ? 0 : field === 'message' ? 1 : field.startsWith('labels.') ? 3 : 2;
  return Object.keys(event).toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/**
 * The room's door: a raw record → an event. Pure: `record.received` is the only clock there is.
 *
 * Every record that holds anything becomes an event; a line nobody understands keeps its text and its place. Nothing that a
 * sender writes makes this throw.
 */
import type { Event, RawRecord } from '#contract';
import type { NormalizeContext } from './context.ts';
import { isJournalEntry, journalEvent } from './journal.ts';
import { lineEvent, type Normalized } from './line.ts';
import { objectEvent } from './object.ts';
import { originOf } from './origin.ts';

export type { NormalizeContext } from './context.ts';
export type { Normalized } from './line.ts';
export { PARSERS } from './parsers/index.ts';
export { readIsoStamp } from './timestamp.ts';
export { type Zone, zoneOf } from './zone.ts';

/** undefined for a blank line only. */
export function normalize(record: RawRecord, context: NormalizeContext): Event | undefined {
  return explain(record, context)?.event;
}

/** The event, and which framing and which parser made it. */
export function explain(record: RawRecord, context: NormalizeContext): Normalized | undefined {
  const origin = originOf(record.source, context);
  if (record.fields === undefined && isBlank(record.text)) return undefined;
  const object = record.fields ?? (record.text.charCodeAt(0) === 123 ? readObject(record.text) : undefined);
  if (object === undefined) return lineEvent(record, context, origin);
  if (isJournalEntry(object) && !origin.trusted) return journalEvent(record, object, context);
  return objectEvent(record, object, context, origin);
}

/** Mostly the first character settles it; beyond ASCII there are blanks too. */
function isBlank(text: string): boolean {
  const first = text.charCodeAt(0);
  return !(first > 32 && first < 127) && text.trim() === '';
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

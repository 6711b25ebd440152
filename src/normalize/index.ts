/**
 * The room's door: a raw record → an event. Pure: `record.received` is the only clock there is, and what is remembered between
 * records (`memory.ts`) belongs to the context that comes in.
 *
 * Every record that holds anything becomes an event; a line nobody understands keeps its text and its place. Nothing that a
 * sender writes makes this throw.
 */
import type { Event, RawRecord } from '#contract';
import { fromDocker } from './container.ts';
import type { NormalizeContext } from './context.ts';
import type { Trace } from './dispatch/recognise.ts';
import { isJournalEntry, journalEvent } from './journal.ts';
import type { Normalized } from './laying.ts';
import { lineEvent } from './line.ts';
import { objectEvent } from './object.ts';
import { originOf } from './origin.ts';
import { jsonRecord } from './record-in.ts';
import { namesOf } from './record-names.ts';

export type { NormalizeContext } from './context.ts';
export type { Normalized } from './laying.ts';
export { PARSERS } from './parsers/index.ts';
export type { Parser } from './parsers/index.ts';
export { labelled, likely as likelySource, withChannel } from './told/index.ts';
export { readIsoStamp } from './timestamp.ts';
export { type Zone, zoneOf } from './zone.ts';

/** undefined for a blank line only. */
export function normalize(record: RawRecord, context: NormalizeContext): Event | undefined {
  return understand(record, context)?.event;
}

/** A parser that might have read the record, and the first thing that ruled it out. */
export interface Considered {
  readonly parser: string;
  readonly evidence: string;
  readonly reason: string;
}

/** The event, which framing and which parser made it, by what evidence, and who else was considered. */
export function explain(
  record: RawRecord,
  context: NormalizeContext,
): (Normalized & { readonly considered: readonly Considered[] }) | undefined {
  const considered: Considered[] = [];
  const understood = understand(record, context, ({ name }, evidence, reason) => {
    considered.push({ parser: name, evidence, reason });
  });
  return understood === undefined ? undefined : { ...understood, considered };
}

function understand(record: RawRecord, context: NormalizeContext, trace?: Trace): Normalized | undefined {
  const origin = originOf(record.source, context);
  if (record.fields === undefined && isBlank(record.text)) return undefined;
  const object = record.fields ?? (record.text.charCodeAt(0) === 123 ? jsonRecord(record.text) : undefined);
  if (object === undefined) return lineEvent(record, context, origin, trace);
  const names = namesOf(object);
  if (origin.trusted) return objectEvent(record, { object, names }, context, origin);
  if (names?.mayBeJournal !== false && isJournalEntry(object))
    return journalEvent(record, object, context, origin, trace);
  const container = names?.mayBeDocker === false ? undefined : fromDocker(object);
  return container === undefined
    ? objectEvent(record, { object, names }, context, origin, trace)
    : lineEvent(record, context, origin, trace, container);
}

/** Mostly the first character settles it; beyond ASCII there are blanks too. */
function isBlank(text: string): boolean {
  const first = text.charCodeAt(0);
  return !(first > 32 && first < 127) && text.trim() === '';
}

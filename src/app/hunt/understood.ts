/**
 * A record → its event, as the server would understand it. What nobody named, no parser knew and no field proves is then told by what is
 * likely: a server knows where its records come from, a hunt has only the file that somebody chose.
 */
import type { Event, RawRecord } from '#contract';
import { labelled, likelySource, withChannel } from '#normalize';

type Understand = (record: RawRecord) => Event | undefined;

/** undefined for a blank line. */
export function understood(record: RawRecord, understand: Understand): Event | undefined {
  const event = understand(record);
  const { fields } = record;
  if (event?.['labels.product'] !== 'generic' || fields === undefined) return event;
  const bare = withChannel(fields, false);
  if (bare !== undefined) return understand({ ...record, fields: bare });
  const source = likelySource(fields);
  if (source !== undefined) labelled(event, source, fields);
  return event;
}

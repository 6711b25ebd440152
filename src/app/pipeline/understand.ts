/** A record → an event that says what is known: normalize, then enrich. */
import type { Event, RawRecord } from '#contract';
import { addressBook, enrich } from '#enrich';
import { normalize } from '#normalize';
import type { PipelineOptions } from '../pipeline.ts';
import type { Intake } from './intake.ts';

/** A stage that throws is a bug of ours; the record is kept as a plain event and the fault is counted. */
export function understanding(
  options: Pick<PipelineOptions, 'timezone' | 'historic' | 'ownAddresses' | 'known'>,
  count: Intake['count'],
): (record: RawRecord) => Event | undefined {
  const normalizing = {
    timezone: options.timezone,
    historic: options.historic === true,
    count: (reason: string) => count('records_mended', reason),
  };
  const enriching = {
    ownAddresses: new Set(options.ownAddresses),
    ...(options.known === undefined ? {} : { about: addressBook(options.known) }),
  };
  return (record) => {
    try {
      const event = normalize(record, normalizing);
      return event === undefined ? undefined : enrich(event, enriching);
    } catch {
      count('records_mended', 'normalize_failed');
      return {
        '@timestamp': record.received,
        'event.ingested': record.received,
        'host.name': record.source.host,
        'agent.id': record.source.agent,
        message: record.text,
      };
    }
  };
}

/** An event of a hunt as JSON. */
import { type Event, type Fields, toWire } from '#contract';
import { printableJson } from '#lib/printable';

/** Nothing was taken in: an event has no id of ours and no time of receipt. Windows' own number is its id. */
export function shown(event: Event): string {
  const { 'event.id': _, 'event.ingested': __, 'agent.id': ___, ...wire } = toWire(event, '0-0');
  const id = event['winlog.record_id'] ?? event['event.id'];
  const said: Fields = id === undefined ? wire : { '@timestamp': wire['@timestamp'], 'event.id': id, ...wire };
  return printableJson(said);
}

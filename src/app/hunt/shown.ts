/** An event of a hunt as JSON. */
import { type Event, type FieldValue, isoTime, newFields } from '#contract';
import { printableJson } from '#lib/printable';

/** Ours to say when an event is taken in. Here nothing was. */
const OF_INTAKE: ReadonlySet<string> = new Set(['@timestamp', 'event.id', 'event.ingested', 'agent.id']);

/** There is no id of ours: Windows' own number stands for it. */
export function shown(event: Event): string {
  const said = newFields();
  said['@timestamp'] = isoTime(event['@timestamp']);
  const id: FieldValue | undefined = event['winlog.record_id'] ?? event['event.id'];
  if (id !== undefined) said['event.id'] = id;
  for (const field in event) if (!OF_INTAKE.has(field)) said[field] = event[field];
  return printableJson(said);
}

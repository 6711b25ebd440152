/**
 * A record that a parser takes whole, before anything is made of its names: formats with an envelope and a nesting of their own. What
 * the parser says is all that the event says.
 */
import { type Event, newFields, type RawRecord } from '#contract';
import type { NormalizeContext } from './context.ts';
import { type Normalized, setContainer, setLabels, setPriority } from './laying.ts';
import { setTime } from './moment.ts';
import type { Around } from './object.ts';
import type { Origin } from './origin.ts';
import { PARSERS } from './parsers/index.ts';

const TAKERS = PARSERS.filter((parser) => parser.whole !== undefined);

/** undefined where no parser takes it. */
export function wholeEvent(
  record: RawRecord,
  object: Readonly<Record<string, unknown>>,
  context: NormalizeContext,
  origin: Origin,
  around: Around | undefined,
): Normalized | undefined {
  const { source, received } = record;
  const clock = around?.line.clock ?? { zone: origin.zone, received: source.written ?? received };
  for (const parser of TAKERS) {
    const parsed = parser.whole?.(object, clock, (reason) => context.count(reason));
    if (parsed === undefined) continue;
    const event = newFields();
    const time = parsed['@timestamp'];
    setTime(event, typeof time === 'number' ? time : around?.line.time, received, context);
    event['host.name'] = around?.frame.host ?? source.host;
    event['agent.id'] = source.agent;
    event['event.dataset'] = parser.dataset;
    if (source.path !== undefined) event['log.file.path'] = source.path;
    setLabels(event, parser);
    if (around?.frame.priority !== undefined) setPriority(event, around.frame.priority);
    if (around?.container !== undefined) setContainer(event, around.container);
    for (const field in parsed) {
      const value = parsed[field];
      if (value !== null && field !== '@timestamp') event[field] = value;
    }
    event['message'] ??= record.text;
    if (around !== undefined && event['message'] !== record.text) event['event.original'] = record.text;
    if (record.cut === true) event['log.flags'] = ['truncated'];
    return { event: event as Event, framing: around?.framing ?? 'object', parser: parser.name, evidence: 'names' };
  }
  return undefined;
}

/**
 * A record that a parser takes whole, before anything is made of its names: formats with an envelope and a nesting of their own. What
 * the parser says is all that the event says.
 */
import { type Event, type Fields, newFields, type RawRecord } from '#contract';
import type { NormalizeContext } from './context.ts';
import { type Normalized, setContainer, setLabels, setPriority } from './laying.ts';
import { setTime } from './moment.ts';
import type { Around } from './object.ts';
import type { Origin } from './origin.ts';
import { type Parser, PARSERS } from './parsers/index.ts';

const TAKERS = PARSERS.filter((parser) => parser.take !== undefined);

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
    const event = newFields();
    const taken = parser.take?.(event, object, clock, (reason) => context.count(reason));
    if (taken === undefined) continue;
    setTime(event, taken.time ?? around?.line.time, received, context);
    setAround(event, record, parser, around);
    return { event: event as Event, framing: around?.framing ?? 'object', parser: parser.name, evidence: 'names' };
  }
  return undefined;
}

/** What the parser did not say, the source and the envelope do. */
function setAround(event: Fields, { source, text, cut }: RawRecord, parser: Parser, around: Around | undefined): void {
  event['host.name'] ??= around?.frame.host ?? source.host;
  event['agent.id'] = source.agent;
  event['event.dataset'] ??= parser.dataset;
  if (source.path !== undefined) event['log.file.path'] = source.path;
  if (event['labels.product'] === undefined) setLabels(event, parser);
  const level = event['log.level'];
  if (around?.frame.priority !== undefined) setPriority(event, around.frame.priority);
  if (level !== undefined) event['log.level'] = level;
  if (around?.container !== undefined) setContainer(event, around.container);
  event['message'] ??= text;
  if (around !== undefined && event['message'] !== text) event['event.original'] = text;
  if (cut === true) event['log.flags'] = ['truncated'];
}

/**
 * A record that a parser takes whole, before anything is made of its names: formats with an envelope and a nesting of their own. What
 * the parser says is all that the event says.
 */
import { type Event, type Fields, type RawRecord, wideFields } from '#contract';
import type { NormalizeContext } from './context.ts';
import { fieldOf, put } from './fields.ts';
import { type Normalized, setContainer, setLabels, setPriority } from './laying.ts';
import { setTime } from './moment.ts';
import type { Around } from './object.ts';
import type { Origin } from './origin.ts';
import { type Parser, PARSERS } from './parsers/index.ts';

const TAKERS = PARSERS.filter((parser) => parser.take !== undefined);

/** No parser takes a record that has none of the names it asks for. */
export const mayBeTaken = (names: readonly string[]): boolean =>
  TAKERS.some(({ takes }) => takes === undefined || takes.some((name) => names.includes(name)));

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
  const count = (reason: string): void => context.count(reason);
  for (const parser of TAKERS) {
    const taken = parser.take?.(object, clock, count);
    if (taken === undefined) continue;
    const event = wideFields();
    setTime(event, taken.time ?? around?.line.time, received, context);
    event['agent.id'] = source.agent;
    taken.lay(event);
    setAround(event, record, parser, around);
    return { event: event as Event, framing: around?.framing ?? 'object', parser: parser.name, evidence: 'names' };
  }
  return undefined;
}

/** What the parser did not say, the source and the envelope do. */
function setAround(event: Fields, { source, text, cut }: RawRecord, parser: Parser, around: Around | undefined): void {
  if ((fieldOf(event, 'host.name') ?? null) === null) put(event, 'host.name', around?.frame.host ?? source.host);
  if ((fieldOf(event, 'event.dataset') ?? null) === null) put(event, 'event.dataset', parser.dataset);
  if (source.path !== undefined) put(event, 'log.file.path', source.path);
  if (fieldOf(event, 'labels.product') === undefined) setLabels(event, parser);
  const level = fieldOf(event, 'log.level');
  if (around?.frame.priority !== undefined) setPriority(event, around.frame.priority);
  if (level !== undefined) put(event, 'log.level', level);
  if (around?.container !== undefined) setContainer(event, around.container);
  if ((fieldOf(event, 'message') ?? null) === null) put(event, 'message', text);
  if (around !== undefined && fieldOf(event, 'message') !== text) put(event, 'event.original', text);
  if (cut === true) put(event, 'log.flags', ['truncated']);
}

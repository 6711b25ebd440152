/** A line of text → event: envelope off, program's parser found, fields laid down. The hot path: about 2 µs. */
import { type Event, type Fields, newFields, type RawRecord } from '#contract';
import { type Contained, contained } from './container.ts';
import type { NormalizeContext } from './context.ts';
import { ownersOf, recogniseText, type Trace, type Verdict } from './dispatch/recognise.ts';
import { type Frame, frame } from './framing.ts';
import { type Normalized, setContainer, setLabels, setPriority, writerOf } from './laying.ts';
import { setTime } from './moment.ts';
import { objectEvent } from './object.ts';
import type { Origin } from './origin.ts';
import { GENERIC } from './parsers/index.ts';
import type { Line, Parsed, Parser } from './parsers/parser.ts';
import { recordIn } from './record-in.ts';
import type { Clock } from './timestamp.ts';

export function lineEvent(
  record: RawRecord,
  context: NormalizeContext,
  origin: Origin,
  trace: Trace | undefined,
  container = contained(record.text),
): Normalized {
  const { source, received } = record;
  const text = uncoloured(container?.text ?? record.text);
  const clock = { zone: origin.zone, received: source.written ?? received };
  const found = frame(text, clock);
  const line = lineOf(found, container, clock, origin);
  const own = ownersOf(line);
  const inside = mayHoldRecord(own) ? recordIn(found.body) : undefined;
  if (inside !== undefined) {
    const framing = `${container === undefined ? '' : `${container.framing}, `}${found.framing}, ${inside.framing}`;
    const around = { line, frame: found, container, framing };
    return objectEvent(record, inside.fields, context, origin, trace, around);
  }
  const verdict = recogniseText(found.body, line, own, origin.parsers, trace);
  const { parser = GENERIC, parsed } = verdict;
  const event = newFields();
  const claimed = found.framing === 'plain' && container?.time === undefined ? parsed?.['@timestamp'] : undefined;
  setTime(event, typeof claimed === 'number' ? claimed : line.time, received, context);
  event['host.name'] = found.host ?? source.host;
  event['agent.id'] = source.agent;
  event['event.dataset'] = origin.dataset ?? parser.dataset;
  if (source.path !== undefined) event['log.file.path'] = source.path;
  setLabels(event, parser);
  setProcess(event, line, verdict, origin);
  event['message'] = found.message;
  if (parsed !== undefined) setAll(event, parsed);
  if (found.extra !== undefined) setAll(event, found.extra);
  if (container !== undefined) setContainer(event, container);
  if (found.priority !== undefined) setPriority(event, found.priority);
  if (found.level !== undefined) event['log.level'] ??= found.level;
  if (record.cut === true) event['log.flags'] = ['truncated'];
  if (found.message !== record.text || parsed?.['message'] !== undefined) event['event.original'] = record.text;
  const framing = container === undefined ? found.framing : `${container.framing}, ${found.framing}`;
  return { event: event as Event, framing, parser: parser.name, evidence: verdict.evidence };
}

const COLOUR = /\u001b\[[\d;]{0,16}m/g;

/** Programs that write for a terminal colour the head of their lines. Escapes that begin later are somebody's text and stay. */
function uncoloured(text: string): string {
  const first = text.indexOf('\u001b');
  return first === -1 || first > 32 ? text : text.replace(COLOUR, '');
}

function lineOf(found: Frame, container: Contained | undefined, clock: Clock, origin: Origin): Line {
  return {
    program: found.program ?? container?.program,
    pid: found.pid,
    host: found.host,
    time: container?.time ?? found.time,
    message: found.message,
    clock,
    memory: origin.memory,
  };
}

/** A program whose parser reads words alone writes no records: what looks like one is its words. */
function mayHoldRecord(own: readonly Parser[]): boolean {
  for (const parser of own) if (parser.read !== undefined || parser.take !== undefined) return true;
  return own.length === 0;
}

function setProcess(event: Fields, { program, pid }: Line, verdict: Verdict, origin: Origin): void {
  const name = program ?? writerOf(verdict, origin);
  if (name !== undefined) event['process.name'] = name;
  if (pid !== undefined) event['process.pid'] = pid;
}

/** `@timestamp` was settled before; null is only of use where an alias might have guessed. */
function setAll(event: Fields, parsed: Parsed | Fields): void {
  for (const field in parsed) {
    if (field === '@timestamp') continue;
    const value = parsed[field];
    if (value !== null) event[field] = value;
  }
}

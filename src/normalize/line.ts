/** A line of text → event: envelope off, program's parser found, fields laid down. The hot path: about 2 µs. */
import { type Event, type Fields, newFields, type RawRecord } from '#contract';
import { type Contained, contained } from './container.ts';
import type { NormalizeContext } from './context.ts';
import { ownersOf, recogniseText, type Trace, type Verdict } from './dispatch/recognise.ts';
import { type Frame, frame } from './framing.ts';
import { fieldOf, put } from './fields.ts';
import { type Normalized, setContainer, setLabels, setParsed, setPriority, writerOf } from './laying.ts';
import { setTime } from './moment.ts';
import { objectEvent } from './object.ts';
import type { Origin } from './origin.ts';
import { GENERIC } from './parsers/index.ts';
import type { Line, Parsed, Parser } from './parsers/parser.ts';
import { recordIn } from './record-in.ts';
import { namesOf } from './record-names.ts';
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
    const sent = { object: inside.fields, names: namesOf(inside.fields) };
    return objectEvent(record, sent, context, origin, trace, around);
  }
  const verdict = recogniseText(found.body, line, own, origin.parsers, trace);
  const { parser = GENERIC, parsed } = verdict;
  const event = newFields();
  setTime(event, timeOf(found, container, parsed, line), received, context);
  event['host.name'] = found.host ?? source.host;
  event['agent.id'] = source.agent;
  event['event.dataset'] = origin.dataset ?? parser.dataset;
  if (source.path !== undefined) event['log.file.path'] = source.path;
  setLabels(event, parser);
  setProcess(event, line, verdict, origin);
  event['message'] = found.message;
  if (found.message !== record.text) event['event.original'] = record.text;
  if (parsed !== undefined) setParsed(event, parsed, verdict.service);
  if (found.extra !== undefined) setParsed(event, found.extra, undefined);
  if (container !== undefined) setContainer(event, container);
  if (found.priority !== undefined) setPriority(event, found.priority);
  if (found.level !== undefined && (fieldOf(event, 'log.level') ?? null) === null) put(event, 'log.level', found.level);
  if (record.cut === true) put(event, 'log.flags', ['truncated']);
  const said = parsed === undefined ? null : (fieldOf(parsed, 'message') ?? null);
  if (said !== null && said !== found.message) put(event, 'event.original', record.text);
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

/** Of a line without an envelope the parser may know where its time stands. */
function timeOf(
  found: Frame,
  container: Contained | undefined,
  parsed: Parsed | undefined,
  line: Line,
): number | undefined {
  if (parsed === undefined || found.framing !== 'plain' || container?.time !== undefined) return line.time;
  const claimed = fieldOf(parsed, '@timestamp');
  return typeof claimed === 'number' ? claimed : line.time;
}

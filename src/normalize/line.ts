/** A line of text → event: envelope off, program's parser found, fields laid down. The hot path: about 2 µs. */
import { type Event, type Fields, newFields, type RawRecord } from '#contract';
import type { NormalizeContext } from './context.ts';
import { type Frame, frame } from './framing.ts';
import { setTime } from './moment.ts';
import type { Origin } from './origin.ts';
import { GENERIC, type Parsed, type Parser, parseMessage, parserOf } from './parsers/index.ts';

export interface Normalized {
  readonly event: Event;
  /** How the record was read; `parse --explain` shows it. */
  readonly framing: string;
  readonly parser: string;
}

/** RFC 5424 table 2, in ECS's spelling. */
const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'] as const;

export function lineEvent(record: RawRecord, context: NormalizeContext, origin: Origin): Normalized {
  const { source, received, text } = record;
  const found = frame(text, { zone: origin.zone, received: source.written ?? received });
  const parser = parserFor(found, origin);
  const parsed = parseMessage(parser, found.message);
  const event = newFields();
  setTime(event, found.time, received, context);
  event['host.name'] = found.host ?? source.host;
  event['agent.id'] = source.agent;
  event['event.dataset'] = origin.dataset ?? parser.dataset;
  if (source.path !== undefined) event['log.file.path'] = source.path;
  setLabels(event, parser);
  setProcess(event, found, origin, parser);
  event['message'] = found.message;
  if (parsed !== undefined) setAll(event, parsed);
  if (found.extra !== undefined) setAll(event, found.extra);
  if (found.priority !== undefined) setPriority(event, found.priority);
  if (record.cut === true) event['log.flags'] = ['truncated'];
  if (found.message !== text) event['event.original'] = text;
  return { event: event as Event, framing: found.framing, parser: parser.name };
}

function parserFor(found: Frame, origin: Origin): Parser {
  const own = found.program === undefined ? undefined : parserOf(found.program);
  if (own !== undefined) return own;
  if (found.program === undefined && origin.parser !== undefined) return origin.parser;
  return GENERIC;
}

function setProcess(event: Fields, found: Frame, origin: Origin, parser: Parser): void {
  if (found.program !== undefined) event['process.name'] = found.program;
  else if (parser === origin.parser) event['process.name'] = parser.programs[0];
  if (found.pid !== undefined) event['process.pid'] = found.pid;
}

export function setLabels(event: Fields, parser: Parser): void {
  event['labels.product'] = 'linux';
  event['labels.service'] = parser.service;
  if (parser.category !== undefined) event['labels.category'] = parser.category;
}

function setAll(event: Fields, parsed: Parsed | Fields): void {
  for (const field in parsed) event[field] = parsed[field];
}

function setPriority(event: Fields, priority: number): void {
  event['log.syslog.facility.code'] = priority >> 3;
  setSeverity(event, priority & 7);
}

/** 0 (emergency) to 7 (debug). */
export function setSeverity(event: Fields, severity: number): void {
  event['log.syslog.severity.code'] = severity;
  event['log.level'] = SEVERITIES[severity];
}

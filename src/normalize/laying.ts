/** What lines and records lay down in the same way: Sigma's log source, the process, the envelope's own fields. */
import type { Event, Fields } from '#contract';
import type { Contained } from './container.ts';
import type { Evidence, Verdict } from './dispatch/recognise.ts';
import { put } from './fields.ts';
import type { Origin } from './origin.ts';
import type { Parser } from './parsers/parser.ts';

export interface Normalized {
  readonly event: Event;
  /** How the record was read; `parse --explain` shows it. */
  readonly framing: string;
  readonly parser: string;
  readonly evidence: Evidence;
}

/** RFC 5424 table 2, in ECS's spelling. */
const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'] as const;

export function setLabels(event: Fields, parser: Parser): void {
  event['labels.product'] = parser.product ?? 'linux';
  event['labels.service'] = parser.service;
  if (parser.category !== undefined) event['labels.category'] = parser.category;
}

/** The name that stands in a tag, or the parser's own. */
function programOf(parser: Parser): string {
  const [first] = parser.programs;
  return first === undefined || first.endsWith('/') ? parser.name : first;
}

/**
 * Who wrote a line that does not name its program: as its owner declared, else as it was recognised. A parser without programs
 * knows a format, not a writer.
 */
export function writerOf({ parser, evidence }: Verdict, origin: Origin): string | undefined {
  if (evidence === 'type' || evidence === 'none' || parser === undefined) return origin.program;
  const own = parser.programs.length === 0 ? undefined : programOf(parser);
  return evidence === 'path' ? (origin.program ?? own) : (own ?? origin.program);
}

/** `@timestamp` was settled before; null is only of use where an alias might have guessed. */
export function setParsed(event: Fields, parsed: Readonly<Fields>, service: string | undefined): void {
  if (service !== undefined && !('service.type' in parsed)) put(event, 'service.type', service);
  for (const field in parsed) {
    const value = parsed[field];
    if (value !== null && field !== '@timestamp') event[field] = value;
  }
}

export function setContainer(event: Fields, { stream, program }: Contained): void {
  if (stream !== undefined) put(event, 'stream', stream);
  if (program !== undefined) put(event, 'container.name', program);
}

export function setPriority(event: Fields, priority: number): void {
  put(event, 'log.syslog.facility.code', priority >> 3);
  setSeverity(event, priority & 7);
}

/** 0 (emergency) to 7 (debug). */
export function setSeverity(event: Fields, severity: number): void {
  put(event, 'log.syslog.severity.code', severity);
  put(event, 'log.level', SEVERITIES[severity]);
}

/**
 * Finds the parser of a line or a record and lets it read. Around every parser two things are handled here: PAM's modules
 * speak in any program's name, and syslog daemons fold repeated lines.
 */
import type { Fields } from '#contract';
import { PARSERS } from '../parsers/index.ts';
import type { Line, Parsed, Parser } from '../parsers/parser.ts';
import { createDispatcher, hasValues, type KeySignature } from './dispatcher.ts';

const pam = PARSERS.find(({ name }) => name === 'pam');

export const dispatcher = createDispatcher(PARSERS);

/** What led to the parser; `none` where no parser knows the line. */
export type Evidence = 'program' | 'type' | 'path' | 'names' | 'text' | 'none';

export interface Verdict {
  readonly parser: Parser | undefined;
  readonly parsed: Parsed | undefined;
  readonly evidence: Evidence;
  /** `service.type`, where `parsed` does not say it: what PAM's modules write is no service's own. */
  readonly service: string | undefined;
}

/** A parser that the source itself suggests, by its declared type or its path. */
export interface Suggested {
  readonly parser: Parser;
  readonly evidence: 'type' | 'path';
}

/** For `parse --explain`: each parser that was considered, and the first thing that ruled it out. */
export type Trace = (parser: Parser, evidence: Evidence, reason: string) => void;

const NOBODY: Verdict = { parser: undefined, parsed: undefined, evidence: 'none', service: undefined };
const READ_NOTHING = 'knows no such message';

const NO_OWNERS: readonly Parser[] = [];

/** Whose program the envelope names. */
export const ownersOf = ({ program }: Line): readonly Parser[] =>
  program === undefined ? NO_OWNERS : dispatcher.byProgram(program);

export function recogniseText(
  message: string,
  line: Line,
  own: readonly Parser[],
  suggested: readonly Suggested[],
  trace?: Trace,
): Verdict {
  if (own.length > 0) return firstOf(own, 'program', message, line, trace);
  for (const { parser, evidence } of suggested) {
    const verdict = parseMessage(parser, evidence, message, line);
    if (verdict !== undefined) return verdict;
    trace?.(parser, evidence, READ_NOTHING);
  }
  const found = bySignature(message, line, trace);
  if (found !== undefined) return found;
  const [declared] = suggested;
  if (declared !== undefined && line.program === undefined)
    return { ...declared, parsed: undefined, service: undefined };
  return parseMessage(undefined, 'none', message, line) ?? NOBODY;
}

function firstOf(
  parsers: readonly Parser[],
  evidence: Evidence,
  message: string,
  line: Line,
  trace: Trace | undefined,
): Verdict {
  for (const parser of parsers) {
    const verdict = parseMessage(parser, evidence, message, line);
    if (verdict !== undefined) return verdict;
    trace?.(parser, evidence, READ_NOTHING);
  }
  return { parser: parsers[0], parsed: undefined, evidence, service: undefined };
}

function bySignature(message: string, line: Line, trace: Trace | undefined): Verdict | undefined {
  if (trace === undefined) return dispatcher.readText(message, line, byItsText);
  for (const parser of dispatcher.byText(message, ({ parser: one }, reason) => trace(one, 'text', reason))) {
    if (parser.namesItself === true && line.program !== undefined) {
      trace(parser, 'text', `writes under its own name, never as ${line.program}`);
      continue;
    }
    const verdict = byItsText(parser, message, line);
    if (verdict !== undefined) return verdict;
    trace(parser, 'text', READ_NOTHING);
  }
  return undefined;
}

function byItsText(parser: Parser, message: string, line: Line): Verdict | undefined {
  if (parser.namesItself === true && line.program !== undefined) return undefined;
  return parseMessage(parser, 'text', message, line);
}

/** `signatures`: those whose names the record has, where that is known. */
export function recogniseRecord(
  record: Fields,
  line: Line,
  suggested: readonly Suggested[],
  trace?: Trace,
  signatures?: readonly KeySignature[],
): Verdict {
  const own = ownersOf(line);
  for (const parser of own) {
    const read = readRecord(parser, 'program', record, line, trace);
    if (read !== undefined) return read;
  }
  if (own.length > 0) return NOBODY;
  for (const { parser, evidence } of suggested) {
    const read = readRecord(parser, evidence, record, line, trace);
    if (read !== undefined) return read;
  }
  if (signatures !== undefined && trace === undefined) return bySignatures(signatures, record, line);
  const refused =
    trace === undefined
      ? undefined
      : ({ parser }: { parser: Parser }, reason: string): void => trace(parser, 'names', reason);
  for (const parser of dispatcher.byKeys(record, refused)) {
    const read = readRecord(parser, 'names', record, line, trace);
    if (read !== undefined) return read;
  }
  return NOBODY;
}

function bySignatures(signatures: readonly KeySignature[], record: Fields, line: Line): Verdict {
  let last: Parser | undefined;
  for (const signature of signatures) {
    const { parser } = signature;
    if (parser === last || !hasValues(signature, record)) continue;
    const read = readRecord(parser, 'names', record, line, undefined);
    if (read !== undefined) return read;
    last = parser;
  }
  return NOBODY;
}

function readRecord(
  parser: Parser,
  evidence: Evidence,
  record: Fields,
  line: Line,
  trace: Trace | undefined,
): Verdict | undefined {
  const parsed = parser.read?.(record, line);
  if (parsed !== undefined) return { parser, parsed, evidence, service: parser.serviceType };
  trace?.(parser, evidence, parser.read === undefined ? 'reads no records' : 'knows no such record');
  return undefined;
}

/** rsyslog and syslog-ng fold equal lines: `message repeated 3 times: [ Failed password for … ]`. */
const REPEATED = /^message repeated (\d{1,9}) times: \[ ?(.*)\]$/s;

function parseMessage(
  parser: Parser | undefined,
  evidence: Evidence,
  message: string,
  line: Line,
): Verdict | undefined {
  if (message.charCodeAt(0) === 109 && message.startsWith('message repeated ')) {
    const folded = REPEATED.exec(message);
    if (folded !== null) return repeated(Number(folded[1]), (folded[2] ?? '').trimEnd(), parser, evidence, line);
  }
  const parsed = parser?.parse?.(message, line);
  if (parsed !== undefined) return { parser, parsed, evidence, service: parser?.serviceType };
  const modules = parser === pam ? undefined : fromPam(message, line);
  return modules === undefined ? undefined : { parser, parsed: modules, evidence, service: undefined };
}

function repeated(times: number, inner: string, parser: Parser | undefined, evidence: Evidence, line: Line): Verdict {
  const verdict = inner.startsWith('message repeated ') ? undefined : parseMessage(parser, evidence, inner, line);
  const repeat = times * Number(verdict?.parsed?.['porchlight.repeat'] ?? 1);
  const parsed = { ...verdict?.parsed, 'porchlight.repeat': repeat };
  return { parser, parsed, evidence, service: verdict?.service };
}

const fromPam = (message: string, line: Line): Parsed | undefined =>
  message.startsWith('pam_') || message.startsWith('PAM ') ? pam?.parse?.(message, line) : undefined;

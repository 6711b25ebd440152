/** A JSON object, posted or read as a line → event. The sender's words stand; what its message says is only added. */
import { type Event, type Fields, type FieldValue, newFields, type RawRecord } from '#contract';
import { TIME_NAMES } from './aliases.ts';
import type { Contained } from './container.ts';
import type { NormalizeContext } from './context.ts';
import {
  dispatcher,
  ownersOf,
  recogniseRecord,
  recogniseText,
  type Trace,
  type Verdict,
} from './dispatch/recognise.ts';
import { fieldOf, put } from './fields.ts';
import { flatten, jsonText } from './flatten.ts';
import { type Frame, frame } from './framing.ts';
import { type Normalized, setContainer, setLabels, setPriority, writerOf } from './laying.ts';
import { setTime } from './moment.ts';
import { type Named, named } from './named.ts';
import type { Origin } from './origin.ts';
import { GENERIC } from './parsers/index.ts';
import type { Line, Parser } from './parsers/parser.ts';
import { stampOf } from './stamp.ts';
import type { Clock } from './timestamp.ts';
import { aside, labelled, sourceOf, withChannel } from './told/index.ts';
import { namesOfFlat, type Sent } from './record-names.ts';
import { wholeEvent } from './whole.ts';

/** What stood around a record that came in a line. */
export interface Around {
  readonly line: Line;
  readonly frame: Frame;
  readonly container: Contained | undefined;
  readonly framing: string;
}

export function objectEvent(
  record: RawRecord,
  { object, names }: Sent,
  context: NormalizeContext,
  origin: Origin,
  trace?: Trace,
  around?: Around,
): Normalized {
  const whole =
    origin.trusted || names?.mayBeTaken === false ? undefined : takenWhole(record, object, context, origin, around);
  if (whole !== undefined) return whole;
  const clock = { zone: origin.zone, received: record.source.written ?? record.received };
  // Without anything nested a record is flat as it is: what reads it asks for no name that every object has.
  const flat = names === undefined ? flatten(object, (reason) => context.count(reason)) : (object as Fields);
  const outline = names ?? namesOfFlat(flat);
  const except = around?.frame.host === undefined ? undefined : 'host.name';
  const all = named(flat, outline?.meanings, except, context, origin.trusted);
  const { said } = all;
  const { time: claimed, name: timeName } = takeTime(all, outline?.times ?? TIME_NAMES, clock, context);
  const line = around?.line ?? bareLine(said, clock, origin);
  const open = !origin.trusted && !all.isFinished;
  const known = open ? recogniseRecord(flat, line, origin.parsers, trace, outline?.signatures) : undefined;
  const read = known?.parsed === undefined && open ? readMessage(said, line, origin, trace) : undefined;
  const verdict = known?.parsed === undefined ? read?.verdict : known;
  if (known?.parsed !== undefined) forget(said, known.parsed);
  const event = newFields();
  const own = known?.parsed === undefined ? undefined : fieldOf(known.parsed, '@timestamp');
  const time = around?.container?.time ?? (typeof own === 'number' ? own : claimed) ?? read?.found.time ?? line.time;
  setTime(event, time, record.received, context);
  event['host.name'] = around?.frame.host ?? fieldOf(said, 'host.name') ?? read?.found.host ?? record.source.host;
  event['agent.id'] = record.source.agent;
  event['event.dataset'] =
    fieldOf(said, 'event.dataset') ?? verdict?.parser?.dataset ?? record.source.type ?? 'generic';
  if (record.source.path !== undefined) event['log.file.path'] = record.source.path;
  if (!origin.trusted) setLabels(event, verdict?.parser ?? UNKNOWN);
  setProcess(event, said, around, read, verdict, origin);
  if (read !== undefined) add(event, read);
  const taken = known?.parsed === undefined ? NO_FIELDS : takenBack(known.parsed);
  for (const field in said) if (field !== timeName && !taken.includes(field)) event[field] = said[field];
  if (known?.parsed !== undefined) overrule(event, known.parsed, known.service);
  if ((fieldOf(event, 'message') ?? null) === null)
    put(event, 'message', around?.frame.body ?? (record.text === '' ? jsonText(object) : record.text));
  if (around !== undefined) envelope(event, around, record.text);
  if (record.cut === true) event['log.flags'] = ['truncated'];
  const program = origin.program ?? around?.line.program ?? fieldOf(said, 'process.name');
  const source =
    open && verdict?.parser === undefined && (names?.mayBeTold !== false || record.source.type !== undefined)
      ? sourceOf(object, flat, record.source.type, program)
      : undefined;
  if (source !== undefined) labelled(event, source, object);
  return {
    event: event as Event,
    framing: around?.framing ?? read?.found.framing ?? 'object',
    parser: verdict?.parser?.name ?? 'none',
    evidence: verdict?.evidence ?? 'none',
  };
}

/** Formats with an envelope of their own; events of Windows of which only the number and the data are left get theirs back. */
function takenWhole(
  record: RawRecord,
  object: Readonly<Record<string, unknown>>,
  context: NormalizeContext,
  origin: Origin,
  around: Around | undefined,
): Normalized | undefined {
  const whole = wholeEvent(record, object, context, origin, around);
  if (whole !== undefined) {
    const other = aside(object);
    if (other !== undefined) labelled(whole.event, other, object);
    return whole;
  }
  const isWindows = origin.parsers.some(({ parser }) => parser.name === 'windows');
  if (!isWindows && (origin.program !== undefined || around?.line.program !== undefined)) return undefined;
  const bare = withChannel(object, !isWindows);
  return bare === undefined ? undefined : wholeEvent(record, bare, context, origin, around);
}

/** A sender that says nothing of itself. */
const UNKNOWN: Parser = { name: 'none', programs: [], dataset: 'generic', product: 'generic', service: 'generic' };

/** A record that came without a line around it: the program is the one that it names. */
function bareLine(said: Fields, clock: Clock, origin: Origin): Line {
  const program = namedProgram(said);
  const { memory } = origin;
  return { program, pid: undefined, host: undefined, time: undefined, message: '', clock, memory };
}

/** A service is one only where a parser knows it: `source` and `logger` name classes and files as well. */
function namedProgram(said: Fields): string | undefined {
  const process = fieldOf(said, 'process.name');
  if (typeof process === 'string') return process;
  const service = fieldOf(said, 'service.name');
  return typeof service === 'string' && dispatcher.byProgram(service).length > 0 ? service : undefined;
}

/** The names that a parser takes back are nobody's word any more: host and process then come from the source, as for any line. */
function forget(said: Fields, parsed: Readonly<Fields>): void {
  for (const field of ['host.name', 'process.name']) if (fieldOf(parsed, field) === null) delete said[field];
}

/** What a parser leaves nobody to say. It is not laid down first: V8 makes a hash table of a record from which a field is deleted. */
function takenBack(parsed: Readonly<Fields>): readonly string[] {
  let taken: string[] | undefined;
  for (const field in parsed) if (parsed[field] === null && !isSettled(field)) (taken ??= []).push(field);
  return taken ?? NO_FIELDS;
}

const NO_FIELDS: readonly string[] = [];

/** Host and process stand there from the source, not from the sender. */
const isSettled = (field: string): boolean => field === 'host.name' || field === 'process.name';

/** What a parser read from a record that it knows is better than what an alias guessed; null takes the guess away. */
function overrule(event: Fields, parsed: Readonly<Fields>, service: string | undefined): void {
  if (service !== undefined && !('service.type' in parsed)) put(event, 'service.type', service);
  for (const field in parsed) {
    if (field === '@timestamp') continue;
    const value = parsed[field];
    if (value !== null) event[field] = value;
    else if (field in event && !isSettled(field)) delete event[field];
  }
}

function envelope(event: Fields, { frame: found, container }: Around, text: string): void {
  if (found.extra !== undefined) Object.assign(event, found.extra);
  if (found.priority !== undefined) setPriority(event, found.priority);
  if (container !== undefined) setContainer(event, container);
  if (fieldOf(event, 'message') !== text) put(event, 'event.original', text);
}

/** The envelope's program, then the sender's own word (set with the rest of it), then what the record looks like. */
function setProcess(
  event: Fields,
  said: Fields,
  around: Around | undefined,
  read: Reading | undefined,
  verdict: Verdict | undefined,
  origin: Origin,
): void {
  const own = fieldOf(said, 'process.name');
  const envelopes = around?.line.program ?? read?.found.program;
  const written = envelopes ?? (own === undefined ? namedProgram(said) : undefined);
  const name = written ?? (verdict === undefined ? origin.program : writerOf(verdict, origin));
  if (name !== undefined && own === undefined) event['process.name'] = name;
  const pid = around?.frame.pid ?? read?.found.pid;
  if (pid !== undefined) event['process.pid'] = pid;
}

/** The time, and the name that held it: it is not kept. What cannot be read stays, counted; `@timestamp` itself must not. */
function takeTime(
  { said, hasTime }: Named,
  names: readonly string[],
  clock: Clock,
  context: NormalizeContext,
): { readonly time: number | undefined; readonly name: string | undefined } {
  if (!hasTime) return NO_TIME;
  let unreadable = false;
  const parts = names.includes('date') ? dateAndTime(said, clock) : undefined;
  if (parts !== undefined) return { time: parts, name: 'time' };
  for (const name of names) {
    const value = fieldOf(said, name);
    if (value === undefined) continue;
    const time = readTime(value, clock);
    if (time !== undefined) return { time, name };
    if (name === '@timestamp') {
      delete said[name];
      put(said, 'porchlight.claimed_timestamp', value);
    }
    unreadable = true;
  }
  if (unreadable) context.count('timestamp_unreadable');
  return NO_TIME;
}

const NO_TIME = { time: undefined, name: undefined } as const;

/** Firewalls write `date` and `time` apart. */
function dateAndTime(said: Fields, clock: Clock): number | undefined {
  const date = fieldOf(said, 'date');
  const time = fieldOf(said, 'time');
  if (typeof date !== 'string' || typeof time !== 'string' || !/^\d{1,2}:\d\d/.test(time)) return undefined;
  return stampOf(`${date} ${time}`, clock);
}

const EPOCH = /^\d{9,19}(?:\.\d{1,9})?$/;

function readTime(value: FieldValue, clock: Clock): number | undefined {
  if (typeof value === 'number') return epoch(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  // A year has four digits.
  const isNumber = text.charCodeAt(text.length > 4 ? 4 : 0) !== 45 && EPOCH.test(text);
  return isNumber ? epoch(Number(text)) : stampOf(text, clock);
}

/** Seconds, milliseconds, microseconds or nanoseconds, told apart by size: each is good from 1973 to 5138. */
function epoch(value: number): number | undefined {
  if (!(value >= 1e8)) return undefined;
  if (value < 1e11) return Math.round(value * 1000);
  if (value < 1e14) return Math.round(value);
  if (value < 1e17) return Math.round(value / 1e3);
  return value < 1e20 ? Math.round(value / 1e6) : undefined;
}

interface Reading {
  readonly found: Frame;
  readonly verdict: Verdict;
}

/** The message as a line: with an envelope, or of a program that the sender names, or in words that tell their program. */
function readMessage(said: Fields, around: Line, origin: Origin, trace: Trace | undefined): Reading | undefined {
  const message = fieldOf(said, 'message');
  if (typeof message !== 'string') return undefined;
  const found = frame(message, around.clock);
  const line: Line = {
    program: found.program ?? around.program,
    pid: found.pid ?? around.pid,
    host: around.host,
    time: around.time,
    message: found.message,
    clock: around.clock,
    memory: around.memory,
  };
  const verdict = recogniseText(found.body, line, ownersOf(line), origin.parsers, trace);
  return verdict.parser === undefined && found.framing === 'plain' ? undefined : { found, verdict };
}

function add(event: Fields, { found, verdict }: Reading): void {
  if (verdict.parser === undefined) setLabels(event, GENERIC);
  if (verdict.parsed !== undefined) overrule(event, verdict.parsed, verdict.service);
  if (found.extra !== undefined) Object.assign(event, found.extra);
}

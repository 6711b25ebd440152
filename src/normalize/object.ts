/** A JSON object, posted or read as a line → event. The sender's words stand; what its message says is only added. */
import { type Event, type Fields, type FieldValue, newFields, type RawRecord } from '#contract';
import { aliasesOf, integer, TIME_NAMES } from './aliases.ts';
import type { NormalizeContext } from './context.ts';
import { flatten, jsonText } from './flatten.ts';
import { type Frame, frame } from './framing.ts';
import { type Normalized, setLabels } from './line.ts';
import { setTime } from './moment.ts';
import type { Origin } from './origin.ts';
import { GENERIC, type Parser, parseMessage, parserOf, recognise } from './parsers/index.ts';
import { type Clock, readIsoStamp, readSyslogStamp } from './timestamp.ts';

/** Ours to say: a sender's own value is kept beside it and cannot stand for another agent or another time. */
const OURS: readonly (readonly [field: string, keptAs: string])[] = [
  ['agent.id', 'porchlight.claimed_agent'],
  ['event.id', 'porchlight.claimed_event_id'],
  ['event.ingested', 'porchlight.claimed_ingested'],
];

const OUR_VOICE: readonly (readonly [field: string, keptAs: string])[] = [
  ['labels.product', 'porchlight.claimed_product'],
  ['event.dataset', 'porchlight.claimed_dataset'],
];

/** Fields that rules and the store compare as text, as numbers, as lists. */
const TEXTS = [
  'message',
  'host.name',
  'user.name',
  'process.name',
  'source.ip',
  'event.action',
  'event.outcome',
  'event.dataset',
];
const NUMBERS = ['process.pid', 'source.port', 'destination.port'];
const LISTS = ['event.category', 'event.type'];

export function objectEvent(
  record: RawRecord,
  object: Readonly<Record<string, unknown>>,
  context: NormalizeContext,
  origin: Origin,
): Normalized {
  const clock = { zone: origin.zone, received: record.source.written ?? record.received };
  const said = named(flatten(object, (reason) => context.count(reason)));
  shape(said);
  if (!origin.trusted) disown(said, context);
  const claimed = takeTime(said, clock, context);
  const read = origin.trusted || isFinished(said) ? undefined : readMessage(said, clock, origin);
  const event = newFields();
  setTime(event, claimed ?? read?.found.time, record.received, context);
  event['host.name'] = said['host.name'] ?? read?.found.host ?? record.source.host;
  event['agent.id'] = record.source.agent;
  event['event.dataset'] = said['event.dataset'] ?? read?.parser.dataset ?? record.source.type ?? 'generic';
  if (record.source.path !== undefined) event['log.file.path'] = record.source.path;
  if (read !== undefined) add(event, read);
  for (const field in said) event[field] = said[field];
  event['message'] ??= jsonText(object);
  if (record.cut === true) event['log.flags'] = ['truncated'];
  return { event: event as Event, framing: read?.found.framing ?? 'object', parser: read?.parser.name ?? 'none' };
}

/** ECS names for the sender's own. */
function named(flat: Fields): Fields {
  const said = newFields();
  const chosen = new Map<string, { readonly key: string; readonly rank: number; readonly value: FieldValue }>();
  for (const key in flat) {
    const value = flat[key] ?? null;
    const alias = aliasesOf(key)?.find(
      ({ field, read }) => field !== key && (flat[field] ?? null) === null && read(value) !== undefined,
    );
    if (alias === undefined) {
      said[key] = value;
      continue;
    }
    const other = chosen.get(alias.field);
    if (other !== undefined && other.rank <= alias.rank) {
      said[key] = value;
      continue;
    }
    if (other !== undefined) said[other.key] = flat[other.key];
    chosen.set(alias.field, { key, rank: alias.rank, value: alias.read(value) ?? null });
  }
  for (const [field, { value }] of chosen) said[field] = value;
  return said;
}

function shape(said: Fields): void {
  for (const [field, keptAs] of OURS) {
    if (said[field] === undefined) continue;
    said[keptAs] = said[field];
    delete said[field];
  }
  for (const field of TEXTS) {
    const value = said[field];
    if (value === null) delete said[field];
    else if (value !== undefined && typeof value !== 'string') said[field] = jsonText(value);
  }
  for (const field of NUMBERS) {
    const value = said[field];
    if (value !== undefined) said[field] = integer(value) ?? value;
  }
  for (const field of LISTS) {
    const value = said[field];
    if (value !== undefined && value !== null && typeof value !== 'object') said[field] = [String(value)];
  }
}

/** Only our own sources speak as Porchlight: anybody else could forge a visit to the honeypot. */
function disown(said: Fields, context: NormalizeContext): void {
  for (const [field, keptAs] of OUR_VOICE) {
    const value = said[field];
    if (value === undefined || !jsonText(value).toLowerCase().includes('porchlight')) continue;
    said[keptAs] = value;
    delete said[field];
    context.count('claimed_our_voice');
  }
}

/** Removes the name that held the time. What cannot be read stays, counted; `@timestamp` itself must not. */
function takeTime(said: Fields, clock: Clock, context: NormalizeContext): number | undefined {
  let unreadable = false;
  for (const name of TIME_NAMES) {
    const value = said[name];
    if (value === undefined) continue;
    const time = readTime(value, clock);
    if (time !== undefined || name === '@timestamp') delete said[name];
    if (time !== undefined) return time;
    if (name === '@timestamp') said['porchlight.claimed_timestamp'] = value;
    unreadable = true;
  }
  if (unreadable) context.count('timestamp_unreadable');
  return undefined;
}

function readTime(value: FieldValue, clock: Clock): number | undefined {
  if (typeof value === 'number') return epoch(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{9,19}(?:\.\d{1,9})?$/.test(text)) return epoch(Number(text));
  return (readIsoStamp(text, 0, clock) ?? readSyslogStamp(text, 0, clock))?.time;
}

/** Seconds, milliseconds, microseconds or nanoseconds, told apart by size: each is good from 1973 to 5138. */
function epoch(value: number): number | undefined {
  if (!(value >= 1e8)) return undefined;
  if (value < 1e11) return Math.round(value * 1000);
  if (value < 1e14) return Math.round(value);
  if (value < 1e17) return Math.round(value / 1e3);
  return value < 1e20 ? Math.round(value / 1e6) : undefined;
}

/** The sender has said what happened: its message is for people, and may quote an attacker. */
const isFinished = (said: Fields): boolean =>
  said['event.action'] !== undefined || said['event.category'] !== undefined || said['labels.service'] !== undefined;

interface Reading {
  readonly found: Frame;
  readonly parser: Parser;
  readonly fields: Fields | undefined;
}

/** The message as a line: with an envelope, or of a program that the sender names, or in words that are only sshd's or sudo's. */
function readMessage(said: Fields, clock: Clock, origin: Origin): Reading | undefined {
  const message = said['message'];
  if (typeof message !== 'string') return undefined;
  const found = frame(message, clock);
  const program = found.program ?? said['process.name'] ?? said['service.name'];
  const claimed = typeof program === 'string' ? parserOf(program) : origin.parser;
  const parser = claimed ?? (found.program === undefined ? recognise(found.message) : undefined);
  if (parser === undefined && found.framing === 'plain') return undefined;
  const fields = newFields();
  const parsed = parser === undefined ? undefined : parseMessage(parser, found.message);
  if (parsed !== undefined) Object.assign(fields, parsed);
  if (found.extra !== undefined) Object.assign(fields, found.extra);
  const name = found.program ?? (claimed === undefined ? parser?.programs[0] : undefined);
  if (name !== undefined) fields['process.name'] = name;
  else if (said['process.name'] === undefined && typeof program === 'string') fields['process.name'] = program;
  if (found.pid !== undefined) fields['process.pid'] = found.pid;
  return { found, parser: parser ?? GENERIC, fields };
}

function add(event: Fields, read: Reading): void {
  setLabels(event, read.parser);
  if (read.fields !== undefined) Object.assign(event, read.fields);
}

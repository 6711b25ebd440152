/**
 * An entry of systemd's journal, as `journalctl -o json` prints it → event. The field names are those of
 * systemd.journal-fields(7); the JSON is that of https://systemd.io/JOURNAL_EXPORT_FORMATS: all values are text, but for
 * bytes that are no UTF-8 (an array of numbers), a repeated field (an array of values) and one too large to show (null).
 *
 * A name that begins with `_` was set by journald itself. Any other was set by the program, which may be anybody's: what is
 * not in the table below goes under `journald.custom.`, so that no program can write an ECS field of its choice. The message is
 * only ever its program's: an envelope in it is text.
 */
import { type Event, type Fields, type FieldValue, LIMITS, newFields, type RawRecord } from '#contract';
import { integer } from './aliases.ts';
import type { NormalizeContext } from './context.ts';
import {
  dispatcher,
  ownersOf,
  recogniseRecord,
  recogniseText,
  type Trace,
  type Verdict,
} from './dispatch/recognise.ts';
import { fieldOf } from './fields.ts';
import { flatten, jsonText } from './flatten.ts';
import { readHead } from './head.ts';
import { type Normalized, setLabels, setParsed, setSeverity } from './laying.ts';
import { setTime } from './moment.ts';
import type { Origin } from './origin.ts';
import { GENERIC } from './parsers/index.ts';
import type { Line, Parser } from './parsers/parser.ts';
import { recordIn } from './record-in.ts';

type JournalObject = Readonly<Record<string, unknown>>;

const TEXTS: readonly (readonly [name: string, field: string])[] = Object.entries({
  MESSAGE_ID: 'event.code',
  ERRNO: 'error.code',
  CODE_FILE: 'log.origin.file.name',
  CODE_FUNC: 'log.origin.function',
  CONTAINER_ID_FULL: 'container.id',
  CONTAINER_NAME: 'container.name',
  IMAGE_NAME: 'container.image.name',
  _BOOT_ID: 'host.boot.id',
  _CMDLINE: 'process.command_line',
  _COMM: 'journald.process.name',
  _EXE: 'process.executable',
  _GID: 'process.group.id',
  _MACHINE_ID: 'host.id',
  _SYSTEMD_SESSION: 'systemd.session',
  _SYSTEMD_UNIT: 'systemd.unit',
  _SYSTEMD_USER_UNIT: 'systemd.user_unit',
  _TRANSPORT: 'systemd.transport',
  _UID: 'process.user.id',
  _AUDIT_LOGINUID: 'journald.audit.login_uid',
  _AUDIT_SESSION: 'journald.audit.session',
  _AUDIT_TYPE_NAME: 'journald.audit.type',
});

const NUMBERS: readonly (readonly [name: string, field: string])[] = Object.entries({
  CODE_LINE: 'log.origin.file.line',
  SYSLOG_FACILITY: 'log.syslog.facility.code',
  TID: 'process.thread.id',
});

/** Read on their own, or left out: places in the journal, further clocks, what the kernel says of the process by the by. */
const ASIDE: ReadonlySet<string> = new Set(
  [
    'MESSAGE PRIORITY SYSLOG_IDENTIFIER SYSLOG_PID _HOSTNAME _PID CONTAINER_ID CONTAINER_TAG',
    '__CURSOR __MONOTONIC_TIMESTAMP __REALTIME_TIMESTAMP __SEQNUM __SEQNUM_ID',
    'SYSLOG_RAW SYSLOG_TIMESTAMP _SOURCE_BOOTTIME_TIMESTAMP _SOURCE_MONOTONIC_TIMESTAMP _SOURCE_REALTIME_TIMESTAMP',
    '_CAP_EFFECTIVE _LINE_BREAK _RUNTIME_SCOPE _SELINUX_CONTEXT _STREAM_ID',
    '_SYSTEMD_CGROUP _SYSTEMD_INVOCATION_ID _SYSTEMD_OWNER_UID _SYSTEMD_SLICE _SYSTEMD_USER_SLICE',
  ].flatMap((names) => names.split(' ')),
);

const KNOWN: ReadonlySet<string> = new Set([...ASIDE, ...[...TEXTS, ...NUMBERS].map(([name]) => name)]);

const LEFT_OUT = '[too large: journalctl left it out]';

/** A record without this name is none. */
export const mayBeJournalEntry = (names: readonly string[]): boolean => names.includes('__REALTIME_TIMESTAMP');

/** Whatever brought it: our own source, a POST, a file of `journalctl -o json`. */
export const isJournalEntry = (object: JournalObject): boolean =>
  typeof fieldOf(object, '__REALTIME_TIMESTAMP') === 'string' &&
  (typeof fieldOf(object, '__CURSOR') === 'string' || typeof fieldOf(object, '_BOOT_ID') === 'string');

export function journalEvent(
  record: RawRecord,
  object: JournalObject,
  context: NormalizeContext,
  origin: Origin,
  trace?: Trace,
): Normalized {
  const event = newFields();
  const time = timeOf(object, context);
  setTime(event, time, record.received, context);
  event['host.name'] = textOf(fieldOf(object, '_HOSTNAME')) ?? record.source.host;
  event['agent.id'] = record.source.agent;
  const program = textOf(fieldOf(object, 'SYSLOG_IDENTIFIER')) ?? textOf(fieldOf(object, '_COMM'));
  const pid = integer(textOf(fieldOf(object, '_PID')) ?? textOf(fieldOf(object, 'SYSLOG_PID')) ?? null);
  const message = messageOf(object);
  const clock = { zone: origin.zone, received: record.received };
  const verdict =
    message === undefined
      ? undefined
      : recognised(
          message,
          { program: writer(object, program), pid, host: event['host.name'], time, clock },
          origin,
          trace,
        );
  const parser = verdict?.parser ?? byName(program) ?? GENERIC;
  event['event.dataset'] = parser.dataset;
  if (record.source.path !== undefined) event['log.file.path'] = record.source.path;
  setLabels(event, parser);
  if (program !== undefined) event['process.name'] = program;
  if (pid !== undefined) event['process.pid'] = pid;
  event['message'] = message ?? LEFT_OUT;
  if (message === undefined) context.count('journal_field_left_out');
  if (message === undefined || record.cut === true) event['log.flags'] = ['truncated'];
  setOthers(event, object, context);
  if (verdict?.parsed !== undefined) setParsed(event, verdict.parsed, verdict.service);
  // The process's own user, unless the message is about somebody.
  const own = event['process.user.id'];
  if (own !== undefined && event['user.name'] === undefined && event['user.id'] === undefined) event['user.id'] = own;
  const evidence = verdict?.evidence ?? 'program';
  return { event: event as Event, framing: 'journal', parser: parser.name, evidence };
}

const byName = (program: string | undefined): Parser | undefined =>
  program === undefined ? undefined : dispatcher.byProgram(program)[0];

/** A container's lines stand under its id or the engine's name; what it is called says more. */
function writer(object: JournalObject, program: string | undefined): string | undefined {
  if (byName(program) !== undefined) return program;
  const container = textOf(fieldOf(object, 'CONTAINER_NAME'));
  return byName(container) === undefined ? program : container;
}

type About = Pick<Line, 'program' | 'clock' | 'time'> & { readonly pid: unknown; readonly host: unknown };

/** A record in the message is read by a parser that knows it, but its own names become no fields: any program could set any. */
function recognised(message: string, about: About, origin: Origin, trace: Trace | undefined): Verdict {
  const { program, clock, time } = about;
  const pid = typeof about.pid === 'number' ? about.pid : undefined;
  const host = typeof about.host === 'string' ? about.host : undefined;
  const head = readHead(message, clock);
  const line: Line = { program, pid, host, time, message, clock, memory: origin.memory };
  const body = head === undefined ? message : message.slice(head.end);
  const inside = recordIn(body);
  if (inside !== undefined) {
    const known = recogniseRecord(flatten(inside.fields, ignored), line, origin.parsers, trace);
    if (known.parsed !== undefined) return known;
  }
  return recogniseText(body, line, ownersOf(line), origin.parsers, trace);
}

const ignored = (): void => undefined;

function timeOf(object: JournalObject, context: NormalizeContext): number | undefined {
  const text = textOf(fieldOf(object, '__REALTIME_TIMESTAMP')) ?? '';
  if (/^\d{1,16}$/.test(text)) return Math.floor(Number(text) / 1000);
  context.count('timestamp_unreadable');
  return undefined;
}

/** undefined for a message that was too large to show; an entry without any is told by its fields. */
function messageOf(object: JournalObject): string | undefined {
  const value = fieldOf(object, 'MESSAGE');
  if (value === null) return undefined;
  if (value !== undefined) return [valueOf(value)].flat().join('\n');
  return jsonText(Object.fromEntries(Object.entries(object).filter(([name]) => !ASIDE.has(name))));
}

/**
 * In the order of the tables, not in the entry's: journalctl prints fields in a new order each time, and events that are built
 * in as many orders are as many shapes to V8.
 */
function setOthers(event: Fields, object: JournalObject, context: NormalizeContext): void {
  for (const [name, field] of TEXTS)
    if (fieldOf(object, name) !== undefined) set(event, field, valueOf(fieldOf(object, name)), context);
  for (const [name, field] of NUMBERS) {
    if (fieldOf(object, name) === undefined) continue;
    const value = valueOf(fieldOf(object, name));
    set(event, field, integer(value) ?? value, context);
  }
  const severity = integer(textOf(fieldOf(object, 'PRIORITY')) ?? null);
  if (typeof severity === 'number' && severity <= 7) setSeverity(event, severity);
  const container = textOf(fieldOf(object, 'CONTAINER_ID'));
  if (container !== undefined && event['container.id'] === undefined) event['container.id'] = container;
  setCustom(event, object, context);
}

function set(event: Fields, field: string, value: FieldValue, context: NormalizeContext): void {
  if (value === null) context.count('journal_field_left_out');
  else event[field] = value;
}

/** What no table names. */
function setCustom(event: Fields, object: JournalObject, context: NormalizeContext): void {
  let fields = 0;
  for (const name of Object.keys(object)) {
    if (KNOWN.has(name)) continue;
    if (++fields > LIMITS.fields) {
      context.count('too_many_fields');
      return;
    }
    const place = name.startsWith('_') ? `journald.${name.replace(/^_+/, '')}` : `journald.custom.${name}`;
    set(event, place.toLowerCase(), valueOf(fieldOf(object, name)), context);
  }
}

/** The first of a field's values, as text. */
function textOf(value: unknown): string | undefined {
  const first = value === undefined ? undefined : [valueOf(value)].flat().at(0);
  return typeof first === 'string' && first !== '' ? first : undefined;
}

const isByte = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 256;

function valueOf(value: unknown): FieldValue {
  if (!Array.isArray(value)) return oneOf(value);
  if (value.length > 0 && value.every(isByte)) return decode(value as number[]);
  return value.map((one) => (Array.isArray(one) && one.every(isByte) ? decode(one as number[]) : oneOf(one)));
}

function oneOf(value: unknown): string | null {
  return typeof value === 'string' || value === null ? value : jsonText(value);
}

/** What is no UTF-8 becomes U+FFFD. */
const decode = (bytes: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(bytes));

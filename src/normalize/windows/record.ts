/**
 * One event of Windows' event log, whatever wrote it down, and how its data is read.
 *
 * Every value of the data is text, in one spelling, although a file (`.evtx`) knows types that the XML of the same event and the shippers do
 * not: numbers are decimal, GUIDs stand in braces and in lower case, as Windows itself prints them and as rules spell them. So an event is the
 * same event by whichever way it came.
 */
import { type Fields, newFields } from '#contract';
import { isAddress } from '../address.ts';
import { fieldOf } from '../fields.ts';

/** Names without spaces → values; `Data` holds the values that Windows left without a name. */
export type Data = Readonly<Fields>;

/** Absent or undefined: the sender did not say. */
export interface Envelope {
  readonly 'winlog.record_id': string | undefined;
  readonly 'winlog.provider_guid': string | undefined;
  readonly 'winlog.opcode': string | undefined;
  readonly 'winlog.task': string | undefined;
  readonly 'winlog.version': string | undefined;
  readonly 'winlog.activity_id': string | undefined;
  readonly 'winlog.process.pid': number | undefined;
  readonly 'winlog.process.thread.id': number | undefined;
  readonly 'winlog.user.identifier': string | undefined;
}

export interface WindowsRecord {
  readonly code: number;
  readonly provider: string;
  readonly channel: string;
  readonly computer: string | undefined;
  /** As it was written: text or a number. */
  readonly time: unknown;
  readonly data: Data;
  /** Windows' own text, where the sender had it made. */
  readonly rendered: string | undefined;
  /** 0 and 4 information, 1 critical, 2 error, 3 warning, 5 verbose. */
  readonly level: number | undefined;
  /** `0x8020000000000000`, or words. */
  readonly keywords: readonly string[];
  /** Further words of the envelope, under the fields that they become. */
  readonly envelope: Envelope;
  /** What the sender already said in ECS names. */
  readonly said: Data | undefined;
}

const BRACE = 123;
const END_BRACE = 125;
const HYPHEN = 45;

/** 1 for a digit of a hexadecimal number as Windows writes it, 2 for one in upper case, 0 for anything else. */
export function hexDigit(code: number): 0 | 1 | 2 {
  if ((code >= 48 && code <= 57) || (code >= 97 && code <= 102)) return 1;
  return code >= 65 && code <= 70 ? 2 : 0;
}

/** Every record has several, nearly always as they should be. Braces may be missing, at either end. */
function plainGuid(text: string): string {
  const from = text.charCodeAt(0) === BRACE ? 1 : 0;
  const to = text.charCodeAt(text.length - 1) === END_BRACE ? text.length - 1 : text.length;
  if (to - from !== 36) return text;
  let plain = text.length === 38;
  for (let at = 0; at < 36; at++) {
    const code = text.charCodeAt(from + at);
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (code !== HYPHEN) return text;
      continue;
    }
    const digit = hexDigit(code);
    if (digit === 0) return text;
    if (digit === 2) plain = false;
  }
  return plain ? text : `{${text.slice(from, to).toLowerCase()}}`;
}

export const guidOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : plainGuid(text);

/** Whatever its case, it ends in `guid`. */
function isGuidName(name: string): boolean {
  const at = name.length - 4;
  return (
    (name.charCodeAt(at + 3) | 32) === 100 &&
    (name.charCodeAt(at + 2) | 32) === 105 &&
    (name.charCodeAt(at + 1) | 32) === 117 &&
    (name.charCodeAt(at) | 32) === 103
  );
}

/** Sets a value of the data; what is null was never there. */
export function putData(into: Fields, name: string, value: unknown): void {
  const key = name.includes(' ') ? name.replaceAll(' ', '') : name;
  if (typeof value === 'string') into[key] = value.length > 30 && isGuidName(key) ? plainGuid(value) : value;
  else if (typeof value === 'number' || typeof value === 'boolean') into[key] = String(value);
  else if (Array.isArray(value)) into[key] = value.map(textOf);
  else if (value !== null && value !== undefined) into[key] = textOf(value);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return '[not shown: nested too deeply]';
  }
}

export const newData = (): Fields => newFields();

/** A value that says something: Windows writes `-` where it has none. */
export function has(data: Data, name: string): string | undefined {
  const value = fieldOf(data, name);
  return typeof value === 'string' && value !== '' && value !== '-' ? value : undefined;
}

/** The first that says something. */
export function either(data: Data, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = has(data, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

const PARAMS = ['param1', 'param2', 'param3'];

/** One of the values without a name. */
export function unnamed(data: Data, index: number): string | undefined {
  const own = fieldOf(data, 'Data');
  const value = own ?? fieldOf(data, PARAMS[index] ?? `param${index + 1}`);
  const one = Array.isArray(value)
    ? (value as readonly unknown[])[index]
    : index === 0 || own === undefined
      ? value
      : undefined;
  return typeof one === 'string' && one !== '' && one !== '-' ? one : undefined;
}

function isDecimal(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return text !== '';
}

function hexadecimal(text: string): boolean {
  for (let at = 2; at < text.length; at++) if (hexDigit(text.charCodeAt(at)) === 0) return false;
  return text.charCodeAt(0) === 48 && text.length > 2;
}

/** A process or thread number, `8752` or `0x2230`; a port. */
export function numberIn(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 10) return undefined;
  const digits = text.charCodeAt(1) === 120 || text.charCodeAt(1) === 88 ? hexadecimal(text) : isDecimal(text);
  return digits ? Number(text) : undefined;
}

export function set(draft: Fields, field: string, value: string | number | undefined): void {
  if (value !== undefined) draft[field] = value;
}

/** What stands behind the last separator of a Windows path. */
export const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);

/** A name that was put together is looked up letter by letter, so they stand here. */
const ACCOUNTS = {
  user: { domain: 'user.domain', name: 'user.name' },
  'process.parent.user': { domain: 'process.parent.user.domain', name: 'process.parent.user.name' },
} as const;

/** `CORP\anna` → `user.domain` and `user.name` under `field`; a name may be written without its domain. */
export function setAccount(draft: Fields, field: keyof typeof ACCOUNTS, account: string | undefined): void {
  if (account === undefined) return;
  const at = account.indexOf('\\');
  if (at > 0) draft[ACCOUNTS[field].domain] = account.slice(0, at);
  draft[ACCOUNTS[field].name] = account.slice(at + 1);
}

/** Windows writes `LOCAL`, `::`, `0.0.0.0` and `-` where there is no peer. */
export function addressIn(text: string | undefined): string | undefined {
  if (text === undefined || !isAddress(text) || text === '::' || text === '0.0.0.0') return undefined;
  return text.toLowerCase().startsWith('::ffff:') && text.includes('.') ? text.slice(7) : text;
}

/** For sentences: long values are in their own fields whole. */
export function short(text: string, most = 160): string {
  const trimmed = text.trim();
  const line = /[^\S ]|  /.test(trimmed) ? trimmed.replace(/\s+/g, ' ') : trimmed;
  if (line.length <= most) return line;
  const end = (line.charCodeAt(most - 1) & 0xfc00) === 0xd800 ? most - 1 : most;
  return `${line.slice(0, end)}…`;
}

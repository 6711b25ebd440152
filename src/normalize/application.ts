/**
 * What home and server applications with a log-in have in common: how their parsers are declared, and the events besides a plain
 * log-in (`ecs.ts`) that they write.
 */
import type { Fields } from '#contract';
import { AUTHENTICATION, DENIED, IAM, CHANGE, LOGIN_ACCEPTED, LOGIN_FAILED, START } from './ecs.ts';
import { fieldOf, put } from './fields.ts';
import type { Draft, Parsed, Parser } from './parsers/parser.ts';

/** The application is its own Sigma product and service, and keeps its own log. */
export const application = (name: string, rest: Partial<Parser>): Parser =>
  withServiceType({ name, programs: [name], dataset: `${name}.log`, product: name, service: name, ...rest });

/** Every event says which service wrote it, unless the parser says another. */
export const withServiceType = (parser: Parser): Parser => ({ ...parser, serviceType: parser.name });

export const SECOND_FACTOR_FAILED: Parsed = { ...LOGIN_FAILED, 'event.action': 'second_factor' };
export const SECOND_FACTOR_ACCEPTED: Parsed = { ...LOGIN_ACCEPTED, 'event.action': 'second_factor' };

/** Somebody is about to log in; another line says how it went, and is the one to count. */
export const LOGIN_ANNOUNCED: Parsed = {
  'event.category': AUTHENTICATION,
  'event.type': START,
  'event.action': 'login_attempt',
};

/** What else is said of an attempt that another line has told. */
export const LOGIN_DETAIL: Parsed = {
  'event.category': AUTHENTICATION,
  'event.type': ['info'],
  'event.action': 'login_detail',
};

/** The application shuts out a user or an address after failures that were counted one by one. */
export const LOCKED_OUT: Parsed = {
  'event.category': AUTHENTICATION,
  'event.type': DENIED,
  'event.action': 'user_locked_out',
};
export const ADDRESS_BANNED: Parsed = { ...LOCKED_OUT, 'event.action': 'address_banned' };

export const PASSWORD_CHANGED: Parsed = {
  'event.category': IAM,
  'event.type': CHANGE,
  'event.action': 'password_change',
  'event.outcome': 'success',
};

/** Words and numbers of a record as text; undefined for what is not there, empty or a list. */
export function wordOf(record: Fields, name: string): string | undefined {
  const value = fieldOf(record, name);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Copies the words that are there: `[name in the record, field]`. */
export function setWords(
  into: Draft,
  record: Fields,
  names: readonly (readonly [name: string, field: string])[],
): void {
  for (const [name, field] of names) {
    const word = wordOf(record, name);
    if (word !== undefined) put(into, field, word);
  }
}

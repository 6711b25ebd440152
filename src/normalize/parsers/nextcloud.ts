/**
 * Nextcloud (`nextcloud.log`, and `audit.log` of its admin_audit app): one JSON record a line. `user` is who has the session, `--`
 * for nobody; `app` is the part of Nextcloud that speaks; `level` is 0 (debug) to 4 (fatal). A refused password leaves `Login failed`;
 * what the brute-force protection says of it is not counted again.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import {
  ADDRESS_BANNED,
  application,
  LOGIN_ANNOUNCED,
  SECOND_FACTOR_ACCEPTED,
  SECOND_FACTOR_FAILED,
  wordOf,
} from '../application.ts';
import { DENIED, FILE, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, WEB } from '../ecs.ts';
import { setUrl } from '../http.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'];

const file = (word: string, type: string) => ({
  starts: 'File ',
  has: ` ${word}`,
  pattern: new RegExp(`^File (?:with id "[^"]{1,40}" )?${word}: "(?<file>.*)"$`, 's'),
  fields: { 'event.category': FILE, 'event.type': [type], 'event.action': `file_${word}`, 'event.outcome': 'success' },
});

const { parse: parseMessage } = wordings([
  {
    starts: 'Login failed: ',
    pattern: /^Login failed: '(?<user>.*)' \(Remote IP: '(?<ip>[^()',]*)'(?:, X-Forwarded-For: '[^()']*')?\)$/s,
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Login failed: ',
    pattern: /^Login failed: (?<user>.*) \(Remote IP: '?(?<ip>[^()',]*)'?\)$/s,
    fields: LOGIN_FAILED,
  },
  { starts: 'Login attempt: "', pattern: /^Login attempt: "(?<user>.*)"$/s, fields: LOGIN_ANNOUNCED },
  { starts: 'Login successful: "', pattern: /^Login successful: "(?<user>.*)"$/s, fields: LOGIN_ACCEPTED },
  { starts: 'Logout occurred', fields: LOGOUT },
  {
    starts: 'Failed two factor attempt by user ',
    pattern: /^Failed two factor attempt by user (?<user>\S+) \(.*\) with provider /s,
    fields: SECOND_FACTOR_FAILED,
  },
  {
    starts: 'Successful two factor attempt by user ',
    pattern: /^Successful two factor attempt by user (?<user>\S+) \(.*\) with provider /s,
    fields: SECOND_FACTOR_ACCEPTED,
  },
  {
    starts: 'Two-factor challenge failed: ',
    pattern: /^Two-factor challenge failed: (?<user>\S+) /,
    fields: SECOND_FACTOR_FAILED,
  },
  {
    starts: 'Bruteforce attempt from "',
    pattern: /^Bruteforce attempt from "(?<ip>[^"]*)" detected for action "(?<reason>[^"]*)"/,
    fields: { ...ADDRESS_BANNED, 'event.action': 'bruteforce_detected' },
  },
  {
    starts: 'IP address throttled because',
    fields: { ...ADDRESS_BANNED, 'event.action': 'address_throttled' },
  },
  {
    starts: 'Trusted domain error. ',
    pattern: /^Trusted domain error\. "(?<ip>[^"]*)" tried to access using "(?<host>.*)" as host\.$/s,
    fields: { 'event.category': WEB, 'event.type': DENIED, 'event.action': 'untrusted_domain' },
  },
  file('accessed', 'access'),
  file('created', 'creation'),
  file('written to', 'change'),
  file('updated', 'change'),
  file('deleted', 'deletion'),
]);

/** ownCloud writes the same record, without `version` and `userAgent`. */
export function readCloud(record: Fields, line: Line): Parsed | undefined {
  const message = wordOf(record, 'message');
  if (message === undefined || record['reqId'] === undefined) return undefined;
  const session = wordOf(record, 'user');
  // `app` is no program, and `--` no user.
  const draft: Draft = { 'process.name': null, 'user.name': session === '--' ? null : (session ?? null) };
  setPeer(draft, wordOf(record, 'remoteAddr') ?? '');
  Object.assign(draft, parseMessage(message, line));
  const app = wordOf(record, 'app');
  if (app !== undefined) draft['log.logger'] = app;
  const method = wordOf(record, 'method');
  if (method !== undefined && method !== '--') draft['http.request.method'] = method;
  const url = wordOf(record, 'url');
  if (url !== undefined && url !== '--') setUrl(draft, url);
  const agent = wordOf(record, 'userAgent');
  if (agent !== undefined && agent !== '--') draft['user_agent.original'] = agent;
  draft['log.level'] = LEVELS[Number(record['level'])] ?? null;
  return draft;
}

/** In older releases' syslog: `{APP} TEXT`. */
export const parseCloud = (message: string, line: Line): Parsed | undefined =>
  parseMessage(/^\{[\w -]{1,60}\} /.test(message) ? message.slice(message.indexOf('} ') + 2) : message, line);

export const nextcloud = application('nextcloud', {
  paths: ['nextcloud'],
  records: [{ keys: ['reqId', 'remoteAddr', 'app', 'version'] }],
  parse: parseCloud,
  read: readCloud,
});

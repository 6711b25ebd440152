/**
 * Grafana: logfmt or JSON with `logger` and `t`. A refused password was `Invalid username or password`, then `Unauthorized` (9 to 10), and is
 * `Request Completed` with `errorMessageID=password-auth.…` since 11. What the authentication service says besides is not counted.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { application, LOCKED_OUT, LOGIN_DETAIL, wordOf } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const isRefused = (error: string): boolean =>
  /\[?(?:password-auth|identity)\.(?:failed|invalid|empty)/.test(error.slice(0, 400));

function completed(record: Fields): Draft {
  const draft: Draft = { ...ACCESS_EVENT };
  const method = wordOf(record, 'method');
  if (method !== undefined) draft['http.request.method'] = method;
  setUrl(draft, wordOf(record, 'path') ?? '');
  setStatus(draft, toNumber(wordOf(record, 'status')));
  const refused = isRefused(wordOf(record, 'errorMessageID') ?? '') || isRefused(wordOf(record, 'error') ?? '');
  return record['path'] === '/login' && method === 'POST' && refused ? { ...draft, ...LOGIN_FAILED } : draft;
}

function said(record: Fields): Draft {
  const message = wordOf(record, 'msg') ?? '';
  switch (message) {
    case 'Successful Login':
      return { ...LOGIN_ACCEPTED };
    case 'Invalid username or password':
      return { ...LOGIN_FAILED };
    case 'Unauthorized':
      return isRefused(wordOf(record, 'error') ?? '') ? { ...LOGIN_FAILED } : {};
    case 'Failed to authenticate request':
      return { ...LOGIN_DETAIL };
    case 'Request Completed':
      return completed(record);
    default:
      return message.startsWith('Too many consecutive incorrect login attempts') ? { ...LOCKED_OUT } : {};
  }
}

function read(record: Fields, line: Line): Parsed | undefined {
  const logger = wordOf(record, 'logger');
  if (logger === undefined || record['t'] === undefined) return undefined;
  const draft = said(record);
  draft['log.logger'] = logger;
  const time = stampOf(wordOf(record, 't') ?? '', line.clock);
  if (time !== undefined) draft['@timestamp'] = time;
  setPeer(draft, wordOf(record, 'remote_addr') ?? '');
  const user = wordOf(record, 'User') ?? wordOf(record, 'uname') ?? wordOf(record, 'username');
  if (user !== undefined) draft['user.name'] = user;
  const reason = wordOf(record, 'error');
  if (reason !== undefined && draft['event.outcome'] === 'failure') draft['event.reason'] = reason;
  return draft;
}

export const grafana = application('grafana', {
  programs: ['grafana', 'grafana-server'],
  paths: ['/grafana/'],
  records: [{ keys: ['t', 'logger', 'level', 'msg'] }, { keys: ['t', 'logger', 'lvl', 'msg'] }],
  read,
});

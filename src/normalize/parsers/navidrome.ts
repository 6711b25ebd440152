/**
 * Navidrome: logrus pairs. A refused log-in of its web page is `Unsuccessful login` with the name, and then `HTTP: POST …/auth/login` with
 * `httpStatus=401` and the address: the second one counts, and gets the name of the first by their `requestId`. A Subsonic client's
 * is one line.
 */
import type { Fields } from '#contract';
import { setEndpoint } from '../address.ts';
import { application, LOGIN_DETAIL, wordOf } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus } from '../http.ts';
import type { Memory } from '../memory.ts';
import { withGroups } from '../wordings.ts';
import type { Draft, Line, Parsed } from './parser.ts';

/** Names that wait for the answer to their request; more than a handful at a time are somebody's flood. */
const MAX_WAITING = 64;
const waiting = new WeakMap<Memory, Map<string, string>>();

function remember(memory: Memory, request: string, user: string): void {
  const names = waiting.get(memory) ?? new Map<string, string>();
  waiting.set(memory, names);
  if (names.size >= MAX_WAITING) names.clear();
  names.set(request, user);
}

function answered(record: Fields, groups: Readonly<Record<string, string | undefined>>, line: Line): Draft {
  const draft: Draft = { ...withGroups(ACCESS_EVENT, groups) };
  const status = toNumber(wordOf(record, 'httpStatus'));
  setStatus(draft, status);
  const agent = wordOf(record, 'userAgent');
  if (agent !== undefined) draft['user_agent.original'] = agent;
  if (groups['method'] !== 'POST' || !String(draft['url.path']).endsWith('/auth/login')) return draft;
  if (status === 200) Object.assign(draft, LOGIN_ACCEPTED);
  if (status !== 401) return draft;
  const request = wordOf(record, 'requestId') ?? '';
  const user = waiting.get(line.memory)?.get(request);
  waiting.get(line.memory)?.delete(request);
  return { ...draft, ...LOGIN_FAILED, ...(user === undefined ? {} : { 'user.name': user }) };
}

function said(record: Fields, line: Line): Draft | undefined {
  const message = wordOf(record, 'msg') ?? '';
  const request = /^HTTP: (?<method>[A-Z]{3,10}) (?<url>\S+)$/.exec(message)?.groups;
  if (request !== undefined) return answered(record, request, line);
  const user = wordOf(record, 'username') ?? wordOf(record, 'user');
  if (message === 'Unsuccessful login') {
    const id = wordOf(record, 'requestId');
    if (id !== undefined && user !== undefined) remember(line.memory, id, user);
    return { ...LOGIN_DETAIL, ...(user === undefined ? {} : { 'user.name': user }) };
  }
  if (message !== 'API: Invalid login' && message !== 'Invalid login') return undefined;
  return { ...LOGIN_FAILED, ...(user === undefined ? {} : { 'user.name': user }) };
}

function read(record: Fields, line: Line): Parsed | undefined {
  const draft = said(record, line);
  if (draft !== undefined) setEndpoint(draft, wordOf(record, 'remoteAddr') ?? '');
  return draft;
}

export const navidrome = application('navidrome', {
  paths: ['navidrome'],
  records: [
    { keys: ['httpStatus', 'remoteAddr', 'requestId', 'elapsedTime'] },
    { keys: ['requestId', 'username', 'msg'], values: { msg: 'Unsuccessful login' } },
    { keys: ['requestId', 'username', 'msg', 'remoteAddr'], values: { msg: /^(?:API: )?Invalid login$/ } },
  ],
  read,
});

/**
 * Teleport's audit events: JSON with `ei`, `event` and a `code` whose last letter is I (info), W (warning) or E (error). `user` is the account,
 * `login` the one on the machine behind.
 */
import type { Fields } from '#contract';
import { setEndpoint } from '../address.ts';
import { application, setWords, wordOf } from '../application.ts';
import { END, IAM, INFO, LOGIN_ACCEPTED, LOGIN_FAILED, PROCESS, SESSION, START } from '../ecs.ts';
import type { Draft, Parsed } from './parser.ts';

const KINDS: Readonly<Record<string, Parsed>> = {
  'session.start': { 'event.category': SESSION, 'event.type': START },
  'session.end': { 'event.category': SESSION, 'event.type': END },
  'session.join': { 'event.category': SESSION, 'event.type': START },
  'session.leave': { 'event.category': SESSION, 'event.type': END },
  'session.rejected': { 'event.category': SESSION, 'event.type': ['denied'] },
  'session.command': { 'event.category': PROCESS, 'event.type': START },
  exec: { 'event.category': PROCESS, 'event.type': START },
  'user.create': { 'event.category': IAM, 'event.type': ['user', 'creation'] },
  'user.update': { 'event.category': IAM, 'event.type': ['user', 'change'] },
  'user.delete': { 'event.category': IAM, 'event.type': ['user', 'deletion'] },
  'user.password_change': { 'event.category': IAM, 'event.type': ['user', 'change'] },
};

const FIELDS = [
  ['user', 'user.name'],
  ['login', 'user.effective.name'],
  ['user_agent', 'user_agent.original'],
  ['error', 'event.reason'],
  ['code', 'event.code'],
  ['sid', 'session.id'],
  ['command', 'process.command_line'],
  ['program', 'process.name'],
] as const;

function kindOf(record: Fields, event: string): Draft {
  if (event === 'user.login' || event === 'auth') {
    const success = record['success'] === true;
    return success || record['success'] === undefined ? { ...LOGIN_ACCEPTED } : { ...LOGIN_FAILED };
  }
  const known = Object.hasOwn(KINDS, event) ? KINDS[event] : { 'event.category': SESSION, 'event.type': INFO };
  return { ...known, 'event.action': event.slice(0, 60) };
}

function read(record: Fields): Parsed | undefined {
  const event = wordOf(record, 'event');
  if (event === undefined || !/^T\w{1,10}[IWE]$/.test(wordOf(record, 'code') ?? '')) return undefined;
  const draft = kindOf(record, event);
  setWords(draft, record, FIELDS);
  setEndpoint(draft, wordOf(record, 'addr.remote') ?? '');
  return draft;
}

export const teleport = application('teleport', {
  paths: ['/teleport/'],
  records: [{ keys: ['ei', 'event', 'code', 'uid'], values: { code: /^T\w{1,10}[IWE]$/ } }],
  read,
});

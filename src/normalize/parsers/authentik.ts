/**
 * authentik: structlog's records. `authentik.events.models` are its audit events, by `action`; `authentik.asgi` and the outposts write
 * one record a request, whose `event` is the path. `host` is the site's name, not the machine's.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { application, PASSWORD_CHANGED, wordOf } from '../application.ts';
import { CHANGE, CONFIGURATION, IAM, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, SESSION, START } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import type { Draft, Parsed } from './parser.ts';

const ACTIONS: Readonly<Record<string, Parsed>> = {
  login: LOGIN_ACCEPTED,
  login_failed: LOGIN_FAILED,
  logout: LOGOUT,
  password_set: PASSWORD_CHANGED,
  user_write: { 'event.category': IAM, 'event.type': ['user', 'change'], 'event.action': 'user_write' },
  impersonation_started: { 'event.category': SESSION, 'event.type': START, 'event.action': 'impersonation_started' },
  authorize_application: { 'event.category': SESSION, 'event.type': START, 'event.action': 'authorize_application' },
  model_created: { 'event.category': CONFIGURATION, 'event.type': ['creation'], 'event.action': 'model_created' },
  model_updated: { 'event.category': CONFIGURATION, 'event.type': CHANGE, 'event.action': 'model_updated' },
  model_deleted: { 'event.category': CONFIGURATION, 'event.type': ['deletion'], 'event.action': 'model_deleted' },
};

function audited(record: Fields, action: string): Parsed {
  const draft: Draft = { ...(ACTIONS[action] ?? { 'event.category': CONFIGURATION, 'event.type': ['info'] }) };
  draft['event.action'] ??= action;
  setPeer(draft, wordOf(record, 'client_ip') ?? '');
  // Who is not logged in yet is `AnonymousUser`; the name that was tried is in the context.
  const tried = action === 'login_failed' ? wordOf(record, 'context.username') : undefined;
  const user = tried ?? wordOf(record, 'user.username');
  if (user !== undefined && user !== 'AnonymousUser') draft['user.name'] = user;
  const method = wordOf(record, 'context.http_request.method');
  if (method !== undefined) draft['http.request.method'] = method;
  setUrl(draft, wordOf(record, 'context.http_request.path') ?? '');
  return draft;
}

function answered(record: Fields): Parsed {
  const draft: Draft = { ...ACCESS_EVENT };
  setPeer(draft, wordOf(record, 'remote') ?? '');
  setUrl(draft, wordOf(record, 'event') ?? '');
  setStatus(draft, Number(record['status']));
  const user = wordOf(record, 'user');
  if (user !== undefined) draft['user.name'] = user;
  const method = wordOf(record, 'method');
  if (method !== undefined) draft['http.request.method'] = method;
  const agent = wordOf(record, 'user_agent');
  if (agent !== undefined) draft['user_agent.original'] = agent;
  return draft;
}

function read(record: Fields): Parsed | undefined {
  const action = wordOf(record, 'action');
  const site = wordOf(record, 'host');
  const own: Draft = site === undefined ? {} : { 'host.name': null, 'url.domain': site };
  own['log.logger'] = wordOf(record, 'logger') ?? 'authentik';
  if (record['logger'] === 'authentik.events.models' && action !== undefined) {
    return { ...own, ...audited(record, Object.hasOwn(ACTIONS, action) ? action : action.slice(0, 60)) };
  }
  const request = record['status'] !== undefined && record['remote'] !== undefined && record['method'] !== undefined;
  return request ? { ...own, ...answered(record) } : own;
}

export const authentik = application('authentik', {
  programs: ['authentik', 'authentik-server', 'authentik-worker'],
  records: [{ keys: ['logger', 'level'], values: { logger: /^authentik\./ } }],
  read,
});

/**
 * GitLab: `production_json.log` (lograge, one record a request), `application_json.log` with its sentences, `auth_json.log` of Rack::Attack. A refused
 * password ends Devise's request early, so its status is 0; one that is right is redirected.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { application, wordOf } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const { signatures, parse } = wordings([
  {
    starts: 'Failed Login: username=',
    pattern: /^Failed Login: username=(?<user>.*) ip=(?<ip>[\da-fA-F:.]+)$/s,
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Successful Login: username=',
    pattern: /^Successful Login: username=(?<user>.*) ip=(?<ip>[\da-fA-F:.]+)(?: method=\S{1,80} admin=\w{4,5})?$/s,
    fields: LOGIN_ACCEPTED,
  },
]);

interface Param {
  readonly key: string;
  readonly value: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isParam = (value: unknown): value is Param =>
  isObject(value) && typeof value['key'] === 'string' && 'value' in value;

/** `[{"key":"user","value":{"login":NAME,…}}]` of the form, `[{"key":"username","value":NAME}]` of LDAP's. */
function triedName(text: string | undefined): string | undefined {
  let params: unknown;
  try {
    params = JSON.parse(text ?? '[]');
  } catch {
    return undefined;
  }
  for (const param of Array.isArray(params) ? params.filter(isParam) : []) {
    const value = param.key === 'user' && isObject(param.value) ? param.value['login'] : param.value;
    if (['user', 'username', 'login'].includes(param.key) && typeof value === 'string') return value;
  }
  return undefined;
}

function session(record: Fields): Parsed | undefined {
  const status = record['status'];
  const action = wordOf(record, 'action');
  switch (record['controller']) {
    case 'SessionsController':
    case 'Ldap::OmniauthCallbacksController':
      if (action === 'destroy') return LOGOUT;
      if (record['method'] !== 'POST') return undefined;
      if (status === 0 || status === 401 || status === 422) return LOGIN_FAILED;
      return status === 302 && record['user_id'] !== undefined && record['user_id'] !== null
        ? LOGIN_ACCEPTED
        : undefined;
    case 'OmniauthCallbacksController':
      return action === 'failure' ? LOGIN_FAILED : undefined;
    default:
      return undefined;
  }
}

function request(record: Fields): Parsed {
  const draft: Draft = { ...ACCESS_EVENT };
  const method = wordOf(record, 'method') ?? wordOf(record, 'request_method');
  if (method !== undefined) draft['http.request.method'] = method;
  setUrl(draft, wordOf(record, 'path') ?? '');
  const status = record['status'];
  if (typeof status === 'number' && status > 0) setStatus(draft, status);
  Object.assign(draft, session(record));
  setPeer(draft, wordOf(record, 'remote_ip') ?? wordOf(record, 'meta.remote_ip') ?? '');
  const agent = wordOf(record, 'ua');
  if (agent !== undefined) draft['user_agent.original'] = agent;
  const user =
    wordOf(record, 'username') ?? (draft['event.action'] === 'login' ? triedName(wordOf(record, 'params')) : undefined);
  if (user !== undefined) draft['user.name'] = user;
  return draft;
}

function read(record: Fields, line: Line): Parsed | undefined {
  if (record['correlation_id'] === undefined) return undefined;
  if (record['controller'] !== undefined && record['action'] !== undefined) return request(record);
  const message = wordOf(record, 'message') ?? '';
  if (message === 'Rack_Attack')
    return { ...request(record), 'event.type': ['access', 'denied'], 'event.action': 'request_throttled' };
  return parse(message, line);
}

export const gitlab = application('gitlab', {
  paths: ['/gitlab/'],
  records: [
    { keys: ['correlation_id', 'controller', 'action', 'meta.caller_id'] },
    { keys: ['correlation_id', 'controller', 'action', 'meta.remote_ip'] },
    { keys: ['correlation_id', 'message'], values: { message: /^(?:Failed|Successful) Login: username=/ } },
    { keys: ['correlation_id', 'message', 'remote_ip'], values: { message: 'Rack_Attack' } },
  ],
  signatures,
  parse,
  read,
});

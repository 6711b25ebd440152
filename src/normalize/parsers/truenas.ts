/** TrueNAS 24.04 and later: the audit of its middleware, of SMB and of sudo, as `@cee:{"TNAUDIT": {…}}` under the tag `TNAUDIT_…`. */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { application, wordOf } from '../application.ts';
import { FILE, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

function eventOf(kind: string, worked: boolean): Draft {
  const outcome = worked ? 'success' : 'failure';
  if (kind === 'AUTHENTICATION') return { ...(worked ? LOGIN_ACCEPTED : LOGIN_FAILED) };
  if (kind === 'LOGOUT' || kind === 'DISCONNECT') return { ...LOGOUT };
  const action = { 'event.action': kind.toLowerCase().slice(0, 64), 'event.outcome': outcome };
  if (kind === 'METHOD_CALL') return { ...action, 'event.category': ['configuration'], 'event.type': ['access'] };
  if (kind === 'CONNECT') return { ...action, 'event.category': ['session'], 'event.type': ['start'] };
  if (/^(?:CREATE|READ|WRITE|RENAME|UNLINK|CLOSE|SET_ACL|SET_ATTR|OFFLOAD)/.test(kind))
    return { ...action, 'event.category': FILE, 'event.type': ['access'] };
  return { ...action, 'event.category': ['process'], 'event.type': ['info'] };
}

function read(record: Fields, line: Line): Parsed | undefined {
  const kind = wordOf(record, 'TNAUDIT.event');
  if (kind === undefined) return undefined;
  const draft = eventOf(kind, record['TNAUDIT.success'] === true);
  setPeer(draft, wordOf(record, 'TNAUDIT.addr') ?? '');
  const user = wordOf(record, 'TNAUDIT.user');
  if (user !== undefined) draft['user.name'] = user;
  const session = wordOf(record, 'TNAUDIT.sess');
  if (session !== undefined) draft['session.id'] = session;
  const service = wordOf(record, 'TNAUDIT.svc');
  if (service !== undefined) draft['service.name'] = service.toLowerCase();
  const time = stampOf(`${wordOf(record, 'TNAUDIT.time') ?? ''} UTC`, line.clock);
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

export const truenas = application('truenas', {
  programs: ['tnaudit_middleware', 'tnaudit_smb', 'tnaudit_sudo', 'tnaudit_system', 'truenas'],
  records: [{ keys: ['TNAUDIT.event', 'TNAUDIT.success', 'TNAUDIT.svc'] }],
  read,
});

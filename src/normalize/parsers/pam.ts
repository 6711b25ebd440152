/**
 * Lines that PAM modules write in the name of any program: `pam_unix(sshd:auth): authentication failure; …`.
 *
 * They come on top of what the program itself says about the same attempt, so their actions are their own and a rule that
 * counts attempts does not count them twice. In a session `user.name` is who opened it and `user.effective.name` whose
 * it is; a service opens sessions in nobody's name, then it is the account's own.
 */
import { setPeer } from '../address.ts';
import { AUTHENTICATION, END, IAM, LOGIN_FAILURE, SESSION, START } from '../ecs.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const OPENED = /^session opened for user ([^\s(]+)(?:\(uid=(\d{1,10})\))? by ([^\s(]*)\s?(?:\(uid=(\d{1,10})\))?$/;
const CLOSED = /^session closed for user (\S+)$/;
const NAMED = /(?:^| )user "([^"]*)"$/;

function opened(text: string): Parsed | undefined {
  const match = OPENED.exec(text);
  if (match === null) return undefined;
  const [, owner = '', ownerId, opener = '', byId] = match;
  // login(1) calls itself so.
  const by = opener === 'LOGIN' ? '' : opener;
  const draft: Draft = {
    'event.category': SESSION,
    'event.type': START,
    'event.action': 'session_opened',
    'event.outcome': 'success',
    'user.name': by === '' ? owner : by,
  };
  if (by !== '') draft['user.effective.name'] = owner;
  // `by (uid=0)` is the service's own id, not the account's.
  const id = by === '' || by === owner ? ownerId : byId;
  const known = by === owner && ownerId === undefined ? byId : id;
  if (known !== undefined) draft['user.id'] = known;
  return draft;
}

/**
 * `logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root`. The user comes last and may hold anything, so the
 * host is read first and the rest of the line is the name.
 */
function failure(text: string, repeat: number | undefined): Parsed {
  const draft: Draft = {
    'event.category': AUTHENTICATION,
    'event.type': LOGIN_FAILURE,
    'event.action': 'pam_authentication',
    'event.outcome': 'failure',
  };
  const peer = / rhost=(\S*)/.exec(text);
  const rest = peer === null ? text : text.slice(peer.index + peer[0].length);
  const user = /^\s+user=(.*)$/s.exec(rest)?.[1] ?? / ruser=(\S+) rhost=/.exec(text)?.[1];
  if (user !== undefined && user !== '') draft['user.name'] = user;
  if (peer !== null) setPeer(draft, peer[1] ?? '');
  if (repeat !== undefined) draft['porchlight.repeat'] = repeat;
  return draft;
}

/** Lock-outs: `pam_tally2(sudo:auth): user bob (4001) tally 6, deny 5`, `pam_faillock: Consecutive login failures for user bob …`. */
const TALLY = /^user (\S+) \(\d+\) tally \d+, deny \d+/;
const FAILLOCK = /^Consecutive login failures for user (\S+) account temporarily locked/;
const CHANGED = /^password changed for (\S+)$/;

function locked(text: string): Parsed | undefined {
  const user = (TALLY.exec(text) ?? FAILLOCK.exec(text))?.[1];
  if (user === undefined) return undefined;
  return {
    'event.category': AUTHENTICATION,
    'event.type': ['denied'],
    'event.action': 'account_locked',
    'event.outcome': 'failure',
    'user.name': user,
  };
}

function changed(text: string): Parsed | undefined {
  const user = CHANGED.exec(text)?.[1];
  if (user === undefined) return undefined;
  return {
    'event.category': IAM,
    'event.type': ['user', 'change'],
    'event.action': 'password_changed',
    'event.outcome': 'success',
    'user.name': user,
  };
}

function readModule(text: string): Parsed | undefined {
  if (text.startsWith('session opened ')) return opened(text);
  if (text.startsWith('session closed ')) {
    const user = CLOSED.exec(text)?.[1];
    if (user === undefined) return undefined;
    return { 'event.category': SESSION, 'event.type': END, 'event.action': 'session_closed', 'user.name': user };
  }
  if (text.startsWith('authentication failure;')) return failure(text, undefined);
  const unknown = /^check pass; user unknown$/.test(text);
  if (unknown)
    return { 'event.category': AUTHENTICATION, 'event.action': 'pam_user_unknown', 'event.outcome': 'failure' };
  const named = NAMED.exec(text)?.[1];
  return locked(text) ?? changed(text) ?? (named === undefined ? undefined : { 'user.name': named });
}

const MORE = /^PAM (\d{1,6}) more authentication failures?; /;

export const pam: Parser = {
  name: 'pam',
  programs: ['pam', 'systemd-user', 'gdm-password', 'lightdm', 'sddm', 'sddm-helper'],
  dataset: 'system.auth',
  service: 'auth',
  category: 'authentication',
  parse(message) {
    if (message.startsWith('PAM ')) {
      const more = MORE.exec(message);
      return more === null ? undefined : failure(message, Number(more[1]));
    }
    const colon = message.indexOf(': ');
    return message.startsWith('pam_') && colon !== -1 && colon < 80 ? readModule(message.slice(colon + 2)) : undefined;
  },
};

/**
 * Dropbear, the SSH server of routers and small devices (svr-auth.c, svr-authpasswd.c, svr-authpubkey.c, svr-main.c).
 * Attempts carry the same fields as OpenSSH's, so one rule sees both. The address stands last, written by Dropbear itself.
 */
import { setPeer } from '../address.ts';
import { AUTHENTICATION, DENIED, END, LOGIN_FAILURE, LOGIN_SUCCESS, NETWORK, START, toNumber } from '../ecs.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

/** Groups: user, address, port. Anchored at both ends; the greedy name leaves the last address to Dropbear. */
const FAILED = /^Bad (?:PAM )?password attempt for '(.*)' from (\S+):(\d{1,5})$/s;
const UNKNOWN = /^Login attempt for nonexistent user(?: '(.*)')? from (\S+):(\d{1,5})$/s;
const PASSWORD = /^(?:PAM )?[Pp]assword auth succeeded for '(.*)' from (\S+):(\d{1,5})$/s;
const PUBLIC_KEY = /^Pubkey auth succeeded for '(.*)' with .* from (\S+):(\d{1,5})$/s;
const TOO_MANY = /^Max auth tries reached - user '(.*)' from (\S+):(\d{1,5})$/s;
const CHILD = /^Child connection from ()(\S+):(\d{1,5})$/;
const EXIT = /^Exit (?:before auth )?()from <(\S+):(\d{1,5})>: /;

function withPeer(fields: Parsed, match: RegExpExecArray): Parsed {
  const [, user, address = '', port] = match;
  const draft: Draft = { ...fields };
  if (user !== undefined && user !== '') draft['user.name'] = user;
  setPeer(draft, address, toNumber(port));
  return draft;
}

const attempt = (event: 'Failed' | 'Accepted', method: string): Parsed => ({
  'event.category': event === 'Accepted' ? ['authentication', 'session'] : AUTHENTICATION,
  'event.type': event === 'Accepted' ? LOGIN_SUCCESS : LOGIN_FAILURE,
  'event.action': 'ssh_login',
  'event.outcome': event === 'Accepted' ? 'success' : 'failure',
  'system.auth.ssh.event': event,
  'system.auth.ssh.method': method,
});

const MESSAGES: readonly (readonly [pattern: RegExp, fields: Parsed])[] = [
  [FAILED, attempt('Failed', 'password')],
  // No `Bad password` line follows for an account that does not exist: this is the attempt.
  [UNKNOWN, attempt('Failed', 'password')],
  [PASSWORD, attempt('Accepted', 'password')],
  [PUBLIC_KEY, attempt('Accepted', 'publickey')],
  [TOO_MANY, { 'event.category': AUTHENTICATION, 'event.type': DENIED, 'event.action': 'ssh_too_many_failures' }],
  [CHILD, { 'event.category': NETWORK, 'event.type': START, 'event.action': 'ssh_connect' }],
  [EXIT, { 'event.category': NETWORK, 'event.type': END, 'event.action': 'ssh_disconnect' }],
];

export const dropbear: Parser = {
  name: 'dropbear',
  programs: ['dropbear'],
  dataset: 'system.auth',
  service: 'sshd',
  category: 'authentication',
  parse(message) {
    for (const [pattern, fields] of MESSAGES) {
      const match = pattern.exec(message);
      if (match !== null) return withPeer(fields, match);
    }
    return undefined;
  },
};

/**
 * OpenSSH's server (`sshd`, since 9.8 also `sshd-session` and `sshd-auth`), from its sources auth.c, auth2.c, packet.c,
 * sshd.c, and what older releases wrote.
 *
 * One attempt to log in leaves several lines. **The attempt itself is `event.action: ssh_login` with
 * `system.auth.ssh.event: Failed` or `Accepted`**: count those. `Invalid` only announces an unknown user (a `Failed` line
 * follows), and PAM's own lines have other actions. `Failed publickey` is a key that did not fit: an ordinary client
 * offers several, so it is no guess at a password; see `system.auth.ssh.method`.
 *
 * The user name is the client's: it may hold ` from 192.0.2.1 port 22 ssh2`. For an unknown user the last address counts,
 * because sshd wrote it; an existing account's name has no spaces, so there the first one does, and what follows it (a
 * certificate's ID is the client's too) cannot shift it.
 */
import { setPeer } from '../address.ts';
import {
  AUTHENTICATION,
  DENIED,
  END,
  INFO,
  LOGIN_FAILURE,
  LOGIN_SUCCESS,
  NETWORK,
  SESSION,
  START,
  toNumber,
} from '../ecs.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

interface Peer {
  readonly address: string;
  readonly port: number | undefined;
  /** What follows: ` ssh2: RSA SHA256:…`, ` [preauth]`. */
  readonly rest: string;
}

const PORT = /^(\S+)(?: port (\d{1,5}))?(?=$|[\s:[,])/;

function readPeer(text: string): Peer | undefined {
  const match = PORT.exec(text);
  if (match === null) return undefined;
  const address = (match[1] ?? '').replace(/:$/, '');
  return { address, port: toNumber(match[2]), rest: text.slice(match[0].length) };
}

const withoutStage = (text: string): string => (text.endsWith(' [preauth]') ? text.slice(0, -10) : text);

/** `USER from ADDR port N…`, from the left for existing accounts and from the right for names the client made up. */
function userAndPeer(text: string): { user: string; known: boolean; peer: Peer } | undefined {
  const invalid = text.startsWith('invalid user ') || text.startsWith('illegal user ');
  const named = invalid ? text.slice(13) : text;
  const at = invalid ? named.lastIndexOf(' from ') : named.indexOf(' from ');
  const peer = at === -1 ? undefined : readPeer(named.slice(at + 6));
  return peer === undefined ? undefined : { user: named.slice(0, at), known: !invalid, peer };
}

function login(event: 'Failed' | 'Accepted' | 'Invalid', method: string | undefined, user: string, peer: Peer): Draft {
  const accepted = event === 'Accepted';
  const draft: Draft = {
    'event.category': accepted ? ['authentication', 'session'] : AUTHENTICATION,
    'event.type': accepted ? LOGIN_SUCCESS : LOGIN_FAILURE,
    'event.action': 'ssh_login',
    'event.outcome': accepted ? 'success' : 'failure',
    'system.auth.ssh.event': event,
    'user.name': user,
  };
  if (method !== undefined) draft['system.auth.ssh.method'] = method;
  setPeer(draft, peer.address, peer.port);
  const signature = peer.rest.startsWith(' ssh2: ') ? withoutStage(peer.rest.slice(7)) : '';
  if (signature !== '') draft['system.auth.ssh.signature'] = signature;
  return draft;
}

/** `Failed METHOD for …`, `Accepted METHOD for …`. */
function attempt(event: 'Failed' | 'Accepted', message: string): Parsed | undefined {
  const start = event.length + 1;
  const end = message.indexOf(' for ', start);
  if (end === -1) return undefined;
  const method = message.slice(start, end);
  const found = userAndPeer(message.slice(end + 5));
  return found === undefined || method.includes(' ') ? undefined : login(event, method, found.user, found.peer);
}

function invalidUser(message: string): Parsed | undefined {
  const at = message.lastIndexOf(' from ');
  const peer = at < 12 ? undefined : readPeer(message.slice(at + 6));
  return peer === undefined ? undefined : login('Invalid', undefined, message.slice(13, at), peer);
}

/** Events about the connection rather than the login. */
function connection(action: string, peer: Peer | undefined, more?: Parsed): Parsed {
  const draft: Draft = { 'event.category': NETWORK, 'event.type': INFO, 'event.action': action, ...more };
  if (peer !== undefined) setPeer(draft, peer.address, peer.port);
  return draft;
}

/**
 * `Connection closed by [authenticating user U |invalid user U |user U ]ADDR port N [preauth]`. The user is the client's, the
 * address and port at the end are sshd's.
 */
const ENDED = /^(?:(authenticating |invalid )?user (.*) )?(\S+) port (\d{1,5})(?:$|:.*$)/s;

function ended(text: string, action: string): Parsed {
  const body = withoutStage(text);
  const match = ENDED.exec(body);
  if (match === null) return connection(action, readPeer(body), { 'event.type': END });
  const [, , user, address = '', port] = match;
  return connection(action, { address, port: toNumber(port), rest: '' }, userOf(user, { 'event.type': END }));
}

const userOf = (user: string | undefined, more: Parsed): Parsed =>
  user === undefined ? more : { ...more, 'user.name': user };

/**
 * `Disconnecting [invalid user U ADDR port N]: REASON [preauth]`. Where the reason repeats names that the client chose, no
 * part of the line can be told apart for certain, and nothing is read from it.
 */
function disconnecting(text: string): Parsed {
  const body = withoutStage(text);
  if (body.includes('Change of username or service not allowed')) return connection('ssh_disconnect', undefined);
  const at = body.lastIndexOf('oo many authentication failures');
  const action = at === -1 ? 'ssh_disconnect' : 'ssh_too_many_failures';
  const who = /^.* port \d{1,5}(?=: )/s.exec(body);
  if (who !== null) return ended(who[0], action);
  const user = at === -1 ? undefined : / for (?:invalid user )?(.*)$/s.exec(body.slice(at))?.[1];
  return connection(action, undefined, userOf(user, { 'event.type': END }));
}

function exceeded(text: string): Parsed | undefined {
  const found = userAndPeer(withoutStage(text));
  if (found === undefined) return undefined;
  return connection('ssh_too_many_failures', found.peer, {
    'event.category': AUTHENTICATION,
    'event.type': DENIED,
    'user.name': found.user,
  });
}

/** `User U from ADDR not allowed because …`, `User U not allowed because account is locked`. */
function notAllowed(message: string): Parsed | undefined {
  const at = message.lastIndexOf(' not allowed because ');
  if (at === -1) return undefined;
  const who = message.slice(5, at);
  const from = who.lastIndexOf(' from ');
  const peer = from === -1 ? undefined : readPeer(who.slice(from + 6));
  return connection('ssh_user_refused', peer, {
    'event.category': AUTHENTICATION,
    'event.type': DENIED,
    'event.reason': message.slice(at + 21),
    'user.name': from === -1 ? who : who.slice(0, from),
  });
}

/** `refused connect from NAME (ADDR)` of libwrap: the name is the peer's own DNS, the address is not. */
function refused(message: string): Parsed {
  const open = message.lastIndexOf('(');
  const end = message.endsWith(')') && open !== -1;
  const text = end ? message.slice(open + 1, -1) : message.slice(21);
  return connection('ssh_refused', readPeer(text), { 'event.type': DENIED });
}

/** `Bad protocol version identification 'TEXT' from ADDR port N`: the text is the client's. */
function lastPeer(message: string, marker: string): Peer | undefined {
  const at = message.lastIndexOf(marker);
  return at === -1 ? undefined : readPeer(message.slice(at + marker.length));
}

/** `drop connection #3 from [ADDR]:PORT on [ADDR]:22 past MaxStartups`, `… penalty: failed authentication`. */
function dropped(message: string): Parsed {
  const match = /from \[([^[\]\s]+)\]:(\d{1,5})/.exec(message);
  const peer = match === null ? undefined : { address: match[1] ?? '', port: toNumber(match[2]), rest: '' };
  return connection('ssh_refused', peer, { 'event.type': DENIED });
}

/** `reverse mapping checking getaddrinfo for NAME [ADDR] failed`, `Address ADDR maps to NAME, but …`. */
function reverseMapping(message: string): Parsed {
  const bracket = /\[([^[\]\s]+)\] failed/.exec(message);
  const peer = bracket === null ? readPeer(message.slice(8)) : { address: bracket[1] ?? '', port: undefined, rest: '' };
  return connection('ssh_reverse_mapping_failed', peer);
}

/** `Starting session: shell on pts/0 for U from ADDR port N id 0`, `Close session: user U from …`. */
function session(message: string, action: string, marker: string): Parsed | undefined {
  const found = userAndPeer(message.slice(message.indexOf(marker) + marker.length));
  if (found === undefined) return undefined;
  const type = action === 'ssh_session_closed' ? END : START;
  return connection(action, found.peer, { 'event.category': SESSION, 'event.type': type, 'user.name': found.user });
}

/** `PAM: Authentication failure for [illegal user ]U from ADDR` (keyboard-interactive on BSD and macOS). */
function pamFailure(message: string): Parsed | undefined {
  const at = message.indexOf(' for ');
  const found = at === -1 ? undefined : userAndPeer(message.slice(at + 5));
  if (found === undefined) return undefined;
  return connection('pam_authentication', found.peer, {
    'event.category': AUTHENTICATION,
    'event.outcome': 'failure',
    'user.name': found.user,
  });
}

type Rule = readonly [prefix: string, read: (message: string) => Parsed | undefined];

/** Tried in order; the frequent ones stand first. */
const RULES: readonly Rule[] = [
  ['Failed ', (m) => attempt('Failed', m)],
  ['Invalid user ', invalidUser],
  ['Illegal user ', invalidUser],
  ['Connection closed by ', (m) => ended(m.slice(21), 'ssh_disconnect')],
  ['Connection reset by ', (m) => ended(m.slice(20), 'ssh_disconnect')],
  ['Disconnected from ', (m) => ended(m.slice(18), 'ssh_disconnect')],
  ['Received disconnect from ', (m) => connection('ssh_disconnect', readPeer(m.slice(25)), { 'event.type': END })],
  ['Accepted ', (m) => attempt('Accepted', m)],
  ['Connection from ', (m) => connection('ssh_connect', readPeer(m.slice(16)), { 'event.type': START })],
  ['maximum authentication attempts exceeded for ', (m) => exceeded(m.slice(45))],
  ['Disconnecting ', (m) => disconnecting(m.slice(14))],
  ['Disconnecting: ', (m) => disconnecting(m.slice(15))],
  ['Unable to negotiate with ', (m) => connection('ssh_negotiation_failed', readPeer(m.slice(25)))],
  ['Did not receive identification string from ', (m) => connection('ssh_probe', readPeer(m.slice(43)))],
  ['Bad protocol version identification ', (m) => connection('ssh_probe', lastPeer(m, ' from '))],
  ['banner exchange: Connection from ', (m) => connection('ssh_probe', readPeer(m.slice(33)))],
  ['Protocol major versions differ for ', (m) => connection('ssh_probe', readPeer(m.slice(35)))],
  ['Timeout before authentication for connection from ', (m) => connection('ssh_timeout', readPeer(m.slice(50)))],
  ['Timeout before authentication for ', (m) => connection('ssh_timeout', readPeer(m.slice(34)))],
  ['User ', notAllowed],
  ['refused connect from ', refused],
  ['ROOT LOGIN REFUSED FROM ', (m) => connection('ssh_user_refused', readPeer(m.slice(24)), { 'user.name': 'root' })],
  ['drop connection ', dropped],
  ['reverse mapping checking ', reverseMapping],
  ['Address ', reverseMapping],
  ['ssh_dispatch_run_fatal: Connection from ', (m) => ended(m.slice(40), 'ssh_disconnect')],
  ['Starting session: ', (m) => session(m, 'ssh_session_opened', ' for ')],
  ['Close session: ', (m) => session(m, 'ssh_session_closed', 'user ')],
  ['PAM: ', pamFailure],
];

export const sshd: Parser = {
  name: 'sshd',
  programs: ['sshd', 'sshd-session', 'sshd-auth'],
  dataset: 'system.auth',
  service: 'sshd',
  category: 'authentication',
  namesItself: true,
  signatures: [
    {
      starts: 'Failed ',
      has: [' from ', ' port ', ' ssh2'],
      test: /^Failed [\w/-]{1,40} for .+ from \S+ port \d{1,5} ssh2/,
    },
    {
      starts: 'Accepted ',
      has: [' from ', ' port ', ' ssh2'],
      test: /^Accepted [\w/-]{1,40} for .+ from \S+ port \d{1,5} ssh2/,
    },
    { starts: 'Invalid user ', has: [' from ', ' port '], test: / from \S+ port \d{1,5}$/ },
  ],
  parse(message) {
    // Levels that sshd writes before the text; the text is the same with or without them.
    const plain = message.startsWith('error: ') || message.startsWith('fatal: ') ? message.slice(7) : message;
    for (const [prefix, read] of RULES) {
      if (plain.startsWith(prefix)) return read(plain);
    }
    return undefined;
  },
};

/**
 * Asterisk 11–22 (and FreePBX): the security log (res_security_log.c) and what chan_sip, PJSIP, IAX and the manager say.
 *
 *   SECURITY[7] res_security_log.c: SecurityEvent="InvalidPassword",…,AccountID="A",…,LocalAddress="IPV4/UDP/B/5060",RemoteAddress="IPV4/UDP/C/5060",…
 *   NOTICE[7] chan_sip.c: Registration from '"N" <sip:A@B>' failed for 'C:5060' - Wrong password
 *
 * Account, challenge and response are the caller's and quotes in them are not escaped. So a security event in which a name
 * stands twice keeps its kind and loses its addresses.
 */
import { setEndpoint } from '../address.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const HEAD =
  /^(SECURITY|NOTICE|WARNING|ERROR|VERBOSE|DEBUG)\[\d{1,10}\](?:\[C-[\da-f]{1,8}\])?:? (?:[\w./-]{1,80}\.c(?::\d{1,6})?(?:(?: in)? \w{1,80})?: ?)?/;
const KIND = /^SecurityEvent="(\w{1,40})",/;

const REFUSED = new Set(['InvalidAccountID', 'InvalidPassword', 'ChallengeResponseFailed', 'AuthMethodNotAllowed']);
const DENIED = new Set([
  'FailedACL',
  'RequestNotAllowed',
  'RequestNotSupported',
  'RequestBadFormat',
  'UnexpectedAddress',
]);

/** The value of a name that stands exactly once. */
function once(text: string, name: string): string | undefined {
  const mark = `,${name}="`;
  const at = text.indexOf(mark);
  if (at === -1 || text.includes(mark, at + 1)) return undefined;
  const end = text.indexOf('"', at + mark.length);
  return end === -1 ? undefined : text.slice(at + mark.length, end);
}

function setSide(draft: Draft, value: string | undefined, side: 'source' | 'destination'): void {
  const [family, transport = '', address, port] = (value ?? '').split('/');
  if (address === undefined || port === undefined || !/^IPV[46]$/i.test(family ?? '')) return;
  setEndpoint(draft, `[${address}]:${port}`, side);
  draft['network.transport'] = transport.toLowerCase();
}

function security(text: string): Parsed | undefined {
  const kind = KIND.exec(text)?.[1];
  if (kind === undefined) return undefined;
  const draft: Draft = { ...meaning(kind), 'event.code': kind };
  const account = once(text, 'AccountID');
  if (account !== undefined && account !== '') draft['user.name'] = account;
  const service = once(text, 'Service');
  if (service !== undefined) draft['network.protocol'] = service.toLowerCase();
  setSide(draft, once(text, 'LocalAddress'), 'destination');
  setSide(draft, once(text, 'RemoteAddress'), 'source');
  const session = once(text, 'SessionID');
  return session === undefined ? draft : { ...draft, 'session.id': session };
}

function meaning(kind: string): Parsed {
  if (REFUSED.has(kind)) return LOGIN_FAILED;
  if (kind === 'SuccessfulAuth') return LOGIN_ACCEPTED;
  const type = DENIED.has(kind) ? 'denied' : 'info';
  return { 'event.category': NETWORK, 'event.type': [type], 'event.action': 'security_event' };
}

const call = (action: string, type: string): Parsed => ({
  'event.category': NETWORK,
  'event.type': [type],
  'event.action': action,
});
const { parse: worded } = wordings([
  {
    starts: "Registration from '",
    pattern:
      /^Registration from '.{0,1024}<?sips?:(?<user>[^@>']{0,256})(?:@[^>']{0,256})?>?' failed for '(?<peer>[\da-fA-F.:[\]]{3,60})' - (?<reason>[^']{1,200})$/,
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Request ',
    has: " failed for '",
    pattern:
      /^Request (?:'[A-Z]{3,12}' )?from '.{0,1024}<?sips?:(?<user>[^@>']{0,256})(?:@[^>']{0,256})?>?' failed for '(?<peer>[\da-fA-F.:[\]]{3,60})' \(callid: .{0,300}\) - (?<reason>Failed to authenticate|No matching endpoint found|Not match Endpoint(?: Contact)? ACL|Endpoint.{0,100})(?: after \d{1,9} tries in [\d.]{1,16} ms)?$/,
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Failed to authenticate device ',
    pattern: /^Failed to authenticate device [^<]{0,256}<sips?:(?<user>[^@>]{0,256})[@>]/,
    fields: LOGIN_FAILED,
  },
  {
    has: ' rejected because extension not found',
    pattern:
      /^Call from '.{0,256}' \((?<peer>[\da-fA-F.:[\]]{3,60})\) to extension '.{0,256}' (?<reason>rejected because extension not found) in context '/,
    fields: call('call_rejected', 'denied'),
  },
  {
    has: ' failed to authenticate as ',
    pattern: /^(?<ip>[\da-fA-F.:]{2,45}) failed to authenticate as '(?<user>.*)'$/s,
    fields: LOGIN_FAILED,
  },
  {
    has: " tried to authenticate with nonexistent user '",
    pattern: /^(?<ip>[\da-fA-F.:]{2,45}) (?<reason>tried to authenticate with nonexistent user) '(?<user>.*)'$/s,
    fields: LOGIN_FAILED,
  },
  {
    has: ' failed MD5 authentication for ',
    pattern: /^Host (?<ip>[\da-fA-F.:]{2,45}) failed MD5 authentication for '(?<user>.*)' \(/s,
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Host ',
    has: ' denied access to register peer ',
    pattern: /^Host (?<ip>[\da-fA-F.:]{2,45}) denied access to register peer '(?<user>.*)'$/s,
    fields: LOGIN_FAILED,
  },
  {
    has: ' logged on from ',
    pattern: /^Manager '(?<user>.*)' logged on from (?<ip>[\da-fA-F.:]{2,45})$/s,
    fields: LOGIN_ACCEPTED,
  },
]);

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  const text = head === null ? message : message.slice(head[0].length);
  const said = security(text) ?? worded(text, line);
  const level = levelOf(head?.[1] === 'SECURITY' ? 'NOTICE' : (head?.[1] ?? ''));
  return said === undefined || level === undefined ? said : { ...said, 'log.level': level };
}

export const asterisk: Parser = {
  name: 'asterisk',
  programs: ['asterisk'],
  types: ['freepbx'],
  paths: ['/asterisk/'],
  dataset: 'asterisk.log',
  product: 'asterisk',
  service: 'asterisk',
  signatures: [
    { starts: 'SECURITY[', has: ['SecurityEvent="'], test: HEAD },
    { starts: 'NOTICE[', has: ["Registration from '", "' failed for '"], test: HEAD },
    { starts: 'NOTICE[', has: ['Request ', " from '", "' failed for '"], test: HEAD },
    { starts: 'NOTICE[', has: [' to authenticate '], test: HEAD },
  ],
  parse,
};

/**
 * Cisco ASA, Firepower and IOS: `%FACILITY-SEVERITY-NAME: TEXT`, the texts those of the devices' system message guides. IOS puts a counter and
 * a stamp of its own in front.
 */
import { withServiceType } from '../application.ts';
import { CONFIGURATION, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, NETWORK, PACKET_ALLOWED, PACKET_DENIED } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Line, Parsed } from './parser.ts';

const denied = { ...PACKET_DENIED, 'labels.category': 'firewall' };
const allowed = { ...PACKET_ALLOWED, 'labels.category': 'firewall' };
const net = (action: string, type: string): Parsed => ({
  'event.category': NETWORK,
  'event.type': ['connection', type],
  'event.action': action,
});
const IP = String.raw`[\da-fA-F:.]{2,45}`;
const re = (source: string): RegExp => new RegExp(source, 's');
const SIDES = String.raw`\S{1,48}?:(?<ip>${IP})\/(?<port>\d{1,5}) ?(?:\([^()]{1,90}\) ?){0,3}to \S{1,48}?:(?<server>${IP})\/(?<toPort>\d{1,5})`;

/** The destination's address has no group of its own in the table of groups: `to`. */
const sides = SIDES.replace('<server>', '<to>');

const { parse: worded } = wordings([
  {
    starts: 'Deny ',
    pattern: re(
      String.raw`^Deny (?<protocol>\w{1,16}) src (?<interface>[^\s:]{1,48}):(?<ip>${IP})(?:\/(?<port>\d{1,5}))?(?:\([^()]{1,90}\))? dst [^\s:]{1,48}:(?<to>${IP})(?:\/(?<toPort>\d{1,5}))?(?:\([^()]{1,90}\))?(?: \(type \d{1,3}, code \d{1,3}\))? by access-group "(?<rule>[^"]{1,128})"`,
    ),
    fields: denied,
  },
  {
    has: ' connection denied from ',
    pattern: re(
      String.raw`^Inbound (?<protocol>\w{1,8}) connection denied from (?<ip>${IP})\/(?<port>\d{1,5}) to (?<to>${IP})\/(?<toPort>\d{1,5}) (?:flags [\w ]{1,40}? {1,2})?on interface (?<interface>\S{1,48})`,
    ),
    fields: denied,
  },
  {
    starts: 'Deny ',
    pattern: re(
      String.raw`^Deny (?:inbound |IP |tcp )?(?<protocol>\w{1,16})? ?(?:\([^()]{1,40}\) )?from (?<ip>${IP})(?:\/(?<port>\d{1,5}))? to (?<to>${IP})(?:\/(?<toPort>\d{1,5}))?`,
    ),
    fields: denied,
  },
  {
    starts: 'access-list ',
    pattern: re(
      String.raw`^access-list (?<rule>\S{1,128}) denied (?<protocol>\w{1,16}) (?<interface>[^\s\/]{1,48})\/(?<ip>${IP})\((?<port>\d{1,5})\)(?:\([^()]{1,90}\))? -> [^\s\/]{1,48}\/(?<to>${IP})\((?<toPort>\d{1,5})\)`,
    ),
    fields: denied,
  },
  {
    starts: 'access-list ',
    pattern: re(
      String.raw`^access-list (?<rule>\S{1,128}) (?:permitted|est-allowed) (?<protocol>\w{1,16}) (?<interface>[^\s\/]{1,48})\/(?<ip>${IP})\((?<port>\d{1,5})\)(?:\([^()]{1,90}\))? -> [^\s\/]{1,48}\/(?<to>${IP})\((?<toPort>\d{1,5})\)`,
    ),
    fields: allowed,
  },
  {
    starts: 'list ',
    pattern: re(
      String.raw`^list (?<rule>\S{1,128}) denied (?<protocol>\w{1,16}) (?<ip>${IP})(?:\((?<port>\d{1,5})\))? (?:\([^()]{1,64}\) )?-> (?<to>${IP})(?:\((?<toPort>\d{1,5})\))?`,
    ),
    fields: denied,
  },
  {
    starts: 'list ',
    pattern: re(
      String.raw`^list (?<rule>\S{1,128}) permitted (?<protocol>\w{1,16}) (?<ip>${IP})(?:\((?<port>\d{1,5})\))? (?:\([^()]{1,64}\) )?-> (?<to>${IP})(?:\((?<toPort>\d{1,5})\))?`,
    ),
    fields: allowed,
  },
  {
    starts: 'Built ',
    pattern: re(String.raw`^Built inbound (?<protocol>\w{1,8}) connection \d{1,12} for ${sides}`),
    fields: allowed,
  },
  {
    // Outbound the far side stands first.
    starts: 'Built ',
    pattern: re(
      String.raw`^Built outbound (?<protocol>\w{1,8}) connection \d{1,12} for ${sides.replace('<ip>', '<x>').replace('<port>', '<y>').replace('<to>', '<ip>').replace('<toPort>', '<port>').replace('<x>', '<to>').replace('<y>', '<toPort>')}`,
    ),
    fields: allowed,
  },
  {
    starts: 'Teardown ',
    pattern: re(String.raw`^Teardown (?<protocol>\w{1,8}) connection \d{1,12} for ${sides}`),
    fields: net('connection_closed', 'end'),
  },
  {
    starts: 'Login denied from ',
    pattern: re(
      String.raw`^Login denied from (?<ip>${IP})\/(?<port>\d{1,5}) to \S{1,48}?:(?<to>${IP})\/\S{1,16} for user "(?<user>.*)"$`,
    ),
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Login permitted from ',
    pattern: re(
      String.raw`^Login permitted from (?<ip>${IP})\/(?<port>\d{1,5}) to \S{1,48}?:(?<to>${IP})\/\S{1,16} for user "(?<user>.*)"$`,
    ),
    fields: LOGIN_ACCEPTED,
  },
  {
    starts: 'AAA user authentication Rejected : ',
    pattern: re(
      String.raw`^AAA user authentication Rejected : reason = (?<reason>[^:]{1,128}?) : (?:server|local database) ?(?:= ${IP} )?: user = (?<user>.*?)(?: : user IP = (?<ip>${IP}))?$`,
    ),
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Login failed [user: ',
    pattern: re(
      String.raw`^Login failed \[user: (?<user>.*)\] \[Source: (?<ip>${IP})\] \[localport: (?<toPort>\d{1,5})\](?: \[Reason: (?<reason>[^\[\]]{1,128})\])?`,
    ),
    fields: LOGIN_FAILED,
  },
  {
    starts: 'Login Success [user: ',
    pattern: re(
      String.raw`^Login Success \[user: (?<user>.*)\] \[Source: (?<ip>${IP})\] \[localport: (?<toPort>\d{1,5})\]`,
    ),
    fields: LOGIN_ACCEPTED,
  },
  {
    starts: 'Configured from ',
    pattern: re(String.raw`^Configured from \S{1,40} by (?<user>\S{1,128})(?: on \S{1,16})?(?: \((?<ip>${IP})\))?`),
    fields: { 'event.category': CONFIGURATION, 'event.type': ['change'], 'event.action': 'configuration_change' },
  },
  {
    starts: "User '",
    pattern: re(
      String.raw`^User '(?<user>[^']{1,128})',? (?:running '[^']{1,40}' from IP (?<ip>${IP}), )?executed (?:the )?'(?<command>.*)'(?: command)?\.?$`,
    ),
    fields: { 'event.category': CONFIGURATION, 'event.type': ['info'], 'event.action': 'command' },
  },
  {
    starts: 'Group = ',
    has: 'Session disconnected',
    pattern: re(String.raw`^Group = [^,]{1,128}, Username = (?<user>.*), IP = (?<ip>${IP}), Session disconnected\. `),
    fields: LOGOUT,
  },
  {
    has: ', changed state to ',
    pattern: /^(?:Line protocol on )?Interface (?<interface>[\w./-]{1,48}), changed state to (?<state>[\w ]{2,32})$/,
    fields: { 'event.category': NETWORK, 'event.type': ['change'], 'event.action': 'link_state' },
  },
]);

const HEAD =
  /^(?:\d{1,10}: )?(?:[\w.:-]{1,64}: )?(?:[*.]?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?[\d:.]{8,15}(?: [A-Z]{3,4})?: )?(?:: )?%([A-Z][A-Z0-9_]{1,31})-(?:[\w-]{1,24}-)?([0-7])-([A-Z0-9_]{2,40}) ?: ?/;
const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'];

/** Facilities of logins and of what was typed: Sigma's rules for both are of its service aaa. */
const AAA: ReadonlySet<string> = new Set('AAA AAAA PARSER SEC_LOGIN LOGIN TAC TACACS RADIUS HA_EM SHELL'.split(' '));
const AUTHENTICATION = /^(?:111008|111009|111010|113\d{3}|605\d{3}|611\d{3})$/;
const BAD_DIGEST = /MD5|BADAUTH/;

/** Sigma's services, by the facility. Of a TCP session whose digest is wrong the port tells the protocol. */
function servicesOf(facility: string, name: string, message: string): readonly string[] {
  const digest = BAD_DIGEST.test(name);
  if (facility.startsWith('BGP') || (digest && message.includes(':179'))) return BGP;
  if (/^(?:LDP|TAGCON)/.test(facility) || (digest && /LDP|:646\b/.test(message))) return LDP;
  return AAA.has(facility) || AUTHENTICATION.test(name) ? ACCOUNTED : OTHERS;
}
const OTHERS = ['cisco', 'syslog'] as const;
const ACCOUNTED = [...OTHERS, 'aaa'] as const;
const BGP = [...OTHERS, 'bgp'] as const;
const LDP = [...OTHERS, 'ldp'] as const;

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const [, facility = '', severity, name = ''] = head;
  const asa = facility === 'ASA' || facility === 'FTD' || facility === 'PIX';
  return {
    'labels.service': servicesOf(facility, name, message),
    'event.category': NETWORK,
    'event.type': ['info'],
    'event.action': asa ? `message_${name}` : name.toLowerCase(),
    ...worded(message.slice(head[0].length), line),
    'event.code': asa ? name : `${facility}-${severity ?? ''}-${name}`,
    'log.level': LEVELS[Number(severity)] ?? 'informational',
    'event.dataset': asa ? 'cisco.asa' : 'cisco.ios',
  };
}

const FACILITIES = (
  'ASA FTD SEC_LOGIN SEC SYS LINK LINEPROTO PARSER AAA AAAA HA_EM TAC RADIUS SSH TCP IP-TCP IP BGP LDP OSPF DUAL ' +
  'SNMP CRYPTO DOT1X AUTHMGR PORT_SECURITY SPANTREE CDP DHCP_SNOOPING SW_DAI ROUTING SECURITY-LOGIN PLATFORM'
).split(' ');

export const cisco = withServiceType({
  name: 'cisco',
  programs: ['cisco', 'asa', 'ciscoasa'],
  types: ['cisco-asa', 'cisco-ios', 'cisco-ftd', 'ios'],
  paths: ['/cisco', 'cisco'],
  signatures: FACILITIES.map((facility) => `%${facility}-`).map((has) => ({
    has: [has],
    test: HEAD,
  })),
  dataset: 'cisco.log',
  product: 'cisco',
  service: 'cisco',
  parse,
});

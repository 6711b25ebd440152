/**
 * MikroTik RouterOS 6 and 7: `TOPIC,TOPIC,LEVEL TEXT`, by syslog with or without the router's name in front.
 *
 *   firewall,info PREFIX CHAIN: in:IF out:IF, connection-state:new src-mac MAC, proto TCP (SYN), ADDR:PORT->ADDR:PORT, len 52
 *
 * PREFIX is the owner's word for the rule. An account's name stands between what RouterOS writes around it.
 */
import { setEndpoint } from '../address.ts';
import { withServiceType } from '../application.ts';
import { verdictBy, transportOf } from '../detection.ts';
import { CONFIGURATION, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, NETWORK, toNumber } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { verdictOf } from '../packet.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const TOPICS =
  'firewall system dhcp wireless interface ppp pppoe l2tp pptp sstp ovpn ipsec wireguard hotspot dns script route bridge caps wifi radius ssh web-proxy certificate snmp ntp upnp backup error critical warning account'.split(
    ' ',
  );
const HEAD = /^(?:[\w.:-]{1,64} )?([a-z][a-z0-9-]{1,15}(?:,[!a-z][a-z0-9-]{1,15}){1,8}):? /;
const CHAIN = /^(?:(.{1,128}?):? )?(\S{1,64}): in:/;
const INTERFACES = /^in:(.{1,64}?) out:(.{1,64}?), /;
const PROTOCOL = /^proto ([\w.-]{1,16})(?: \(([\w ,]{1,40})\))?, ([\da-f.:[\]]{2,60})->([\da-f.:[\]]{2,60})(?:,|$)/i;
/** Connection states and marks, and addresses of cards, stand in front of the protocol. */
const MOST_BEFORE = 400;

const session = (action: string, type: string): Parsed => ({
  'event.category': NETWORK,
  'event.type': ['connection', type],
  'event.action': action,
});
const changed = { 'event.category': CONFIGURATION, 'event.type': ['change'], 'event.action': 'configuration_change' };

const { parse: worded } = wordings([
  {
    starts: 'login failure for user ',
    pattern: /^login failure for user (?<user>.*) from (?<ip>[\da-fA-F:.%\w]{2,60}) via (?<reason>[\w-]{1,24})$/s,
    fields: LOGIN_FAILED,
  },
  {
    starts: 'login failure for user ',
    pattern: /^login failure for user (?<user>.*) via (?<reason>[\w-]{1,24})$/s,
    fields: LOGIN_FAILED,
  },
  {
    starts: 'user ',
    pattern: /^user (?<user>.*) logged in from (?<ip>[\da-fA-F:.%\w]{2,60}) via [\w-]{1,24}$/s,
    fields: LOGIN_ACCEPTED,
  },
  { starts: 'user ', pattern: /^user (?<user>.*) logged in via [\w-]{1,24}$/s, fields: LOGIN_ACCEPTED },
  {
    starts: 'user ',
    pattern: /^user (?<user>.*) logged out from (?<ip>[\da-fA-F:.%\w]{2,60}) via [\w-]{1,24}$/s,
    fields: LOGOUT,
  },
  { starts: 'user ', pattern: /^user (?<user>.*) logged out via [\w-]{1,24}$/s, fields: LOGOUT },
  {
    has: ' authentication failed',
    pattern: /^(?:<[\w.-]{1,64}>: )?user (?<user>.*) authentication failed/s,
    fields: LOGIN_FAILED,
  },
  {
    has: ' logged in, ',
    pattern: /^(?:<[\w.-]{1,64}>: )?(?<user>\S{1,128}) logged in, (?<ip>[\da-fA-F:.]{2,45})(?: from \S{1,64})?$/,
    fields: LOGIN_ACCEPTED,
  },
  {
    has: ' logged out, ',
    pattern: /^(?:<[\w.-]{1,64}>: )?(?<user>\S{1,128}) logged out, /,
    fields: LOGOUT,
  },
  {
    has: ' assigned ',
    pattern:
      /^\S{1,64} assigned (?<ip>[\da-fA-F:.]{2,45}) (?:to|for) (?<mac>[\dA-Fa-f:]{17})(?: (?<hostname>\S{1,128}))?/,
    fields: session('dhcp_lease', 'start'),
  },
  {
    has: ' deassigned ',
    pattern:
      /^\S{1,64} deassigned (?<ip>[\da-fA-F:.]{2,45}) (?:from|for) (?<mac>[\dA-Fa-f:]{17})(?: (?<hostname>\S{1,128}))?/,
    fields: session('dhcp_lease', 'end'),
  },
  {
    has: ': connected',
    pattern: /^(?<mac>[\dA-F:]{17})@(?<interface>[^\s:]{1,64}):? connected/i,
    fields: session('wireless_client', 'start'),
  },
  {
    has: ': disconnected',
    pattern: /^(?<mac>[\dA-F:]{17})@(?<interface>[^\s:]{1,64}):? disconnected/i,
    fields: session('wireless_client', 'end'),
  },
  { has: ' link up', pattern: /^(?<interface>\S{1,64}) link up/, fields: session('link_up', 'start') },
  { has: ' link down', pattern: /^(?<interface>\S{1,64}) link down/, fields: session('link_down', 'end') },
  {
    has: ' by ',
    pattern:
      /^.{1,200} (?:added|changed|removed|moved|created|deleted|set) by (?:[^\s@]{1,80}:)?(?<user>[^\s@/():]{1,64})@(?<ip>[\da-fA-F:.]{2,45})(?:[/ (]|$)/,
    fields: changed,
  },
  {
    has: ' by ',
    pattern: /^.{1,200} (?:added|changed|removed|moved|created|deleted) by (?<user>[^\s@/()]{1,64})$/,
    fields: changed,
  },
  {
    starts: 'router rebooted',
    fields: { 'event.category': ['host'], 'event.type': ['start'], 'event.action': 'system_booted' },
  },
]);

function packet(text: string): Draft | undefined {
  const head = CHAIN.exec(text);
  if (head === null) return undefined;
  const rest = text.slice(head[0].length - 3);
  const interfaces = INTERFACES.exec(rest);
  if (interfaces === null) return undefined;
  const start = rest.slice(0, interfaces[0].length + MOST_BEFORE).indexOf('proto ', interfaces[0].length);
  const found = start === -1 ? null : PROTOCOL.exec(rest.slice(start, start + MOST_BEFORE));
  if (found === null) return undefined;
  const mac = / ?src-mac ([\da-f:]{17})/i.exec(rest.slice(interfaces[0].length, start))?.[1];
  const label = head[1] ?? '';
  const [, protocol = '', flags, from = '', to = ''] = found;
  const draft: Draft = { ...(label === '' ? verdictBy('') : verdictOf(label)), 'labels.category': 'firewall' };
  if (label !== '') draft['rule.name'] = label;
  draft['rule.ruleset'] = head[2] ?? '';
  setInterface(draft, 'ingress', interfaces[1]);
  setInterface(draft, 'egress', interfaces[2]);
  if (mac !== undefined) draft['source.mac'] = mac.replaceAll(':', '-').toUpperCase();
  draft['network.transport'] = transportOf(protocol);
  if (flags !== undefined && /tcp/i.test(protocol)) draft['mikrotik.tcp.flags'] = flags.toLowerCase().split(',');
  setEndpoint(draft, from);
  setEndpoint(draft, to, 'destination');
  const length = toNumber(/, len (\d{1,9})$/.exec(rest.slice(-24))?.[1]);
  if (length !== undefined) draft['network.bytes'] = length;
  return draft;
}

/** `(unknown 0)` and `(none)` are the router itself. */
function setInterface(draft: Draft, side: 'ingress' | 'egress', name = ''): void {
  if (name !== '' && !name.startsWith('(')) draft[`observer.${side}.interface.name`] = name;
}

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  const topics = head?.[1]?.split(',') ?? [];
  if (head === null || !topics.some((topic) => TOPICS.includes(topic))) return undefined;
  const text = message.slice(head[0].length);
  const isPacket = topics[0] === 'firewall';
  // With `remote-log-format=default` the router's own name may stand behind the topics: `system,info,account gw: user …`.
  const inner = isPacket ? text : text.replace(/^[\w.-]{1,64}: (?=user |login failure )/, '');
  const parsed = isPacket ? packet(text) : worded(inner, line);
  const level = topics.map((topic) => levelOf(topic)).findLast((found) => found !== undefined);
  const about = { 'mikrotik.topics': topics, ...(level === undefined ? {} : { 'log.level': level }) };
  return { 'event.category': NETWORK, 'event.type': ['info'], 'event.action': topics[0] ?? '', ...parsed, ...about };
}

const SIGNED =
  /^(?:[\w.:-]{1,64} )?(?:[a-z0-9-]{2,16},){1,8}(?:info|debug|warning|error|critical|account|packet|raw)(?:,[a-z!-]{2,16}){0,3}:? /;

export const mikrotik = withServiceType({
  name: 'mikrotik',
  programs: ['mikrotik', 'routeros'],
  paths: ['/mikrotik', 'mikrotik.log', 'routeros'],
  signatures: [
    'firewall,',
    'system,',
    'dhcp,',
    'wireless,',
    'interface,',
    'ppp,',
    'ipsec,',
    'ovpn,',
    'wireguard,',
    'hotspot,',
    'script,',
    'caps,',
  ].map((has) => ({ has: [has], test: SIGNED })),
  dataset: 'mikrotik.log',
  product: 'mikrotik',
  service: 'mikrotik',
  parse,
});

/**
 * strongSwan's charon: `THREAD[GROUP] <CONNECTION|SA> text`. One thread handles one packet: what it says between two `received
 * packet:` lines is about that packet's sender, who is added to lines that name nobody.
 */
import { setEndpoint } from '../address.ts';
import { AUTHENTICATION, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK, SESSION } from '../ecs.ts';
import type { Memory } from '../memory.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const HEAD = /^(\d{2,3})\[([A-Z]{3})\d?\] (?:<([^<>]{1,128})> )?/;
const END = String.raw`([\w.:%]{2,64})\[(\d{1,5})\]`;

const net = (action: string, ...types: string[]): Parsed => ({
  'event.category': NETWORK,
  'event.type': types,
  'event.action': action,
});
const FAILED: Parsed = { ...LOGIN_FAILED, 'event.category': [...AUTHENTICATION, 'network'] };

const PACKET = new RegExp(`^(received|sending) packet: from ${END} to ${END} \\((\\d{1,6}) bytes\\)$`);

function packet(text: string): Draft | undefined {
  const match = PACKET.exec(text);
  if (match === null) return undefined;
  const [, way, from = '', fromPort = '', to = '', toPort = '', bytes] = match;
  const draft: Draft = { ...net(`packet_${way === 'received' ? 'received' : 'sent'}`, 'connection', 'info') };
  draft['network.direction'] = way === 'received' ? 'inbound' : 'outbound';
  draft['network.bytes'] = Number(bytes);
  setEndpoint(draft, `[${from}]:${fromPort}`);
  setEndpoint(draft, `[${to}]:${toPort}`, 'destination');
  return draft;
}

const { parse: worded } = wordings([
  {
    starts: 'EAP method ',
    pattern: /^(?<reason>EAP method \w{1,32} failed) for peer (?<user>.{1,256})$/,
    fields: FAILED,
  },
  {
    starts: 'EAP-MS-CHAPv2 verification failed',
    pattern: /^(?<reason>EAP-MS-CHAPv2 verification failed)/,
    fields: FAILED,
  },
  {
    starts: 'EAP method ',
    pattern: /^EAP method \w{1,32} succeeded(?:, (?:no )?MSK established)?$/,
    fields: { 'event.category': AUTHENTICATION, 'event.type': ['info'], 'event.action': 'eap_succeeded' },
  },
  {
    has: ' authentication of ',
    pattern: /^(?:XAuth|EAP\/RADIUS|RADIUS) authentication of '(?<user>.{1,256})' (?:\(myself\) )?failed/,
    fields: FAILED,
  },
  {
    has: ' authentication of ',
    pattern: /^(?:XAuth|EAP\/RADIUS|RADIUS) authentication of '(?<user>.{1,256})' (?:\(myself\) )?successful$/,
    fields: LOGIN_ACCEPTED,
  },
  {
    starts: 'authentication of ',
    pattern: /^authentication of '(?<user>.{1,256})' with [\w -]{1,64} successful$/,
    fields: LOGIN_ACCEPTED,
  },
  {
    starts: 'authentication of ',
    pattern: /^(?<reason>authentication) of '(?<user>.{1,256})' with [\w -]{1,64} failed/,
    fields: FAILED,
  },
  {
    starts: 'tried ',
    pattern: /^(?<reason>tried \d{1,4} shared keys?) for '.{1,256}?' - '(?<user>.{1,256})', but MAC mismatched$/,
    fields: FAILED,
  },
  { starts: 'received AUTHENTICATION_FAILED notify error', fields: FAILED },
  {
    starts: 'no shared key found for ',
    pattern: /^(?<reason>no shared key found) for '.{1,256}?' - '(?<user>.{1,256})'$/,
    fields: FAILED,
  },
  {
    has: ' is initiating a',
    pattern: /^(?<ip>[\da-fA-F.:]{2,45}) is initiating an? (?:IKE_SA|Main Mode IKE_SA|Aggressive Mode IKE_SA)/,
    fields: net('connect', 'connection', 'start'),
  },
  {
    starts: 'no IKE config found for ',
    pattern:
      /^(?<reason>no IKE config found) for [\da-fA-F.:]{2,45}\.\.\.(?<ip>[\da-fA-F.:]{2,45}), sending NO_PROPOSAL_CHOSEN$/,
    fields: net('connection_refused', 'connection', 'denied'),
  },
  {
    starts: 'IKE_SA ',
    has: ' established between ',
    pattern:
      /^IKE_SA \S{1,128} established between [\da-fA-F.:]{2,45}\[.{1,256}\]\.\.\.(?<ip>[\da-fA-F.:]{2,45})\[(?<user>.{1,256})\]$/,
    fields: {
      'event.category': [...SESSION, 'network'],
      'event.type': ['start'],
      'event.action': 'ike_sa_established',
      'event.outcome': 'success',
    },
  },
  {
    starts: 'deleting IKE_SA ',
    pattern:
      /^deleting IKE_SA \S{1,128} between [\da-fA-F.:]{2,45}\[.{1,256}\]\.\.\.(?<ip>[\da-fA-F.:]{2,45})\[(?<user>.{1,256})\]$/,
    fields: { 'event.category': [...SESSION, 'network'], 'event.type': ['end'], 'event.action': 'ike_sa_deleted' },
  },
  {
    starts: 'assigning virtual IP ',
    pattern: /^assigning virtual IP (?<hostIp>[\da-fA-F.:]{2,45}) to peer '(?<user>.{1,256})'$/,
    fields: net('address_assigned', 'info'),
  },
  {
    starts: 'no matching peer config found',
    pattern: /^(?<reason>no matching peer config found)/,
    fields: net('connection_refused', 'connection', 'denied'),
  },
]);

interface Sender {
  readonly ip: string;
  readonly port: number | undefined;
}

/** By thread, of which charon has 16 unless told otherwise. */
const senders = new WeakMap<Memory, Map<string, Sender>>();

function follow(thread: string, draft: Draft, line: Line): Draft {
  const known = senders.get(line.memory) ?? new Map<string, Sender>();
  senders.set(line.memory, known);
  const { 'source.ip': ip, 'source.port': port } = draft;
  if (draft['event.action'] === 'packet_received' && typeof ip === 'string') {
    if (known.size > 999) known.clear();
    known.set(thread, { ip, port: typeof port === 'number' ? port : undefined });
    return draft;
  }
  const sender = known.get(thread);
  if (ip !== undefined || sender === undefined) return draft;
  return { ...draft, 'source.ip': sender.ip, ...(sender.port === undefined ? {} : { 'source.port': sender.port }) };
}

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const [whole, thread = '', group = '', connection] = head;
  const text = message.slice(whole.length);
  const draft: Draft = { ...(packet(text) ?? worded(text, line) ?? net('ike_message', 'info')) };
  draft['log.logger'] = group;
  if (connection !== undefined) draft['session.id'] = connection;
  return follow(thread, draft, line);
}

export const strongswan: Parser = {
  name: 'strongswan',
  programs: ['charon', 'charon-systemd', 'strongswan', 'ipsec'],
  types: ['charon-ipsec', 'strongswan'],
  paths: ['charon.log', 'ipsec.log'],
  dataset: 'strongswan.log',
  service: ['charon', 'syslog'],
  signatures: [
    { has: ['[NET] ', ' packet: from '], test: /^\d{2,3}\[NET\] / },
    { has: ['[IKE] '], test: /^\d{2,3}\[IKE\] / },
  ],
  parse,
};

/**
 * DHCP: ISC's server and client (dhcpd.c, dhclient.c), dhcpcd, BusyBox's udhcpd and udhcpc, systemd-networkd, odhcpd. The client of
 * a lease is `source`: its address, its hardware address and the name that it gives itself.
 *
 *   DHCPACK on 192.0.2.50 to 00:00:5e:00:53:01 (phone) via eth0        server
 *   DHCPACK of 192.0.2.50 from 192.0.2.1 (xid=0x…)                     client
 */
import { setPeer } from '../address.ts';
import { NETWORK } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const dhcp = (action: string, type = 'protocol'): Parsed => ({
  'event.category': NETWORK,
  'event.type': [type],
  'event.action': action,
  'network.protocol': 'dhcp',
});

const SERVER =
  /^(DHCP(?:ACK|OFFER|DISCOVER|REQUEST|RELEASE|DECLINE|INFORM|NAK|EXPIRE))(?: (?:on|for|of|from))? ?([\d.]{7,15}|(?:[\da-f]{1,2}:){5}[\da-f]{1,2})?(?: \([\d.]{7,15}\))?(?: (?:to|from) ((?:[\da-f]{1,2}:){5}[\da-f]{1,2}|[\d.]{7,15}))?(?: \((.*)\))?(?: via (\S{1,64}))?(?::.*| \([^()]{0,64}\))?$/is;

const MAC = /^(?:[\da-f]{1,2}:){5}[\da-f]{1,2}$/i;
const V4 = /^\d[\d.]{6,14}$/;

/** Both sides write `DHCP…` first; a hardware address tells that it was the server. */
function server(message: string): Parsed | undefined {
  const match = SERVER.exec(message);
  if (match === null) return undefined;
  const [, kind = '', first = '', second = '', name, via] = match;
  const mac = [first, second].find((word) => MAC.test(word));
  const draft: Draft = { ...dhcp(kind.toLowerCase()) };
  if (mac === undefined) {
    if (V4.test(second)) draft['server.ip'] = second;
    if (V4.test(first)) draft['host.ip'] = [first];
    return draft;
  }
  draft['source.mac'] = mac.replaceAll(':', '-').toUpperCase();
  if (V4.test(first)) setPeer(draft, first);
  if (name !== undefined && name !== '') draft['source.domain'] = name;
  if (via !== undefined) draft['observer.ingress.interface.name'] = via;
  return draft;
}

const { parse: worded } = wordings([
  {
    starts: 'bound to ',
    pattern: /^bound to (?<hostIp>[\d.]{7,15}) -- renewal in \d{1,10} seconds\.$/,
    fields: dhcp('dhcp_bound'),
  },
  {
    has: ': leased ',
    pattern: /^(?<interface>[\w.-]{1,32}): leased (?<hostIp>[\d.]{7,15}) for /,
    fields: dhcp('dhcp_bound'),
  },
  {
    starts: 'lease of ',
    pattern: /^lease of (?<hostIp>[\d.]{7,15}) obtained(?: from (?<server>[\d.]{7,15}))?/,
    fields: dhcp('dhcp_bound'),
  },
  {
    starts: 'sending ACK to ',
    pattern: /^sending ACK to (?<ip>[\d.]{7,15})(?: (?<mac>(?:[\da-f]{2}:){5}[\da-f]{2}))?$/i,
    fields: dhcp('dhcpack'),
  },
  {
    starts: 'sending OFFER to ',
    pattern: /^sending OFFER to (?<ip>[\d.]{7,15})/,
    fields: dhcp('dhcpoffer'),
  },
  {
    has: ': DHCPv4 address ',
    pattern:
      /^(?<interface>[\w.-]{1,32}): DHCPv4 address (?<hostIp>[\d.]{7,15})(?:\/\d{1,2})?(?:,? gateway [\d.]{7,15})?(?: acquired from (?<server>[\d.]{7,15}))?$/,
    fields: dhcp('dhcp_bound'),
  },
  {
    has: 'no free leases',
    pattern: /^(?:DHCPDISCOVER from (?<mac>(?:[\da-f]{1,2}:){5}[\da-f]{1,2}) .{0,256})?no free leases$/is,
    fields: dhcp('dhcp_no_free_leases', 'error'),
  },
  { has: 'uid lease ', fields: dhcp('dhcp_duplicate_lease', 'error') },
]);

const parse = (message: string, line: Line): Parsed | undefined =>
  worded(message, line) ?? (message.startsWith('DHCP') ? server(message) : undefined);

export const dhcpParser: Parser = {
  name: 'dhcp',
  programs: [
    'dhcpd',
    'dhclient',
    'dhcpcd',
    'udhcpd',
    'udhcpc',
    'systemd-networkd',
    'odhcpd',
    'kea-dhcp4',
    'kea-dhcp6',
    'isc-dhcp-server',
  ],
  namesItself: true,
  dataset: 'system.syslog',
  service: 'syslog',
  parse,
};

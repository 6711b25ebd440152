/**
 * A packet as Linux's netfilter logs it (nf_log_syslog.c), for iptables, nftables and all firewalls made of them:
 *
 *   [UFW BLOCK] IN=eth0 OUT= MAC=DST:SRC:TYPE SRC=203.0.113.7 DST=192.0.2.10 LEN=44 … PROTO=TCP SPT=40022 DPT=22 … SYN URGP=0
 *
 * What stands in front of `IN=` was chosen by whoever made the rule; by custom it says what was done.
 */
import { setPeer } from './address.ts';
import { PACKET_ALLOWED, PACKET_DENIED, toNumber } from './ecs.ts';
import { pairsOf } from './logfmt.ts';
import type { Draft, Parsed } from './parsers/parser.ts';

const LOGGED: Parsed = { 'event.category': ['network'], 'event.type': ['connection'], 'event.action': 'packet_logged' };
const DENIED = /block|drop|rejec?t|den(?:y|ied)|-[DR]-\d/i;
const ALLOWED = /allow|accept|pass|permit|-A-\d/i;
const FLAGS: ReadonlySet<string> = new Set(['SYN', 'ACK', 'FIN', 'RST', 'PSH', 'URG', 'CWR', 'ECE']);

/** `[WAN_LOCAL-D-2147483647] DESCR="Block all"`, as UniFi's gateways write; `[UFW BLOCK]`. */
const LABEL = /^\[([^\]]{1,128})\](?: ?DESCR="([^"]{0,256})")?$/;

/** What was done is told by the rule's label; a description is only words. */
export function verdictOf(label: string): Parsed {
  if (DENIED.test(label)) return PACKET_DENIED;
  return ALLOWED.test(label) ? PACKET_ALLOWED : LOGGED;
}

export function packet(message: string): Parsed | undefined {
  const start = startOf(message);
  if (start === -1 || !message.includes(' DST=', start)) return undefined;
  const flags: string[] = [];
  const values = pairsOf(message, start, { bare: (word) => FLAGS.has(word) && flags.push(word.toLowerCase()) });
  const prefix = message.slice(0, start).trim();
  const [, label = prefix.replace(/:$/, '').slice(0, 256), description] = LABEL.exec(prefix) ?? [];
  const draft: Draft = { ...verdictOf(label), 'labels.category': 'firewall' };
  if (label !== '') draft['rule.name'] = label;
  if (description !== undefined) draft['rule.description'] = description;
  setPeer(draft, values['SRC'] ?? '', toNumber(values['SPT']));
  setPeer(draft, values['DST'] ?? '', toNumber(values['DPT']), 'destination');
  setInterfaces(draft, values);
  const protocol = values['PROTO'];
  if (protocol !== undefined) draft['network.transport'] = protocol.toLowerCase();
  if (flags.length > 0) draft['iptables.tcp.flags'] = flags;
  const length = toNumber(values['LEN']);
  if (length !== undefined) draft['network.bytes'] = length;
  return draft;
}

/** `IN=` where a word begins, and the addresses behind it. */
function startOf(message: string): number {
  if (message.startsWith('IN=')) return 0;
  const source = message.indexOf(' SRC=');
  const space = source === -1 ? -1 : message.lastIndexOf(' IN=', source);
  if (space !== -1) return space + 1;
  // OpenWrt and others leave no blank: `DROP wan in:IN=eth1`.
  const colon = source === -1 ? -1 : message.lastIndexOf(':IN=', source);
  return colon === -1 ? -1 : colon + 1;
}

function setInterfaces(draft: Draft, values: Readonly<Record<string, string>>): void {
  const { IN = '', OUT = '', MAC = '' } = values;
  if (IN !== '') draft['observer.ingress.interface.name'] = IN;
  if (OUT !== '') draft['observer.egress.interface.name'] = OUT;
  if (IN !== '' && OUT === '') draft['network.direction'] = 'ingress';
  else if (OUT !== '' && IN === '') draft['network.direction'] = 'egress';
  const bytes = MAC.split(':');
  if (bytes.length >= 12) draft['source.mac'] = bytes.slice(6, 12).join('-').toUpperCase();
}

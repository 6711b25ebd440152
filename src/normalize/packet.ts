/**
 * A packet as Linux's netfilter logs it (nf_log_syslog.c), for iptables, nftables and all firewalls made of them:
 *
 *   [UFW BLOCK] IN=eth0 OUT= MAC=DST:SRC:TYPE SRC=203.0.113.7 DST=192.0.2.10 LEN=44 … PROTO=TCP SPT=40022 DPT=22 … SYN URGP=0
 *
 * What stands in front of `IN=` was chosen by whoever made the rule; by custom it says what was done.
 */
import { setPeer } from './address.ts';
import { PACKET_ALLOWED, PACKET_DENIED, toNumber } from './ecs.ts';
import { kept } from './kept.ts';
import { picker } from './logfmt.ts';
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

interface Rule {
  readonly verdict: Parsed;
  readonly label: string;
  readonly description: string | undefined;
}

/** A firewall has few rules: what their labels say is remembered, for so many, then all are forgotten. */
const MAX_RULES = 256;
const MAX_LABEL = 80;
const rules = new Map<string, Rule>();

function ruleOf(prefix: string): Rule {
  const known = rules.get(prefix);
  if (known !== undefined) return known;
  const own = kept(prefix);
  const [, label = own.replace(/:$/, '').slice(0, 256), description] = LABEL.exec(own) ?? [];
  const rule = { verdict: verdictOf(label), label, description };
  if (own.length > MAX_LABEL) return rule;
  if (rules.size >= MAX_RULES) rules.clear();
  rules.set(own, rule);
  return rule;
}

const pick = picker(['SRC', 'SPT', 'DST', 'DPT', 'IN', 'OUT', 'MAC', 'PROTO', 'LEN']);

export function packet(message: string): Parsed | undefined {
  const start = startOf(message);
  if (start === -1 || !message.includes(' DST=', start)) return undefined;
  const flags: string[] = [];
  const [SRC = '', SPT, DST = '', DPT, IN = '', OUT = '', MAC = '', protocol, LEN] = pick(message, start, (word) => {
    if (FLAGS.has(word)) flags.push(word.toLowerCase());
  });
  const { verdict, label, description } = ruleOf(message.slice(0, start).trim());
  const draft: Draft = { ...verdict, 'labels.category': 'firewall' };
  if (label !== '') draft['rule.name'] = label;
  if (description !== undefined) draft['rule.description'] = description;
  setPeer(draft, SRC, toNumber(SPT));
  setPeer(draft, DST, toNumber(DPT), 'destination');
  setInterfaces(draft, IN, OUT);
  const mac = sourceOf(MAC);
  if (mac !== undefined) draft['source.mac'] = mac;
  if (protocol !== undefined) draft['network.transport'] = protocol.toLowerCase();
  if (flags.length > 0) draft['iptables.tcp.flags'] = flags;
  const length = toNumber(LEN);
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

function setInterfaces(draft: Draft, IN: string, OUT: string): void {
  if (IN !== '') draft['observer.ingress.interface.name'] = IN;
  if (OUT !== '') draft['observer.egress.interface.name'] = OUT;
  if (IN !== '' && OUT === '') draft['network.direction'] = 'ingress';
  else if (OUT !== '' && IN === '') draft['network.direction'] = 'egress';
}

/** Of `DESTINATION:SOURCE:TYPE`, bytes with colons between them, the second six. */
function sourceOf(addresses: string): string | undefined {
  let colons = 0;
  let start = 0;
  for (let at = 0; at < addresses.length; at++) {
    if (addresses.charCodeAt(at) !== 58) continue;
    if (++colons === 6) start = at + 1;
    if (colons === 12) return asMac(addresses.slice(start, at));
  }
  return colons === 11 ? asMac(addresses.slice(start)) : undefined;
}

const asMac = (bytes: string): string => bytes.replaceAll(':', '-').toUpperCase();

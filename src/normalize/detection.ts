/**
 * Events that are detections themselves: of an intrusion detection system, a honeypot, a banning daemon. And a firewall's verdicts, as
 * appliances name them.
 */
import type { Fields } from '#contract';
import { wordOf } from './application.ts';
import { PACKET_ALLOWED, PACKET_DENIED } from './ecs.ts';
import type { Draft, Parsed } from './parsers/parser.ts';

/** `rule.*` of who detected; the action says what was done about it. */
export function detection(
  action: string,
  rule: { readonly name?: string; readonly id?: string },
  ...types: string[]
): Draft {
  const draft: Draft = {
    'event.kind': 'alert',
    'event.category': ['intrusion_detection', 'network'],
    'event.type': types.length === 0 ? ['info'] : types,
    'event.action': action,
  };
  if (rule.name !== undefined && rule.name !== '') draft['rule.name'] = rule.name;
  if (rule.id !== undefined && rule.id !== '') draft['rule.id'] = rule.id;
  return draft;
}

/**
 * What a visitor did in a honeypot. It is no log-in to a machine of ours, so it is not in the category of log-ins: a password that
 * a honeypot accepts is no break-in. `rule.name` is the kind of visit.
 */
export const visit = (product: string, action: string, ...types: string[]): Draft =>
  detection(`honeypot_${action}`, { name: `${product}: ${action.replaceAll('_', ' ')}` }, ...types);

/** A log-in that the honeypot let pass or refused. */
export function visitLogin(product: string, accepted: boolean): Draft {
  return { ...visit(product, 'login', 'start'), 'event.outcome': accepted ? 'success' : 'failure' };
}

const LOGGED: Parsed = { 'event.category': ['network'], 'event.type': ['connection'], 'event.action': 'packet_logged' };
const DENIED = /^(?:block|drop|reject|den(?:y|ied)|reset|discard|timeout-den|prevent|quarantin)/i;
const ALLOWED =
  /^(?:pass|permit|allow|accept|built|forward|close|client-rst|server-rst|timeout|start|ip-conn|nat|rdr)/i;

/** By an appliance's word for what it did with a packet or a connection: `deny`, `blocked`, `accept`, `close`. */
export function verdictBy(word: string): Parsed {
  if (DENIED.test(word)) return PACKET_DENIED;
  return ALLOWED.test(word) ? PACKET_ALLOWED : LOGGED;
}

const PROTOCOLS = new Map([
  ['1', 'icmp'],
  ['2', 'igmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['41', 'ipv6'],
  ['47', 'gre'],
  ['50', 'esp'],
  ['51', 'ah'],
  ['58', 'ipv6-icmp'],
  ['icmpv6', 'ipv6-icmp'],
  ['icmp6', 'ipv6-icmp'],
  ['89', 'ospf'],
  ['132', 'sctp'],
]);

/** `TCP`, `6` → `tcp`. */
export const transportOf = (text: string): string => PROTOCOLS.get(text.toLowerCase()) ?? text.toLowerCase();

/** A number of a record, also one written as text. */
export function numberOf(record: Fields, name: string): number | undefined {
  const word = wordOf(record, name);
  return word !== undefined && /^\d{1,15}$/.test(word) ? Number(word) : undefined;
}

/** A port; 0 is none. */
export function portOf(record: Fields, name: string): number | undefined {
  const port = numberOf(record, name);
  return port !== undefined && port > 0 && port < 65_536 ? port : undefined;
}

export function setNumbers(
  into: Draft,
  record: Fields,
  names: readonly (readonly [name: string, field: string])[],
): void {
  for (const [name, field] of names) {
    const number = numberOf(record, name);
    if (number !== undefined) into[field] = number;
  }
}

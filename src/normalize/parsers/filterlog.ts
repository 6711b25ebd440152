/**
 * The packet filter's log of pfSense and OPNsense, as CSV: `RULE,SUB,ANCHOR,TRACKER,IF,REASON,ACTION,DIRECTION,VERSION,…`. What follows
 * depends on the version of IP, then on the protocol (Netgate's "Raw Filter Log Format").
 */
import { setPeer } from '../address.ts';
import { withServiceType } from '../application.ts';
import { transportOf, verdictBy } from '../detection.ts';
import { toNumber } from '../ecs.ts';
import type { Draft, Parsed } from './parser.ts';

const SHAPE = /^\d{0,6},\d{0,6},[^,]{0,64},[\w-]{0,64},[\w.]{1,32},[\w-]{1,24},\w{2,10},(?:in|out|in\/out),[46],/;

function parse(message: string): Parsed | undefined {
  if (!SHAPE.test(message)) return undefined;
  const values = message.split(',', 32);
  const six = values[8] === '6';
  const at = (index: number): string => values[index] ?? '';
  const base = six ? 15 : 18;
  const draft: Draft = { ...verdictBy(at(6)), 'labels.category': 'firewall' };
  if (at(3) !== '' && at(3) !== '0') draft['rule.id'] = at(3);
  if (at(2) !== '') draft['rule.ruleset'] = at(2);
  draft['event.reason'] = at(5);
  draft[`observer.${at(7) === 'out' ? 'egress' : 'ingress'}.interface.name`] = at(4);
  draft['network.direction'] = at(7) === 'out' ? 'egress' : 'ingress';
  draft['network.type'] = six ? 'ipv6' : 'ipv4';
  const transport = transportOf(six ? at(12) : at(16));
  draft['network.transport'] = transport;
  const ported = transport === 'tcp' || transport === 'udp';
  setPeer(draft, at(base), ported ? toNumber(at(base + 2)) : undefined);
  setPeer(draft, at(base + 1), ported ? toNumber(at(base + 3)) : undefined, 'destination');
  const length = toNumber(six ? at(14) : at(17));
  if (length !== undefined) draft['network.bytes'] = length;
  if (transport === 'tcp' && /^[SAFRPUEWC]{1,9}$/.test(at(base + 5))) draft['filterlog.tcp.flags'] = at(base + 5);
  return draft;
}

export const filterlog = withServiceType({
  name: 'filterlog',
  programs: ['filterlog'],
  types: ['pf', 'pfsense-filterlog', 'opnsense-filterlog'],
  paths: ['/filter/', 'filter.log'],
  signatures: [',match,block,', ',match,pass,', ',match,reject,'].map((has) => ({ has: [has], test: SHAPE })),
  dataset: 'filterlog.log',
  product: 'pfsense',
  service: 'filterlog',
  parse,
});

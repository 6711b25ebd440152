/**
 * Proxmox VE's firewall (`/var/log/pve-firewall.log`): `VMID LEVEL CHAIN STAMP policy DROP: IN=… SRC=… DST=…`, machine 0 is the host
 * itself. The rest is netfilter's.
 */
import { withServiceType } from '../application.ts';
import { packet } from '../packet.ts';
import { readStamp } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const HEAD = /^(\d{1,9}) (\d) ([\w-]{1,64}) (?=\d\d\/[A-Z][a-z]{2}\/\d{4}:)/;
const VERDICT = /^ ((?:policy )?[A-Z]{2,16}): (?=IN=|OUT=|[A-Z]+=)/;

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  const stamp = head === null ? undefined : readStamp(message, head[0].length, line.clock);
  const verdict = stamp === undefined ? null : VERDICT.exec(message.slice(stamp.end));
  if (head === null || stamp === undefined || verdict === null) return undefined;
  // An outgoing packet has no `IN=`; netfilter writes both, pvefw-logger only what is there.
  const rest = message.slice(stamp.end + verdict[0].length);
  const found = packet(`${verdict[1] ?? ''}: ${rest.startsWith('IN=') ? '' : 'IN= '}${rest}`);
  if (found === undefined) return undefined;
  const [, machine = '', , chain = ''] = head;
  const draft: Draft = { ...found, '@timestamp': stamp.time, 'rule.name': chain, 'rule.description': verdict[1] ?? '' };
  if (machine !== '0') draft['container.id'] = machine;
  return draft;
}

export const pveFirewall = withServiceType({
  name: 'pve-firewall',
  programs: ['pve-firewall', 'pvefw-logger'],
  paths: ['pve-firewall'],
  signatures: [
    { has: [': IN=', ' SRC=', ' DST=', ' PROTO='], test: HEAD },
    { has: [': OUT=', ' SRC=', ' DST=', ' PROTO='], test: HEAD },
  ],
  dataset: 'pve-firewall.log',
  product: 'proxmox',
  service: 'pve-firewall',
  parse,
});

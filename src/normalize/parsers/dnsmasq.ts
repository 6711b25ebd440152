/**
 * dnsmasq, and Pi-hole's FTL, which is dnsmasq with lists (log.c, cache.c, rfc2131.c, rfc3315.c):
 *
 *   query[A] NAME from ADDR          forwarded NAME to ADDR        reply NAME is VALUE        gravity blocked NAME is 0.0.0.0
 *   7 ADDR/PORT query[A] NAME from ADDR                            log-queries=extra
 *   DHCPACK(eth0) ADDR MAC NAME
 *
 * Names are the client's; what dnsmasq writes last is its own, so the last ` from ` and ` is ` count.
 */
import { setPeer } from '../address.ts';
import { DNS_ANSWER, DNS_BLOCKED, DNS_QUERY, dnsEvent } from '../dns.ts';
import { NETWORK } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { readStamp } from '../stamp.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const EXTRA = /^\d{1,12} (?:([\da-fA-F.:]{2,45})\/(\d{1,5})|\*) /;
const QUERY = /^query\[([\w-]{1,16}(?:=\d{1,5})?)\] (.{1,1100}) from ([\da-fA-F.:]{2,45})$/s;
const FORWARDED =
  /^(?:forwarded|dnssec-(?:query|retry)\[[\w-]{1,16}\]) (.{1,1100}) to ([\da-fA-F.:]{2,45})(?:#\d{1,5})?$/s;
const ANSWER =
  /^(reply|cached|cached-stale|config|validation|gravity blocked|special domain|exactly (?:blacklisted|denied)|regex (?:blacklisted|denied)|blacklisted|antigravity|Rate-limiting|DHCP|\/\S{1,255}|[\w-]{1,32}) (.{1,1100}) is (.{1,1100})$/s;
const BLOCKED = /^(?:gravity blocked|exactly |regex |blacklisted|special domain)/;
const LEASE =
  /^(?:\d{1,12} )?(DHCP(?:V6)?[A-Z]{3,12})\((\S{1,32})\) (?:([\da-fA-F.:]{7,45}) )?((?:[\da-f]{2}:){5,40}[\da-f]{2})?(?: ?(.{0,255}))?$/;
const ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}$|^[\da-fA-F]{0,4}:[\da-fA-F:.]{1,40}$/;

function question(message: string): Parsed | undefined {
  const extra = EXTRA.exec(message);
  const text = extra === null ? message : message.slice(extra[0].length);
  const draft = asked(text) ?? answered(text);
  if (draft !== undefined && extra?.[1] !== undefined) setPeer(draft, extra[1], Number(extra[2]));
  return draft;
}

function asked(text: string): Draft | undefined {
  const query = QUERY.exec(text);
  if (query !== null) {
    const [, type = '', name = '', from = ''] = query;
    const draft: Draft = {
      ...DNS_QUERY,
      'dns.question.name': name,
      'dns.question.type': type.replace('type=', 'TYPE'),
    };
    setPeer(draft, from);
    return draft;
  }
  const forwarded = FORWARDED.exec(text);
  if (forwarded === null) return undefined;
  const draft: Draft = { ...dnsEvent('dns_forwarded', 'protocol', 'info'), 'dns.question.name': forwarded[1] ?? '' };
  setPeer(draft, forwarded[2] ?? '', undefined, 'destination');
  return draft;
}

function answered(text: string): Draft | undefined {
  const answer = ANSWER.exec(text);
  if (answer === null) return undefined;
  const [, kind = '', name = '', value = ''] = answer;
  if (!KINDS.test(kind)) return undefined;
  const draft: Draft = { ...(BLOCKED.test(kind) ? DNS_BLOCKED : DNS_ANSWER), 'dns.question.name': name };
  if (BLOCKED.test(kind)) draft['event.reason'] = kind;
  if (ADDRESS.test(value)) draft['dns.resolved_ip'] = [value];
  else if (/^(?:NXDOMAIN|SERVFAIL|REFUSED)$/.test(value)) draft['dns.response_code'] = value;
  return draft;
}

const KINDS =
  /^(?:reply|cached|cached-stale|config|validation|gravity blocked|special domain|exactly \w+|regex \w+|blacklisted|antigravity|DHCP|\/.*)$/;

function lease(message: string): Parsed | undefined {
  const match = LEASE.exec(message);
  if (match === null) return undefined;
  const [, kind = '', via = '', address, mac, rest = ''] = match;
  const draft: Draft = {
    'event.category': NETWORK,
    'event.type': ['protocol'],
    'event.action': kind.toLowerCase(),
    'network.protocol': 'dhcp',
    'observer.ingress.interface.name': via,
  };
  if (address !== undefined) setPeer(draft, address);
  if (mac !== undefined && mac.length === 17) draft['source.mac'] = mac.replaceAll(':', '-').toUpperCase();
  if (/^DHCP(?:ACK|REPLY|REQUEST)$/.test(kind) && /^[\w.-]{1,255}$/.test(rest)) draft['source.domain'] = rest;
  return draft;
}

const ATTACK = /^possible DNS-rebind attack detected: (.{1,1100})$/;
const LIMITED = /^Rate-limiting ([\da-fA-F.:]{2,45}) for at least \d/;
/** FTL's own log: `[811/T812] WARNING: text`; before version 6 the stamp is in the brackets too. */
const FTL = /^\[(\d{4}-\d\d-\d\d [\d:.]{8,12} )?\d{1,10}(?:[/M]\w{1,12})?\] (?:([A-Z]{4,8}): )?/;

function other(message: string): Parsed | undefined {
  const attack = ATTACK.exec(message);
  if (attack !== null) {
    return {
      ...dnsEvent('dns_rebind', 'protocol', 'denied'),
      'event.kind': 'alert',
      'rule.name': 'DNS rebind',
      'dns.question.name': attack[1] ?? '',
    };
  }
  const limited = LIMITED.exec(message);
  if (limited !== null) {
    const draft: Draft = { ...dnsEvent('dns_rate_limited', 'protocol', 'denied') };
    setPeer(draft, limited[1] ?? '');
    return draft;
  }
  if (!message.startsWith('Maximum number of concurrent DNS queries reached')) return undefined;
  return { ...dnsEvent('dns_limit_reached', 'protocol', 'denied') };
}

function parse(message: string, line: Line): Parsed | undefined {
  const ftl = FTL.exec(message);
  const text = ftl === null ? message : message.slice(ftl[0].length);
  const said = question(text) ?? lease(text) ?? other(text);
  if (said === undefined || ftl === null) return said;
  const level = levelOf(ftl[2] ?? '');
  const stamp = ftl[1] === undefined ? undefined : readStamp(message, 1, line.clock);
  return {
    ...said,
    ...(level === undefined ? {} : { 'log.level': level }),
    ...(stamp === undefined ? {} : { '@timestamp': stamp.time }),
  };
}

export const dnsmasq: Parser = {
  name: 'dnsmasq',
  programs: ['dnsmasq', 'dnsmasq-dhcp', 'dnsmasq-tftp', 'pihole-ftl', 'dnsmasq-script'],
  types: ['pihole', 'pi-hole'],
  paths: ['/pihole/', 'pihole.log', 'dnsmasq.log'],
  dataset: 'dnsmasq.log',
  service: ['dnsmasq', 'syslog'],
  signatures: [
    { starts: 'query[', has: [' from '], test: QUERY },
    { has: ['] Rate-limiting '], test: FTL },
    { has: [': Rate-limiting ', ' for at least '], test: FTL },
    { starts: 'gravity blocked ', has: [' is '] },
    { has: [' query[', ' from '], test: /^\d{1,12} [\da-fA-F.:]{2,45}\/\d{1,5} query\[/ },
  ],
  parse,
};

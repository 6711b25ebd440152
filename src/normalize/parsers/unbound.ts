/**
 * Unbound (log-queries, log-replies, log-local-actions, RPZ), syslog and its own file, whose stamp is in seconds:
 *
 *   [1764498310] unbound[811:0] info: ADDR NAME. A IN [NOERROR 0.012 0 58]
 *   info: ZONE. always_nxdomain ADDR@PORT NAME. A IN          info: rpz: applied [LIST] ZONE. nxdomain ADDR@PORT NAME. A IN
 */
import { setPeer } from '../address.ts';
import { DNS_ANSWER, DNS_BLOCKED, DNS_QUERY, dnsEvent, plainName } from '../dns.ts';
import { levelOf } from '../head.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const HEAD = /^(?:\[(\d{10})\] )?(?:unbound)?(?:\[\d{1,10}:[\da-f]{1,4}\] )?(info|notice|warning|error|fatal|debug): /;
const QUERY =
  /^(?:query: |reply: )?([\da-fA-F.:]{2,45}) (\S{1,1100}) ([A-Z][\w-]{0,15}|TYPE\d{1,5}) (IN|CH|HS)(?: ([A-Z]{4,12}) [\d.]{1,16} [01] \d{1,9}(?: .*)?)?$/;
const LOCAL =
  /^(?:rpz: applied (?:\[([^[\]]{1,128})\] )?)?(\S{1,1100}) ([a-z_-]{3,24}) ([\da-fA-F.:]{2,45})@(\d{1,5}) (\S{1,1100}) ([A-Z][\w-]{0,15}) (?:IN|CH)$/;
const INVALID = /^validation failure <?(\S{1,1100}) ([A-Z][\w-]{0,15}) IN>?: (.*)$/s;

function said(text: string): Draft | undefined {
  const query = QUERY.exec(text);
  if (query !== null) {
    const [, client = '', name = '', type = '', kind = '', code] = query;
    const draft: Draft = { ...(code === undefined ? DNS_QUERY : DNS_ANSWER), 'dns.question.name': plainName(name) };
    draft['dns.question.type'] = type;
    draft['dns.question.class'] = kind;
    if (code !== undefined) draft['dns.response_code'] = code;
    setPeer(draft, client);
    return draft;
  }
  const local = LOCAL.exec(text);
  if (local !== null) {
    const [, list, zone = '', action = '', client = '', port, name = '', type = ''] = local;
    const shown = /^(?:transparent|inform|typetransparent|static|redirect|rpz-(?:passthru|disabled))$/.test(action);
    const draft: Draft = { ...(shown ? DNS_ANSWER : DNS_BLOCKED), 'event.reason': `${plainName(zone)} ${action}` };
    if (list !== undefined) draft['rule.name'] = list;
    draft['dns.question.name'] = plainName(name);
    draft['dns.question.type'] = type;
    setPeer(draft, client, Number(port));
    return draft;
  }
  const invalid = INVALID.exec(text);
  if (invalid === null) return undefined;
  const draft: Draft = {
    ...dnsEvent('dns_validation_failed', 'protocol', 'error'),
    'dns.question.name': plainName(invalid[1] ?? ''),
  };
  return { ...draft, 'dns.question.type': invalid[2] ?? '', 'event.reason': invalid[3] ?? '' };
}

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  const draft = said(head === null ? message : message.slice(head[0].length));
  if (draft === undefined) return undefined;
  if (head?.[1] !== undefined) draft['@timestamp'] = Number(head[1]) * 1000;
  const level = levelOf(head?.[2] ?? '');
  return level === undefined ? draft : { ...draft, 'log.level': level };
}

export const unbound: Parser = {
  name: 'unbound',
  programs: ['unbound'],
  paths: ['/unbound/', 'unbound.log'],
  dataset: 'unbound.log',
  service: ['unbound', 'syslog'],
  signatures: [{ has: ['unbound['], test: /^\[\d{10}\] unbound\[\d{1,10}:[\da-f]{1,4}\] / }],
  parse,
};

/**
 * BIND 9 (`named`), syslog and its channels with print-category and print-severity:
 *
 *   [CATEGORY: ][SEVERITY: ]client [@0x7f…] ADDR#PORT[/key NAME] (QNAME): [view V: ]query: QNAME IN A +E(0)K (SERVER)
 *   … : query (cache) 'QNAME/ANY/IN' denied            … : zone transfer 'ZONE/AXFR/IN' denied
 *
 * BIND escapes blanks, quotes and brackets in names (`\032`), so a name never ends early.
 */
import { setEndpoint } from '../address.ts';
import { DNS_BLOCKED, DNS_DENIED, DNS_QUERY, dnsEvent, plainName } from '../dns.ts';
import { CONFIGURATION } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { withGroups, wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const PREFIX =
  /^(?:[a-z][a-z-]{2,24}: )?(?:(info|notice|warning|error|critical|debug \d{1,3}): )?(?=client |transfer |zone |received control |validating |rate |\w)/;
const CLIENT =
  /^client (?:@0x[\da-f]{1,16} )?([\da-fA-F.:%\w]{2,64}#\d{1,5})(?:\/key [^\s:]{1,255})?(?: \((\S{1,1100})\))?: (?:signer "\S{1,255}" )?(?:view [\w.-]{1,64}: )?/;
const QUERY = /^query: (\S{1,1100}) (\w{1,16}) ([\w-]{1,16})(?: |$)/;
const QUOTED = /^'(\S{1,1100})\/(\w[\w-]{0,16})\/(\w{1,16})'/;

/** Words behind the client; what is asked for stands in quotes behind them. */
const SAID: readonly (readonly [string, Parsed])[] = [
  ["query (cache) '", DNS_DENIED],
  ["query '", DNS_DENIED],
  ["zone transfer '", { ...DNS_DENIED, 'event.action': 'zone_transfer_denied' }],
  ["update '", { ...DNS_DENIED, 'event.action': 'zone_update_denied' }],
  ["update forwarding '", { ...DNS_DENIED, 'event.action': 'zone_update_denied' }],
  ['notify question section contains ', DNS_DENIED],
];
const STARTS: readonly (readonly [string, Parsed])[] = [
  ['bad zone transfer request: ', { ...DNS_DENIED, 'event.action': 'zone_transfer_denied' }],
  ['transfer of ', dnsEvent('zone_transfer', 'protocol', 'access')],
  ['rate limit ', { ...DNS_DENIED, 'event.action': 'dns_rate_limited' }],
  ['request has invalid signature', { ...DNS_DENIED, 'event.action': 'dns_signature_invalid' }],
  ['query failed ', dnsEvent('dns_query_failed', 'protocol', 'error')],
  ['updating zone ', dnsEvent('zone_updated', 'protocol', 'change')],
  ['received notify for zone ', dnsEvent('zone_notify', 'protocol', 'info')],
  ['recursive client', { ...DNS_DENIED, 'event.action': 'dns_limit_reached' }],
  ['no more recursive clients', { ...DNS_DENIED, 'event.action': 'dns_limit_reached' }],
  ['drop', DNS_DENIED],
  ['rpz ', DNS_BLOCKED],
];

function client(message: string): Parsed | undefined {
  const head = CLIENT.exec(message);
  if (head === null) return undefined;
  const said = message.slice(head[0].length);
  const draft: Draft = { ...meaning(said) };
  setEndpoint(draft, head[1] ?? '');
  if (draft['dns.question.name'] === undefined && head[2] !== undefined)
    draft['dns.question.name'] = plainName(head[2]);
  return draft;
}

function meaning(said: string): Draft {
  const query = QUERY.exec(said);
  if (query !== null) {
    const [, name = '', kind = '', type = ''] = query;
    return {
      ...DNS_QUERY,
      'dns.question.name': plainName(name),
      'dns.question.class': kind,
      'dns.question.type': type,
    };
  }
  for (const [starts, fields] of SAID) {
    if (!said.startsWith(starts)) continue;
    const quoted = QUOTED.exec(said.slice(starts.length - 1));
    const denied = said.includes("' denied", starts.length) || said.includes("' approved", starts.length);
    if (quoted === null || !denied) return { ...(said.endsWith('denied') ? fields : dnsEvent('dns_message', 'info')) };
    const approved = said.includes("' approved", starts.length) && !said.includes("' denied", starts.length);
    return {
      ...(approved ? dnsEvent('dns_allowed', 'protocol', 'allowed') : fields),
      'event.reason': said,
      'dns.question.name': plainName(quoted[1] ?? ''),
      'dns.question.type': quoted[2] ?? '',
    };
  }
  for (const [starts, fields] of STARTS) if (said.startsWith(starts)) return { ...fields, 'event.reason': said };
  return { ...dnsEvent('dns_message', 'info') };
}

const { parse: worded } = wordings([
  {
    starts: 'transfer of ',
    pattern:
      /^transfer of '(?<question>\S{1,1100})\/IN(?:\/[\w.-]{1,64})?' from (?<peer>[\da-fA-F.:]{2,45}#\d{1,5}): (?<reason>.*)$/s,
    fields: dnsEvent('zone_transfer', 'protocol', 'info'),
  },
  {
    starts: 'rate limit ',
    pattern:
      /^(?<reason>rate limit (?:drop|slip|stop)\w{0,8}) (?:all |NXDOMAIN |NODATA |referral |error |)?(?:responses? )?to (?<ip>[\da-fA-F.:]{2,45})\//,
    fields: { ...DNS_DENIED, 'event.action': 'dns_rate_limited' },
  },
  {
    starts: 'received control channel command ',
    pattern: /^received control channel command '(?<command>.{1,512})'$/,
    fields: { 'event.category': CONFIGURATION, 'event.type': ['change'], 'event.action': 'control_command' },
  },
]);

function parse(message: string, line: Line): Parsed | undefined {
  const prefix = PREFIX.exec(message);
  const text = prefix === null ? message : message.slice(prefix[0].length);
  const said = client(text) ?? worded(text, line);
  const level = levelOf(prefix?.[1]?.startsWith('debug') === true ? 'debug' : (prefix?.[1] ?? ''));
  return said === undefined || level === undefined ? said : withGroups({ ...said, 'log.level': level }, {});
}

export const named: Parser = {
  name: 'named',
  programs: ['named', 'bind9', 'bind'],
  paths: ['/named/', '/bind/', 'named.log', 'query.log'],
  dataset: 'bind.log',
  product: 'bind',
  service: ['named', 'syslog'],
  signatures: [
    'query (cache) ',
    'zone transfer ',
    'update ',
    'query: ',
    'query ',
    'bad zone transfer request: ',
    "transfer of '",
  ].map((text) => ({
    has: ['client ', `: ${text}`],
    test: /^(?:[a-z][a-z-]{2,24}: )?(?:(?:info|notice|warning|error|critical|debug \d{1,3}): )?client (?:@0x[\da-f]{1,16} )?[\da-fA-F.:]{2,45}#\d{1,5}(?: \(|: |\/key )/,
  })),
  parse,
};

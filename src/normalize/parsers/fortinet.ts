/**
 * FortiGate (FortiOS 5 to 7) as key=value: `date=… time=… logid="…" type="event" subtype="vpn" … msg="…"`. `type` is traffic, event, utm
 * (before 5.6 the utm kinds are types). The stamp is the device's wall clock; `eventtime` is UTC, in s, ms, µs or ns by version.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { setWords, wordOf, withServiceType } from '../application.ts';
import { detection, portOf, setNumbers, transportOf, verdictBy } from '../detection.ts';
import { CONFIGURATION, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, NETWORK } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { setUrl } from '../http.ts';
import { pairsOf } from '../logfmt.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const WORDS = [
  ['devname', 'observer.name'],
  ['devid', 'observer.serial_number'],
  ['srcintf', 'observer.ingress.interface.name'],
  ['dstintf', 'observer.egress.interface.name'],
  ['logid', 'event.code'],
  ['logdesc', 'fortinet.firewall.logdesc'],
  ['policyid', 'rule.id'],
  ['policyname', 'rule.name'],
  ['hostname', 'url.domain'],
  ['filename', 'file.name'],
  ['agent', 'user_agent.original'],
  ['qname', 'dns.question.name'],
  ['qtype', 'dns.question.type'],
  ['reason', 'event.reason'],
] as const;
const NUMBERS = [
  ['sentbyte', 'source.bytes'],
  ['rcvdbyte', 'destination.bytes'],
  ['sentpkt', 'source.packets'],
  ['rcvdpkt', 'destination.packets'],
] as const;

/** What FortiOS writes where there is nobody. */
const NOBODY: ReadonlySet<string> = new Set(['N/A', 'unknown', '(none)', '']);
const FAILS = /^(?:ssl-login-fail|login-fail|auth-fail|failed|fail|deny|denied|authentication-failed|negotiate-error)$/;
const LOGS_IN = /^(?:login|admin-login|ssl-login|auth-logon|FSSO-logon|authentication|auth|auth-login)$/;
const LOGS_OUT = /^(?:logout|auth-logout|FSSO-logoff|ssl-exit-error|tunnel-down|ssl-tunnel-down)$/;
const UTM: ReadonlySet<string> = new Set([
  'ips',
  'virus',
  'anomaly',
  'waf',
  'attack',
  'emailfilter',
  'dlp',
  'app-ctrl',
  'webfilter',
  'dns',
]);
const SSL_VPN = /\bssl[ -]?vpnd?\b|^ssl-/i;
const TYPES: ReadonlySet<string> = new Set(['traffic', 'utm', ...UTM]);
/** Of the kinds of inspection, those whose record is an attack and no mere visit. */
const ATTACKS: ReadonlySet<string> = new Set(['ips', 'virus', 'anomaly', 'waf', 'attack']);

const info = (action: string): Draft => ({ 'event.category': NETWORK, 'event.type': ['info'], 'event.action': action });

function login(record: Fields, action: string): Draft | undefined {
  const status = wordOf(record, 'status') ?? wordOf(record, 'result') ?? '';
  const failed = FAILS.test(action) || (LOGS_IN.test(action) && FAILS.test(status));
  const words = `${wordOf(record, 'logdesc') ?? ''} ${wordOf(record, 'subtype') ?? ''}`;
  if (failed && /log ?in|auth|vpn|user|system/i.test(words)) {
    return action === 'negotiate-error' || action === 'deny' ? undefined : { ...LOGIN_FAILED };
  }
  if (LOGS_IN.test(action) && /^(?:success|successful|succeeded|logon)?$/.test(status)) return { ...LOGIN_ACCEPTED };
  if (action === 'tunnel-up' || action === 'ssl-new-con')
    return { ...info(action), 'event.type': ['connection', 'start'] };
  return LOGS_OUT.test(action) && status !== 'failed' ? { ...LOGOUT } : undefined;
}

function attack(record: Fields): Draft {
  const name = wordOf(record, 'attack') ?? wordOf(record, 'virus') ?? wordOf(record, 'msg');
  const id = wordOf(record, 'attackid') ?? wordOf(record, 'virusid');
  const blocked = /^(?:block|drop|den|reset|clear|quarantin|passthrough-block)/.test(wordOf(record, 'action') ?? '');
  const rule = { ...(name === undefined ? {} : { name }), ...(id === undefined ? {} : { id }) };
  return detection('intrusion_detected', rule, blocked ? 'denied' : 'info');
}

function eventOf(record: Fields): Draft {
  const type = wordOf(record, 'type') ?? '';
  const kind = UTM.has(type) ? type : (wordOf(record, 'subtype') ?? '');
  const action = wordOf(record, 'action') ?? '';
  if (type === 'traffic') return { ...verdictBy(action), 'labels.category': 'firewall' };
  if (type === 'utm' || UTM.has(type)) {
    if (ATTACKS.has(kind)) return attack(record);
    return { ...verdictBy(action), 'event.action': `${kind}_${action}`.slice(0, 80), 'labels.category': 'firewall' };
  }
  const found = login(record, action);
  if (found !== undefined) return found;
  if (record['cfgpath'] !== undefined || record['cfgattr'] !== undefined) {
    return { 'event.category': CONFIGURATION, 'event.type': ['change'], 'event.action': 'configuration_change' };
  }
  return info(action === '' ? 'event' : action.slice(0, 80));
}

/** Sigma's words for it: the log's type, and of the VPN's gateway the daemon. */
function logSource(record: Fields): Draft {
  const type = wordOf(record, 'type') ?? '';
  if (type !== 'event') return { 'labels.service': TYPES.has(type) ? ['fortinet', type] : 'fortinet' };
  return ['action', 'tunneltype', 'logdesc', 'msg'].some((name) => SSL_VPN.test(wordOf(record, name) ?? ''))
    ? { 'labels.product': ['fortigate', 'fortios'], 'labels.service': ['fortinet', type, 'sslvpnd'] }
    : { 'labels.service': ['fortinet', type] };
}

/** 10 digits are seconds, 13 ms, 16 µs, 19 ns. */
function timeOf(record: Fields, line: Line): number | undefined {
  const exact = wordOf(record, 'eventtime');
  if (exact !== undefined && /^\d{10}(?:\d{3}){0,3}$/.test(exact)) return Number(exact.slice(0, 13).padEnd(13, '0'));
  const zone = /^[+-]\d{4}$/.exec(wordOf(record, 'tz') ?? '')?.[0] ?? '';
  return stampOf(
    `${wordOf(record, 'date') ?? ''} ${wordOf(record, 'time') ?? ''}${zone === '' ? '' : ` ${zone}`}`,
    line.clock,
  );
}

function setPeers(draft: Draft, record: Fields): void {
  const source = wordOf(record, 'srcip') ?? wordOf(record, 'remip') ?? addressIn(wordOf(record, 'ui')) ?? '';
  setPeer(draft, NOBODY.has(source) ? '' : source, portOf(record, 'srcport'));
  const to = wordOf(record, 'dstip') ?? '';
  setPeer(draft, NOBODY.has(to) ? '' : to, portOf(record, 'dstport'), 'destination');
  const user = wordOf(record, 'user') ?? wordOf(record, 'unauthuser') ?? 'N/A';
  draft['user.name'] = NOBODY.has(user) ? null : user;
  const protocol = wordOf(record, 'proto');
  if (protocol !== undefined) draft['network.transport'] = transportOf(protocol);
}

/** `ui="https(192.0.2.1)"`: by which door an administrator came, and from where. */
const addressIn = (ui = ''): string | undefined => /^[\w-]{1,16}\(([\da-fA-F:.]{2,45})\)$/.exec(ui)?.[1];

function read(record: Fields, line: Line): Parsed | undefined {
  if (record['logid'] === undefined || record['type'] === undefined) return undefined;
  const draft = eventOf(record);
  Object.assign(draft, logSource(record));
  const own = draft['rule.name'];
  const id = draft['rule.id'];
  setWords(draft, record, WORDS);
  if (own !== undefined) draft['rule.name'] = own;
  if (id !== undefined) draft['rule.id'] = id;
  // `hostname` is the site that was asked for.
  draft['host.name'] = wordOf(record, 'devname') ?? null;
  const service = wordOf(record, 'service');
  if (service !== undefined) draft['network.protocol'] = service.toLowerCase();
  setNumbers(draft, record, NUMBERS);
  setPeers(draft, record);
  const url = wordOf(record, 'url');
  if (url !== undefined) setUrl(draft, url);
  const level = levelOf(wordOf(record, 'level') ?? '');
  if (level !== undefined) draft['log.level'] = level;
  const time = timeOf(record, line);
  return { ...draft, 'service.name': null, ...(time === undefined ? {} : { '@timestamp': time }) };
}

const HEAD =
  /^(?:logver=\d{1,12} )?(?:timestamp=\d{1,12} )?(?:date=\d{4}-\d\d-\d\d[, ]time=[\d:]{8}[, ]|itime=\d{1,12} |devname=|logid=)/;

export const fortinet = withServiceType({
  name: 'fortinet',
  programs: ['fortinet', 'fortigate'],
  types: ['fortios', 'fortigate'],
  paths: ['/fortinet/', '/fortigate', 'fortigate.log'],
  signatures: [
    { has: ['date=', 'time=', 'logid=', ' type=', ' subtype='], test: HEAD },
    { has: ['date=', ',time=', ',logid=', ',type=', ',subtype='], test: HEAD },
  ],
  records: [{ keys: ['logid', 'subtype', 'type', 'vd'] }, { keys: ['logid', 'devid', 'subtype', 'type'] }],
  dataset: 'fortinet.firewall',
  product: 'fortigate',
  service: 'fortinet',
  parse(message, line) {
    // A line that is no clean logfmt: commas between the pairs, or a word among them.
    if (!HEAD.test(message)) return undefined;
    const commas = /^[\w]{2,16}=[^ ]{1,64},/.test(message);
    const pairs = pairsOf(message, 0, commas ? { separator: ',' } : {});
    const parsed = read(pairs, line);
    const text = pairs['msg'];
    return parsed === undefined
      ? undefined
      : {
          ...parsed,
          'event.code': pairs['logid'] ?? '',
          ...(text === undefined ? {} : { 'event.reason': parsed['event.reason'] ?? text }),
        };
  },
  read,
});

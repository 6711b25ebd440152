/**
 * Suricata: EVE (`eve.json`, one record a line, `event_type` says which) and `fast.log`. Alerts carry what was inspected too, so an alert on
 * a request has `http.*`.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { setWords, wordOf, withServiceType } from '../application.ts';
import { detection, numberOf, portOf, setNumbers, transportOf } from '../detection.ts';
import { NETWORK } from '../ecs.ts';
import { FAST_ALERT, fastAlert } from '../fast-alert.ts';
import { setUrl } from '../http.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const WORDS = [
  ['in_iface', 'observer.ingress.interface.name'],
  ['app_proto', 'network.protocol'],
  ['community_id', 'network.community_id'],
  ['flow_id', 'suricata.eve.flow_id'],
  ['http.hostname', 'url.domain'],
  ['http.http_user_agent', 'user_agent.original'],
  ['http.http_method', 'http.request.method'],
  ['http.http_refer', 'http.request.referrer'],
  ['http.http_content_type', 'http.response.mime_type'],
  ['dns.rrname', 'dns.question.name'],
  ['dns.query.0.rrname', 'dns.question.name'],
  ['dns.rrtype', 'dns.question.type'],
  ['dns.rcode', 'dns.response_code'],
  ['dns.type', 'dns.type'],
  ['tls.sni', 'tls.client.server_name'],
  ['tls.subject', 'tls.server.subject'],
  ['tls.issuerdn', 'tls.server.issuer'],
  ['tls.version', 'tls.version'],
  ['tls.ja3.hash', 'tls.client.ja3'],
  ['tls.ja3s.hash', 'tls.server.ja3s'],
  ['ssh.client.software_version', 'user_agent.original'],
  ['fileinfo.filename', 'file.path'],
  ['fileinfo.md5', 'file.hash.md5'],
  ['fileinfo.sha1', 'file.hash.sha1'],
  ['fileinfo.sha256', 'file.hash.sha256'],
  ['fileinfo.magic', 'file.type'],
  ['smtp.mail_from', 'email.from.address'],
  ['dhcp.hostname', 'source.domain'],
  ['smb.filename', 'file.path'],
  ['smb.command', 'suricata.eve.smb.command'],
  ['krb5.cname', 'user.name'],
  ['ftp.command', 'suricata.eve.ftp.command'],
  ['anomaly.event', 'event.reason'],
  ['drop.reason', 'event.reason'],
] as const;
const NUMBERS = [
  ['http.length', 'http.response.body.bytes'],
  ['fileinfo.size', 'file.size'],
  ['flow.bytes_toserver', 'source.bytes'],
  ['flow.bytes_toclient', 'destination.bytes'],
  ['flow.pkts_toserver', 'source.packets'],
  ['flow.pkts_toclient', 'destination.packets'],
] as const;

function alert(record: Fields): Draft {
  const blocked = record['alert.action'] === 'blocked';
  const draft = detection(
    'intrusion_detected',
    { name: wordOf(record, 'alert.signature') ?? '', id: wordOf(record, 'alert.signature_id') ?? '' },
    blocked ? 'denied' : 'info',
  );
  const names = [
    ['alert.category', 'rule.category'],
    ['alert.rev', 'rule.version'],
    ['alert.rule', 'rule.description'],
  ] as const;
  setWords(draft, record, names);
  const severity = numberOf(record, 'alert.severity');
  if (severity !== undefined) draft['event.severity'] = severity;
  return draft;
}

const net = (action: string, ...types: string[]): Draft => ({
  'event.kind': 'event',
  'event.category': NETWORK,
  'event.type': types,
  'event.action': action,
});

function eventOf(kind: string, record: Fields): Draft {
  switch (kind) {
    case 'alert':
      return alert(record);
    case 'drop':
      return { ...net('packet_denied', 'connection', 'denied'), 'labels.category': 'firewall' };
    case 'dns':
      return { ...net('dns_query', 'protocol', 'info'), 'network.protocol': 'dns', 'labels.category': 'dns' };
    case 'http':
      return { ...net('http_request', 'protocol', 'access'), 'event.category': ['network', 'web'] };
    case 'flow':
    case 'netflow':
      return net(kind, 'connection', 'end');
    case 'fileinfo':
      return { ...net('file_seen', 'info'), 'event.category': ['network', 'file'] };
    case 'stats':
      return { ...net('statistics', 'info'), 'event.kind': 'metric', 'event.category': ['host'] };
    default:
      return net(kind.slice(0, 64), 'protocol', 'info');
  }
}

function read(record: Fields, line: Line): Parsed | undefined {
  const kind = wordOf(record, 'event_type');
  if (kind === undefined) return undefined;
  const draft = eventOf(kind, record);
  draft['suricata.eve.event_type'] = kind;
  setPeer(draft, wordOf(record, 'src_ip') ?? '', portOf(record, 'src_port'));
  setPeer(draft, wordOf(record, 'dest_ip') ?? '', portOf(record, 'dest_port'), 'destination');
  const protocol = wordOf(record, 'proto');
  if (protocol !== undefined) draft['network.transport'] = transportOf(protocol);
  setWords(draft, record, WORDS);
  setNumbers(draft, record, NUMBERS);
  const url = wordOf(record, 'http.url');
  if (url !== undefined) setUrl(draft, url);
  // The answer's status says nothing of whether an attack worked.
  const status = numberOf(record, 'http.status');
  if (status !== undefined) draft['http.response.status_code'] = status;
  const version = /^HTTP\/([\d.]{1,4})$/.exec(wordOf(record, 'http.protocol') ?? '')?.[1];
  if (version !== undefined) draft['http.version'] = version;
  const time = stampOf(wordOf(record, 'timestamp') ?? '', line.clock);
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

export const suricata = withServiceType({
  name: 'suricata',
  programs: ['suricata'],
  types: ['suricata-evelogs', 'suricata-fastlogs', 'suricata-eve', 'eve', 'fast.log'],
  paths: ['/suricata/', 'eve.json', 'fast.log'],
  signatures: [{ has: ['[**] [', '] {', '} ', ' -> '], test: FAST_ALERT }],
  records: [
    { keys: ['event_type', 'src_ip', 'dest_ip', 'proto'] },
    { keys: ['event_type', 'flow_id'] },
    { keys: ['event_type', 'stats.uptime'] },
  ],
  dataset: 'suricata.eve',
  product: 'suricata',
  service: 'suricata',
  parse: (message, line) => {
    const parsed = fastAlert(message, line.clock);
    return parsed === undefined ? undefined : { ...parsed, 'event.dataset': 'suricata.fast' };
  },
  read,
});

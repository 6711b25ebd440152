/** OpenCanary, a honeypot of many services: a JSON record an event; `logtype` is a number (opencanary/logger.py), `logdata` what was typed. */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { setWords, wordOf, withServiceType } from '../application.ts';
import { portOf, visit, visitLogin } from '../detection.ts';
import { PROCESS } from '../ecs.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const NAME = 'opencanary';
/** Attempts to log in; a canary lets nobody in. */
const LOGINS: ReadonlySet<number> = new Set([2000, 3001, 4002, 6001, 7001, 8001, 9001, 9002, 12001, 14001, 18004]);
const KINDS = new Map([
  [3000, 'http_request'],
  [4000, 'ssh_connect'],
  [4001, 'ssh_version'],
  [5000, 'file_open'],
  [5001, 'port_scan'],
  [5002, 'os_scan'],
  [5003, 'null_scan'],
  [5004, 'xmas_scan'],
  [5005, 'fin_scan'],
  [10001, 'tftp_request'],
  [11001, 'ntp_monlist'],
  [13001, 'snmp_request'],
  [15001, 'sip_request'],
  [16001, 'git_clone'],
  [17001, 'redis_command'],
]);
const SERVICES = new Map([
  [2, 'ftp'],
  [3, 'http'],
  [4, 'ssh'],
  [5, 'smb'],
  [6, 'telnet'],
  [7, 'http'],
  [8, 'mysql'],
  [9, 'mssql'],
  [10, 'tftp'],
  [11, 'ntp'],
  [12, 'vnc'],
  [13, 'snmp'],
  [14, 'rdp'],
  [15, 'sip'],
  [16, 'git'],
  [17, 'redis'],
]);
const WORDS = [
  ['logdata.USERNAME', 'user.name'],
  ['logdata.PASSWORD', 'opencanary.password'],
  ['logdata.USERAGENT', 'user_agent.original'],
  ['logdata.REMOTEVERSION', 'user_agent.original'],
  ['logdata.PATH', 'url.original'],
  ['logdata.HOSTNAME', 'url.domain'],
  ['logdata.FILENAME', 'file.path'],
  ['logdata.CMD', 'process.command_line'],
  ['logdata.USER', 'user.name'],
  ['node_id', 'observer.name'],
] as const;

function read(record: Fields, line: Line): Parsed | undefined {
  const type = Number(wordOf(record, 'logtype') ?? Number.NaN);
  if (!Number.isInteger(type) || record['node_id'] === undefined) return undefined;
  const draft = eventOf(type);
  draft['event.code'] = String(type);
  setWords(draft, record, WORDS);
  setPeer(draft, wordOf(record, 'src_host') ?? '', portOf(record, 'src_port'));
  setPeer(draft, wordOf(record, 'dst_host') ?? '', portOf(record, 'dst_port'), 'destination');
  const service = SERVICES.get(Math.floor(type / 1000));
  if (service !== undefined) draft['network.protocol'] = service;
  const utc = wordOf(record, 'utc_time');
  const time = stampOf(utc === undefined ? (wordOf(record, 'local_time') ?? '') : `${utc} UTC`, line.clock);
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

function eventOf(type: number): Draft {
  if (LOGINS.has(type)) return visitLogin(NAME, false);
  // The canary's own messages: it started, it could not bind.
  if (type < 2000 || type >= 99_000)
    return { 'event.category': PROCESS, 'event.type': ['info'], 'event.action': 'message' };
  return visit(NAME, KINDS.get(type) ?? 'visit');
}

export const opencanary = withServiceType({
  name: NAME,
  programs: [NAME, 'opencanaryd'],
  paths: ['opencanary'],
  records: [{ keys: ['logtype', 'node_id', 'src_host', 'dst_port'] }],
  dataset: 'opencanary.log',
  product: NAME,
  category: 'application',
  service: NAME,
  read,
});

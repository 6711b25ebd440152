/**
 * AdGuard Home: its own log (`STAMP [PID#N ][level] text`) and `querylog.json`, one JSON object a question.
 *
 *   [error] POST 192.0.2.7 /control/login: invalid username or password
 *   [info] auth: user "anna" successfully logged in from ip 192.0.2.7
 *   {"T":"…","QH":"example.org","QT":"A","QC":"IN","IP":"192.0.2.7","Result":{"IsFiltered":true,"Reason":3,"Rules":[…]}}
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { DNS_BLOCKED, DNS_QUERY, plainName } from '../dns.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED } from '../ecs.ts';
import { stampOf } from '../stamp.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const HEAD = String.raw`^(?:\d{1,10}#\d{1,10} )?\[?(?<level>debug|info|warn|error|ERROR|INFO|WARN)\]? `;
const worded = wordings([
  {
    has: '/control/login: ',
    pattern: new RegExp(
      `${HEAD}(?<method>POST) (?:(?<peer>[\\da-fA-F.:\\[\\]]{3,60})|\\S{1,255}) (?<url>/control/login): (?<reason>.{1,256})$`,
      's',
    ),
    fields: LOGIN_FAILED,
  },
  {
    has: ['auth: ', 'failed to '],
    pattern: new RegExp(
      `${HEAD}auth: (?:failed to login user|login failed for user) "(?<user>.*)" from ip (?<ip>[\\da-fA-F.:]{2,45})`,
      's',
    ),
    fields: LOGIN_FAILED,
  },
  {
    has: 'uth: invalid user name or password: name=',
    pattern: new RegExp(`${HEAD}[Aa]uth: (?<reason>invalid user name or password): name=["'](?<user>.*)["']$`, 's'),
    fields: LOGIN_FAILED,
  },
  {
    has: ' successfully logged in from ip ',
    pattern: new RegExp(
      `${HEAD}auth: user "(?<user>.*)" successfully logged in from ip (?<ip>[\\da-fA-F.:]{2,45})$`,
      's',
    ),
    fields: LOGIN_ACCEPTED,
  },
]);

/** `Reason` of a filtered answer: 3 a list, 4 safe browsing, 5 parental, 6 invalid, 7 safe search, 8 a blocked service. */
const REASONS = new Map([
  [3, 'blocklist'],
  [4, 'safe browsing'],
  [5, 'parental control'],
  [7, 'safe search'],
  [8, 'blocked service'],
]);

function read(record: Fields, line: Line): Parsed | undefined {
  const name = record['QH'];
  const type = record['QT'];
  if (typeof name !== 'string' || typeof type !== 'string') return undefined;
  const filtered = record['Result.IsFiltered'] === true;
  const draft: Draft = { ...(filtered ? DNS_BLOCKED : DNS_QUERY), 'dns.question.name': plainName(name) };
  draft['dns.question.type'] = type;
  if (typeof record['QC'] === 'string') draft['dns.question.class'] = record['QC'];
  if (typeof record['IP'] === 'string') setPeer(draft, record['IP']);
  const reason = REASONS.get(Number(record['Result.Reason']));
  if (filtered && reason !== undefined) draft['event.reason'] = reason;
  const stamp = stampOf(typeof record['T'] === 'string' ? record['T'] : '', line.clock);
  return stamp === undefined ? draft : { ...draft, '@timestamp': stamp };
}

export const adguardhome: Parser = {
  name: 'adguardhome',
  programs: ['adguardhome'],
  types: ['adguard', 'adguard-home'],
  paths: ['/adguardhome/', 'adguardhome.log', 'querylog.json'],
  dataset: 'adguardhome.log',
  product: 'adguardhome',
  service: 'adguardhome',
  ...worded,
  records: [{ keys: ['QH', 'QT', 'QC', 'IP'] }],
  read,
};

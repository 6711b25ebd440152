/**
 * MongoDB: structured logs (4.4 and later, one JSON object a line) and the text before that.
 *
 *   {"t":{"$date":"…"},"s":"I","c":"ACCESS","id":20249,"ctx":"conn7","msg":"Authentication failed","attr":{"principalName":"U","remote":"192.0.2.7:1",…}}
 *   STAMP I ACCESS   [conn7] SCRAM-SHA-1 authentication failed for U on admin from client 192.0.2.7:1 ; UserNotFound: …
 */
import type { Fields } from '#contract';
import { setEndpoint } from '../address.ts';
import { DATABASE, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { stampOf } from '../stamp.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const connection = (action: string, type: string): Parsed => ({
  'event.category': [...NETWORK, 'database'],
  'event.type': ['connection', type],
  'event.action': action,
});
const MESSAGE: Parsed = { 'event.category': DATABASE, 'event.type': ['info'], 'event.action': 'database_message' };

/** By message: ids changed between versions, the words less so. */
const MEANING = new Map<string, Parsed>([
  ['Authentication failed', LOGIN_FAILED],
  ['Failed to authenticate', LOGIN_FAILED],
  ['Authentication succeeded', LOGIN_ACCEPTED],
  ['Successfully authenticated', LOGIN_ACCEPTED],
  ['Connection accepted', connection('connect', 'start')],
  ['Connection ended', connection('disconnect', 'end')],
  ['Connection not authenticating', connection('connect', 'info')],
  ['client metadata', connection('connect', 'info')],
]);
const LEVELS = new Map([
  ['F', 'FATAL'],
  ['E', 'ERROR'],
  ['W', 'WARNING'],
  ['I', 'INFO'],
  ['D', 'DEBUG'],
]);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function read(record: Fields, line: Line): Parsed | undefined {
  const message = text(record['msg']);
  const severity = text(record['s']);
  if (message === undefined || severity === undefined || text(record['c']) === undefined) return undefined;
  const draft: Draft = { ...(MEANING.get(message) ?? MESSAGE), message };
  const user = text(record['attr.principalName']) ?? text(record['attr.user']) ?? text(record['attr.user.user']);
  const remote = text(record['attr.remote']) ?? text(record['attr.client']) ?? text(record['attr.hostAndPort']);
  const error = text(record['attr.error']) ?? text(record['attr.error.errmsg']);
  if (user !== undefined && user !== '__system') draft['user.name'] = user;
  if (remote !== undefined) setEndpoint(draft, remote);
  if (error !== undefined) draft['event.reason'] = error;
  const stamp = stampOf(text(record['t.$date']) ?? '', line.clock);
  if (stamp !== undefined) draft['@timestamp'] = stamp;
  const level = levelOf(LEVELS.get(severity.charAt(0)) ?? '');
  if (level !== undefined) draft['log.level'] = level;
  const id = record['id'];
  return typeof id === 'number' ? { ...draft, 'event.code': String(id) } : draft;
}

const HEAD = String.raw`^[FEWID]\d? [A-Z]{1,12} {1,8}\[[\w.-]{1,64}\] `;
const worded = wordings([
  {
    has: [' authentication failed for ', ' from client '],
    pattern: new RegExp(
      `${HEAD}[\\w-]{1,24} authentication failed for (?<user>.*) on \\S{1,64} from client (?<peer>[\\da-fA-F.:[\\]]{3,60}) ?; (?<reason>.*)$`,
      's',
    ),
    fields: LOGIN_FAILED,
  },
  {
    has: 'Successfully authenticated as principal ',
    pattern: new RegExp(
      `${HEAD}Successfully authenticated as principal (?<user>.*) on \\S{1,64}(?: from client (?<peer>[\\da-fA-F.:[\\]]{3,60}))?$`,
      's',
    ),
    fields: LOGIN_ACCEPTED,
  },
  {
    has: '] connection accepted from ',
    pattern: new RegExp(`${HEAD}connection accepted from (?<peer>[\\da-fA-F.:[\\]]{3,60}) #\\d`),
    fields: connection('connect', 'start'),
  },
  {
    has: '] end connection ',
    pattern: new RegExp(`${HEAD}end connection (?<peer>[\\da-fA-F.:[\\]]{3,60}) \\(`),
    fields: connection('disconnect', 'end'),
  },
]);

export const mongodb: Parser = {
  name: 'mongodb',
  programs: ['mongod', 'mongodb', 'mongos'],
  types: ['mongo'],
  paths: ['/mongodb/', 'mongod.log'],
  dataset: 'mongodb.log',
  product: 'mongodb',
  service: 'mongodb',
  category: 'database',
  records: [{ keys: ['t.$date', 's', 'c', 'ctx', 'msg'] }],
  ...worded,
  read,
};

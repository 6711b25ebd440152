/**
 * Redis, Valkey and KeyDB (serverLogRaw): `PID:ROLE DD Mon YYYY HH:MM:SS.mmm LEVEL text`. It does not log wrong passwords; what tells
 * of an attack is a web browser's request, a master that somebody sets from outside, and modules that are loaded.
 */
import { DATABASE, INTRUSION, NETWORK, toNumber } from '../ecs.ts';
import { readStamp } from '../stamp.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const HEAD = /^(?:(\d{1,10}):([XCSM]) |\[(\d{1,10})\] )/;
const MARK = /^ ([.*#-]) /;
const LEVELS = new Map([
  ['.', 'debug'],
  ['-', 'debug'],
  ['*', 'notice'],
  ['#', 'warning'],
]);

const database = (action: string, type: string): Parsed => ({
  'event.category': DATABASE,
  'event.type': [type],
  'event.action': action,
});
const connection = (action: string, type: string): Parsed => ({
  'event.category': [...NETWORK, 'database'],
  'event.type': ['connection', type],
  'event.action': action,
});

const { parse: worded } = wordings([
  {
    starts: 'Possible SECURITY ATTACK detected.',
    pattern:
      /^(?<rule>Possible SECURITY ATTACK detected)\. .{0,400} Connection from (?<peer>[\da-fA-F.:[\]]{3,60}) aborted\.$/,
    fields: {
      'event.kind': 'alert',
      'event.category': [...INTRUSION, 'network'],
      'event.type': ['denied'],
      'event.action': 'protocol_attack',
    },
  },
  {
    starts: 'Accepted ',
    pattern: /^Accepted (?<peer>[\da-fA-F.:[\]]{3,60})$/,
    fields: connection('connect', 'start'),
  },
  {
    starts: 'Client closed connection ',
    pattern: /^Client closed connection (?:id=\d{1,20} addr=)?(?<peer>[\da-fA-F.:[\]]{3,60})/,
    fields: connection('disconnect', 'end'),
  },
  {
    has: ' enabled (user request from ',
    pattern:
      /^(?:REPLICAOF|SLAVE OF) (?<to>\S{1,255}) enabled \(user request from 'id=\d{1,20} addr=(?<peer>[\da-fA-F.:[\]]{3,60}) /,
    fields: database('replication_changed', 'change'),
  },
  {
    starts: 'Module ',
    pattern: /^Module '.{1,128}' loaded from (?<file>.{1,4096})$/,
    fields: database('module_loaded', 'change'),
  },
  { starts: 'User requested shutdown', fields: database('shutdown', 'end') },
  { has: 'Ready to accept connections', fields: database('ready', 'start') },
  { starts: 'Server initialized', fields: database('started', 'start') },
]);

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  const stamp = head === null ? undefined : readStamp(message, head[0].length, line.clock);
  const mark = MARK.exec(message.slice(stamp?.end ?? 0));
  if (head === null || stamp === undefined || mark === null) return worded(message, line);
  const said = message.slice(stamp.end + mark[0].length);
  const draft: Draft = { ...(worded(said, line) ?? database('database_message', 'info')), '@timestamp': stamp.time };
  const pid = toNumber(head[1] ?? head[3]);
  if (pid !== undefined) draft['process.pid'] = pid;
  draft['log.level'] = LEVELS.get(mark[1] ?? '') ?? 'info';
  return { ...draft, message: said };
}

export const redis: Parser = {
  name: 'redis',
  programs: ['redis-server', 'redis', 'valkey-server', 'valkey', 'keydb-server', 'redis-sentinel'],
  paths: ['/redis/', '/valkey/', 'redis-server.log', 'redis.log'],
  dataset: 'redis.log',
  product: 'redis',
  service: 'redis',
  category: 'database',
  signatures: [
    { has: [' * '], test: /^\d{1,10}:[XCSM] \d\d [A-Z][a-z]{2} \d{4} [\d:.]{12} \* / },
    { has: [' # '], test: /^\d{1,10}:[XCSM] \d\d [A-Z][a-z]{2} \d{4} [\d:.]{12} # / },
  ],
  parse,
};

/**
 * PostgreSQL 9–18: stderr and syslog with any usual `log_line_prefix`, csvlog, jsonlog.
 *
 *   STAMP [811] anna@shop FATAL:  password authentication failed for user "anna"        %m [%p] %q%u@%d
 *   192.0.2.7 STAMP [811] anna@shop FATAL:  …                                            %h %m [%p] %q%u@%d
 *   STAMP:192.0.2.7(51234):anna@shop:[811]:FATAL:  …                                     %t:%r:%u@%d:[%p]:
 *   STAMP [811]: user=anna,db=shop,app=psql,client=192.0.2.7 FATAL:  …
 *
 * The severity with its two blanks ends the prefix. User, database and application are the client's and may hold a severity
 * of their own: a message with two of them is taken for what it can prove, a failed log-in, and for nothing else.
 *
 * Where the prefix names no client, `connection received: host=…` of the same process did (log_connections = on): it is
 * remembered for a while.
 */
import { endpointOf, isAddress, setEndpoint, setPeer } from '../address.ts';
import { DATABASE, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, NETWORK, toNumber } from '../ecs.ts';
import { levelOf } from '../head.ts';
import type { Memory } from '../memory.ts';
import { valuesOf } from '../rows.ts';
import { readStamp } from '../stamp.ts';
import { withGroups } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';
import type { Fields } from '#contract';

const SEVERITY =
  /(?<=^|[\s:\],])(LOG|FATAL|ERROR|WARNING|PANIC|NOTICE|INFO|DEBUG[1-5]?|DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION): {1,2}/;

const event = (action: string, ...types: string[]): Parsed => ({
  'event.category': [...DATABASE, ...NETWORK],
  'event.type': types,
  'event.action': action,
});

/** What the server says. Ends are fixed; names in quotes are the client's. */
const MESSAGES: readonly (readonly [starts: string, pattern: RegExp, fields: Parsed])[] = [
  ['', /^[\w-]{1,24} authentication failed for user "(?<user>.*)"$/s, LOGIN_FAILED],
  ['role "', /^role "(?<user>.*)" (?<reason>does not exist|is not permitted to log in)$/s, LOGIN_FAILED],
  [
    'no pg_hba.conf entry for ',
    /^(?<reason>no pg_hba\.conf entry) for (?:replication connection from )?host "(?<ip>[^"]{1,64})", user "(?:(?<user>[^"]*)"(?:, database "[^"]*")?(?:, [\w ]{2,24})?$)?/,
    LOGIN_FAILED,
  ],
  [
    'pg_hba.conf rejects ',
    /^(?<reason>pg_hba\.conf rejects) (?:replication )?connection for host "(?<ip>[^"]{1,64})", user "(?:(?<user>[^"]*)"(?:, database "[^"]*")?(?:, [\w ]{2,24})?$)?/,
    LOGIN_FAILED,
  ],
  [
    'connection received: ',
    /^connection received: host=(?:\[local\]|(?<ip>\S{1,255}))(?: port=(?<port>\d{1,5}))?$/,
    event('connect', 'connection', 'start'),
  ],
  [
    'connection authenticated: ',
    /^connection authenticated: identity="(?<user>.*)" method=\S/s,
    event('authenticated', 'info'),
  ],
  [
    'connection authorized: ',
    /^(?:replication )?connection authorized: user=(?<user>\S{1,128})(?: database=|$| application_name=| SSL enabled )/,
    LOGIN_ACCEPTED,
  ],
  [
    'disconnection: ',
    /^disconnection: session time: [\d:.]{1,24} user=(?<user>.{0,128}) database=.{0,128} host=(?:\[local\]|(?<ip>\S{1,255}))(?: port=(?<port>\d{1,5}))?$/s,
    LOGOUT,
  ],
  [
    'invalid length of startup packet',
    /^(?<reason>invalid length of startup packet)$/,
    event('protocol_error', 'error'),
  ],
  [
    'unsupported frontend protocol',
    /^(?<reason>unsupported frontend protocol \S{1,32})/,
    event('protocol_error', 'error'),
  ],
];

function said(text: string): Draft | undefined {
  for (const [starts, pattern, fields] of MESSAGES) {
    if (!text.startsWith(starts)) continue;
    const match = pattern.exec(text);
    if (match !== null) return { ...withGroups(fields, match.groups ?? {}) };
  }
  return undefined;
}

const NAMED = /(?:^|[\s,])(?:client|host)=([^\s,]{1,255})/;
const REMOTE = /(?:^:?|[\s,]|(?<=[A-Za-z]):)([\da-fA-F][\da-fA-F.:]{2,44}|::[\da-fA-F.:]{1,43})\((\d{1,5})\)/;
const OWNER = /(?:^|[\s:\]])([^\s@:[\],]{1,128})@[^\s@:]{1,128}[:\s]*$|:([^\s@:[\],]{1,128})@[^\s@:]{1,128}:\[/;
const PID = /\[(\d{1,10})\]/;

/** Client, user and process as the prefix has them. */
function prefixed(prefix: string, line: Line): Draft {
  const draft: Draft = {};
  const first = prefix.slice(0, prefix.indexOf(' ') === -1 ? 0 : prefix.indexOf(' '));
  const named = NAMED.exec(prefix)?.[1];
  const remote = REMOTE.exec(prefix);
  const bare = endpointOf(first.replace(/\((\d{1,5})\)$/, ':$1'));
  if (remote !== null && isAddress(remote[1] ?? '')) setPeer(draft, remote[1] ?? '', toNumber(remote[2]));
  else if (isAddress(bare.address)) {
    setPeer(draft, bare.address, bare.port);
    const stamp = readStamp(prefix, first.length + 1, line.clock);
    if (stamp !== undefined) draft['@timestamp'] = stamp.time;
  } else if (named !== undefined && named !== '[local]') setEndpoint(draft, named.replace(/\((\d{1,5})\)$/, ':$1'));
  const owner = OWNER.exec(prefix);
  const user = owner?.[1] ?? owner?.[2] ?? /(?:^|[\s,])user=([^\s,]{1,128})/.exec(prefix)?.[1];
  if (user !== undefined && user !== '[unknown]') draft['user.name'] = user;
  const pid = toNumber(PID.exec(prefix)?.[1]);
  if (pid !== undefined) draft['process.pid'] = pid;
  return draft;
}

interface Client {
  readonly ip: string;
  readonly port: number | undefined;
}

/** By process; the oldest goes first. */
const MAX_CLIENTS = 1024;
const clients = new WeakMap<Memory, Map<number, Client>>();

function remember(draft: Draft, line: Line): void {
  const pid = draft['process.pid'] ?? line.pid;
  if (typeof pid !== 'number') return;
  const known = clients.get(line.memory) ?? new Map<number, Client>();
  clients.set(line.memory, known);
  const { 'source.ip': ip, 'source.port': port } = draft;
  if (draft['event.action'] === 'connect') {
    known.delete(pid);
    if (typeof ip !== 'string') return;
    if (known.size >= MAX_CLIENTS) for (const [oldest] of [...known].slice(0, 1)) known.delete(oldest);
    known.set(pid, { ip, port: typeof port === 'number' ? port : undefined });
    return;
  }
  const client = known.get(pid);
  if (client !== undefined && ip === undefined) setPeer(draft, client.ip, client.port);
  if (draft['event.action'] === 'logout') known.delete(pid);
}

/** `[3-1]` numbers the lines of syslog. */
const NUMBERED = /^\[\d{1,9}-\d{1,9}\] (?:#\d{1,5} )?/;

function plain(message: string, line: Line): Parsed | undefined {
  const found = SEVERITY.exec(message.slice(0, 1024));
  if (found === null) return undefined;
  const text = message.slice(found.index + found[0].length);
  const draft = prefixed(message.slice(0, found.index).replace(NUMBERED, ''), line);
  const twice = SEVERITY.test(text.slice(0, 4096));
  const meaning = twice ? undefined : said(text);
  const severity = found[1] ?? '';
  if (meaning !== undefined) Object.assign(draft, meaning);
  else if (twice && text.includes('FATAL:  password authentication failed for user "')) {
    delete draft['user.name'];
    Object.assign(draft, LOGIN_FAILED);
  } else Object.assign(draft, plainEvent(severity));
  const level = levelOf(severity === 'LOG' ? 'INFO' : severity.replace(/\d$/, ''));
  if (level !== undefined) draft['log.level'] = level;
  remember(draft, line);
  return draft;
}

const plainEvent = (severity: string): Parsed => ({
  'event.category': DATABASE,
  'event.type': [/^(?:ERROR|FATAL|PANIC)$/.test(severity) ? 'error' : 'info'],
  'event.action': severity === 'STATEMENT' ? 'statement' : 'database_message',
});

/** csvlog: stamp, user, database, pid, client, session, line, command, …; severity is the 12th, the message the 14th. */
function csv(message: string): Parsed | undefined {
  const values = valuesOf(message.replace(/^,/, ''), ',', 32);
  const at = values.findIndex((value) => /^(?:LOG|FATAL|ERROR|WARNING|PANIC|NOTICE|INFO|DEBUG[1-5]?)$/.test(value));
  if ((at !== 10 && at !== 11) || values.length < at + 3) return undefined;
  const first = at - 10;
  return described(values[first], values[first + 2], values[first + 3], values[at], values[at + 1], values[at + 2]);
}

function described(user = '', pid = '', client = '', severity = '', code = '', text = ''): Parsed {
  const draft: Draft = { ...(said(text) ?? plainEvent(severity)) };
  if (user !== '') draft['user.name'] ??= user;
  if (client !== '' && client !== '[local]') setEndpoint(draft, client);
  const number = toNumber(pid);
  if (number !== undefined) draft['process.pid'] = number;
  if (code !== '' && code !== '00000') draft['event.code'] = code;
  return { ...draft, message: text };
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

function read(record: Fields): Parsed | undefined {
  if (typeof record['error_severity'] !== 'string' || typeof record['message'] !== 'string') return undefined;
  const host = text(record['remote_host']);
  const port = toNumber(text(record['remote_port']));
  const draft: Draft = {
    ...described(
      text(record['user']),
      text(record['pid']),
      '',
      record['error_severity'],
      text(record['state_code']),
      record['message'],
    ),
  };
  if (host !== '' && host !== '[local]') setPeer(draft, host, port);
  return draft;
}

export const postgres: Parser = {
  name: 'postgres',
  programs: ['postgres', 'postgresql'],
  types: ['pgsql'],
  paths: ['/postgresql/', '/pgsql/', 'postgresql-', 'postgres.log'],
  dataset: 'postgresql.log',
  product: 'postgresql',
  service: 'postgresql',
  category: 'database',
  signatures: [
    { has: ['FATAL:  ', ' authentication failed for user "'] },
    { has: ['FATAL:  no pg_hba.conf entry for host "'] },
    { has: ['LOG:  connection received: host='] },
    { has: ['LOG:  connection authorized: user='] },
    { has: ['LOG:  disconnection: session time: '] },
    { has: ['FATAL:  role "'] },
  ].map((one) => ({ ...one, test: /^[^"'<{]{0,300}(?<=^|[\s:\],])(?:FATAL|LOG): {2}/ })),
  records: [{ keys: ['error_severity', 'backend_type', 'message'] }],
  parse: (message, line) => plain(message, line) ?? csv(message),
  read,
};

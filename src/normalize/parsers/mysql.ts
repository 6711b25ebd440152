/**
 * MySQL 5.x–9 and MariaDB: the error log, the general query log's connections, and the audit plug-in of MariaDB.
 *
 *   STAMP 42 [Note] [MY-010926] [Server] Access denied for user 'U'@'HOST' (using password: YES)
 *   STAMP 42 [Warning] Aborted connection 42 to db: 'D' user: 'U' host: 'H' (Got timeout reading communication packets)
 *   STAMP,SERVER,U,HOST,CONNECTION,QUERY,FAILED_CONNECT,DB,OBJECT,1045      server_audit
 *
 * Since 8.0 refusals are only written at log_error_verbosity 3, in MariaDB at log_warnings 2. The user is the client's and may
 * hold quotes; the host behind it is the server's.
 */
import { setPeer } from '../address.ts';
import { AUTHENTICATION, DATABASE, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, NETWORK } from '../ecs.ts';
import { valuesOf } from '../rows.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

/** Connection, level, code, subsystem; or the general log's connection and command. */
const HEAD = String.raw`^\s{0,8}(?:\d{1,12}\s{1,8})?(?:\[\w{1,12}\] )?(?:\[MY-\d{1,9}\] )?(?:\[\w{1,16}\] )?(?:Connect\s{1,4})?`;
const USER = String.raw`'(?<user>[^']{0,128})'@'(?:localhost|(?<ip>[^']{0,255}))'`;
const database = (action: string, type: string): Parsed => ({
  'event.category': DATABASE,
  'event.type': [type],
  'event.action': action,
});

const worded = wordings([
  {
    has: ["Access denied for user '", ' (using password: '],
    pattern: new RegExp(
      `${HEAD}Access denied for user '(?<user>.*)'@'(?:localhost|(?<ip>[^']{0,255}))' \\(using password: (?:YES|NO)\\)$`,
      's',
    ),
    fields: LOGIN_FAILED,
  },
  {
    has: ["Access denied for user '", ' to database '],
    pattern: new RegExp(`${HEAD}Access denied for user ${USER} to database '`),
    fields: { ...database('database_denied', 'denied'), 'event.outcome': 'failure' },
  },
  {
    has: "Access denied for user '",
    pattern: new RegExp(`${HEAD}Access denied for user ${USER}(?: |$)`),
    fields: LOGIN_FAILED,
  },
  {
    has: ['Aborted connection ', " user: '", " host: '"],
    pattern: new RegExp(
      `${HEAD}Aborted connection \\d{1,12} to db: '[^']{0,128}' user: '(?:unauthenticated|(?<user>[^']{0,128}))' host: '(?:localhost|(?<ip>[^']{0,255}))' \\((?<reason>.*)\\)\\.?$`,
      's',
    ),
    fields: { 'event.category': [...DATABASE, ...NETWORK], 'event.type': ['end'], 'event.action': 'disconnect' },
  },
  {
    has: ["Host '", ' is blocked because of many connection errors'],
    pattern: new RegExp(`${HEAD}Host '(?<ip>[^']{1,255})' (?<reason>is blocked because of many connection errors)`),
    fields: {
      'event.category': [...DATABASE, ...NETWORK],
      'event.type': ['denied'],
      'event.action': 'connection_refused',
    },
  },
  {
    has: ["Host '", ' is not allowed to connect to this M'],
    pattern: new RegExp(
      `${HEAD}Host '(?<ip>[^']{1,255})' (?<reason>is not allowed to connect to this (?:MySQL|MariaDB) server)`,
    ),
    fields: {
      'event.category': [...DATABASE, ...NETWORK],
      'event.type': ['denied'],
      'event.action': 'connection_refused',
    },
  },
  {
    has: ["IP address '", ' could not be resolved'],
    pattern: new RegExp(`${HEAD}IP address '(?<ip>[^']{1,64})' could not be resolved: `),
    fields: { 'event.category': NETWORK, 'event.type': ['info'], 'event.action': 'reverse_mapping_failed' },
  },
  {
    has: 'Connect',
    pattern:
      /^\s{0,8}\d{1,12}\s{1,8}Connect\s{1,4}(?<user>[^\s@]{1,128})@(?:localhost|(?<ip>[^\s@]{1,255})) (?:as anonymous )?on /,
    fields: { ...LOGIN_ACCEPTED, 'event.category': [...AUTHENTICATION, 'database'] },
    quiet: true,
  },
  {
    has: '[',
    pattern: /^\d{1,12} \[(?<level>\w{1,12})\] /,
    fields: database('database_message', 'info'),
    quiet: true,
  },
]);

const OPERATIONS = new Map<string, Parsed>([
  ['CONNECT', LOGIN_ACCEPTED],
  ['FAILED_CONNECT', LOGIN_FAILED],
  ['DISCONNECT', LOGOUT],
  ['QUERY', database('query', 'access')],
  ['READ', database('table_read', 'access')],
  ['WRITE', database('table_write', 'change')],
  ['CREATE', database('table_create', 'creation')],
  ['ALTER', database('table_alter', 'change')],
  ['RENAME', database('table_rename', 'change')],
  ['DROP', database('table_drop', 'deletion')],
]);

/** server_audit: every value but the object is the server's own; the object of a query is quoted, and last but one. */
function audited(message: string): Parsed | undefined {
  const comma = message.startsWith(',') ? 1 : 0;
  const [, user = '', host = '', connection = '', query = '', operation = '', ...rest] = valuesOf(
    message.slice(comma),
    ',',
    8,
  );
  const fields = OPERATIONS.get(operation);
  if (fields === undefined || !/^\d{1,20}$/.test(connection) || !/^\d{1,20}$/.test(query)) return undefined;
  const draft: Draft = { ...fields, 'user.name': user, 'session.id': connection };
  if (host !== 'localhost') setPeer(draft, host);
  if (rest.length === 0) delete draft['session.id'];
  return draft;
}

const parse = (message: string, line: Line): Parsed | undefined => worded.parse(message, line) ?? audited(message);

export const mysql: Parser = {
  name: 'mysql',
  programs: ['mysqld', 'mariadbd', 'mysql', 'mariadb', 'mysqld_safe', 'mysql-server_auditing'],
  paths: ['/mysql/', '/mariadb/', 'mysqld.log', 'mysql.log', 'mariadb.log'],
  dataset: 'mysql.log',
  product: 'mysql',
  service: 'mysql',
  category: 'database',
  signatures: worded.signatures,
  parse,
};

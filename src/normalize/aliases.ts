/**
 * Names that senders use for what ECS has a name for. Read without regard to case, at the top level only.
 *
 * `program`, `app` and the journal's SYSLOG_IDENTIFIER name a process. `service`, `source` and `logger` name a service,
 * except that a `source` that is a path is the file the line came from. An ECS name that the sender gave itself always
 * wins, then the alias that stands first here; whatever loses, or does not fit, stays under its own name.
 */
import type { FieldValue } from '#contract';
import { isAddress } from './address.ts';

/** The value as the ECS field wants it, or undefined where it does not fit. */
type Read = (value: FieldValue) => FieldValue | undefined;

export interface Alias {
  readonly field: string;
  readonly rank: number;
  readonly read: Read;
}

const text: Read = (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined);
const word: Read = (value) => (typeof value === 'string' && value !== '' ? value : undefined);
const path: Read = (value) => (typeof value === 'string' && value.startsWith('/') ? value : undefined);
/** A web server's `path` begins with a slash too: a log's file lies in a folder of the system or ends as logs do. */
const file: Read = (value) =>
  path(value) !== undefined && /^\/(?:var|opt|srv|home|usr|mnt|run|tmp|root|etc)\/|\.log(?:\.\d+)?$/.test(String(value))
    ? value
    : undefined;
const name: Read = (value) => (path(value) === undefined ? word(value) : undefined);
const address: Read = (value) => (typeof value === 'string' && isAddress(value) ? value : undefined);
const level: Read = (value) => (typeof value === 'string' ? value.toLowerCase() : text(value));

export const integer: Read = (value) => {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
};

const TABLE: readonly (readonly [field: string, read: Read, aliases: readonly string[]])[] = [
  ['message', text, ['message', 'msg', 'log', 'line', 'event', 'text', 'body']],
  ['host.name', word, ['host', 'hostname', '_hostname', 'host.hostname']],
  ['log.level', level, ['level', 'severity', 'loglevel', 'log_level']],
  ['process.name', name, ['program', 'app', 'application', 'process', 'syslog_identifier', 'ident']],
  ['process.pid', integer, ['pid', '_pid', 'procid']],
  ['log.file.path', file, ['source', 'file', 'filename', 'path']],
  ['service.name', name, ['service', 'source', 'logger']],
  ['source.ip', address, ['ip', 'src_ip', 'source_ip', 'srcip', 'client_ip', 'remote_addr', 'remote_ip']],
  ['source.port', integer, ['src_port', 'source_port', 'srcport', 'client_port', 'remote_port']],
  ['destination.ip', address, ['dst_ip', 'dest_ip', 'destination_ip', 'dstip']],
  ['destination.port', integer, ['dst_port', 'dest_port', 'destination_port', 'dstport']],
  ['user.name', text, ['user', 'username', 'user_name']],
];

/** One name may stand for several fields (`source`): the first one that takes the value has it. */
const byName = new Map<string, Alias[]>();
for (const [field, read, aliases] of TABLE) {
  for (const [rank, alias] of aliases.entries()) {
    const list = byName.get(alias) ?? [];
    list.push({ field, rank, read });
    byName.set(alias, list);
  }
}

const NONE: readonly Alias[] = [];

export const aliasesOf = (key: string): readonly Alias[] => byName.get(key) ?? byName.get(key.toLowerCase()) ?? NONE;

/** Names for the event's time, best first. */
export const TIME_NAMES = [
  '@timestamp',
  'timestamp',
  'time',
  'ts',
  'datetime',
  'date',
  '__realtime_timestamp',
] as const;

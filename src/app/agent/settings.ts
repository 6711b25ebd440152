/**
 * The agent's YAML. The keys of old stand at top level and mean what they meant; all are optional, an unknown one is an error that
 * names its line. The table is also the reference that docs/agent.md shows. There is no zod here: it would cost the agent 10 MB.
 */
import { nearest } from '#lib/nearest';
import { type ConfigSource, readYaml } from '../yaml-file.ts';

export interface AgentSettings {
  readonly api_url: string;
  /** Seconds. */
  readonly interval: number;
  readonly log_candidates: readonly string[];
  readonly windows_log: readonly string[];
  readonly retry_attempts: number;
  /** Seconds. */
  readonly retry_delay: number;
  readonly use_realtime_monitoring: boolean;
  readonly backfill_hours: number;
  readonly timezone: string | undefined;
  readonly always_on: boolean | undefined;
  readonly compression: 'zstd' | 'gzip' | 'none' | undefined;
  readonly host: { readonly name: string | undefined; readonly root: string };
  readonly spool: {
    readonly max_bytes: number;
    /** ms. */
    readonly max_age: number;
    readonly when_full: 'wait' | 'drop_oldest';
  };
}

/** What a key takes: the value as we use it, or what is wrong. */
type Read = (value: unknown) => { readonly value: unknown } | { readonly fault: string };

interface Key {
  /** `spool.max_bytes`. */
  readonly name: string;
  /** As one would write it. */
  readonly fallback: string | undefined;
  readonly standard: unknown;
  readonly meaning: string;
  readonly read: Read;
}

const CANDIDATES = [
  '/var/log/auth.log',
  '/var/log/secure',
  '/var/log/syslog',
  '/var/log/messages',
  '/var/log/kern.log',
];
const CHANNELS = ['Security', 'System', 'Application', 'Microsoft-Windows-Sysmon/Operational'];
const MiB = 1024 * 1024;
const DAY = 24 * 60 * 60 * 1000;

const is =
  (test: (value: unknown) => boolean, wanted: string): Read =>
  (value) =>
    test(value) ? { value } : { fault: wanted };
const number = (least: number, most: number): Read =>
  is((value) => typeof value === 'number' && value >= least && value <= most, `a number from ${least} to ${most}`);
const flag = is((value) => typeof value === 'boolean', 'true or false');
const oneOf = (...words: readonly string[]): Read =>
  is((value) => words.includes(value as string), `one of ${words.join(', ')}`);
const word = is((value) => typeof value === 'string' && value !== '', 'a text');
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
const list: Read = (value) =>
  typeof value === 'string' && value !== ''
    ? { value: [value] }
    : isTexts(value)
      ? { value }
      : { fault: 'a list of texts' };
const url: Read = (value) =>
  typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? { value }
    : { fault: 'an address that begins with http:// or https://' };
const zone = is((value) => typeof value === 'string' && isZone(value), 'a time zone, as in Europe/Berlin');

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** `512 MiB`, `30d`: a number and its unit. A plain number is in the smallest one. */
function amount(units: Readonly<Record<string, number>>, least: number, wanted: string): Read {
  return (value) => {
    const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value)) ?? [];
    const factor = units[unit.toLowerCase()];
    const product = digits === '' || factor === undefined ? Number.NaN : Math.floor(Number(digits) * factor);
    return product >= least ? { value: product } : { fault: wanted };
  };
}

const bytes = amount(
  { '': 1, b: 1, kib: 1024, mib: MiB, gib: 1024 * MiB, kb: 1e3, mb: 1e6, gb: 1e9 },
  MiB / 2,
  'a size such as 512 MiB, at least 512 KiB',
);
const age = amount(
  { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: DAY, w: 7 * DAY },
  60_000,
  'a time such as 12h or 30d, at least a minute',
);

export const KEYS: readonly Key[] = [
  key(
    'api_url',
    '"http://localhost:5000/api/logs"',
    url,
    'http://localhost:5000/api/logs',
    'Where to send while the agent is not enrolled. After that, an https:// address here is tried before those of the enrolment.',
  ),
  key(
    'interval',
    '10',
    number(1, 86_400),
    10,
    'Seconds between two looks at this machine, and at its files where `use_realtime_monitoring` is off.',
  ),
  key(
    'log_candidates',
    'the usual files under `/var/log`',
    list,
    CANDIDATES,
    'Files to follow where they exist and can be read.',
  ),
  key('windows_log', 'Security, System, Application, Sysmon', list, CHANNELS, 'Channels of the Windows event log.'),
  key(
    'retry_attempts',
    '5',
    number(0, 1000),
    5,
    'Attempts for a batch before the long pause. It stays on disk in any case.',
  ),
  key(
    'retry_delay',
    '2',
    number(0.01, 3600),
    2,
    'Seconds that the first pause between attempts is at most; it doubles, up to half a minute.',
  ),
  key(
    'use_realtime_monitoring',
    'true',
    flag,
    true,
    'Whether files are watched. Without, they are looked at every `interval`.',
  ),
  key('backfill_hours', '24', number(0, 8784), 24, 'How far back the journal is read when it is first seen.'),
  key('timezone', undefined, zone, undefined, 'IANA zone of stamps without a zone; the server’s own when absent.'),
  key('always_on', 'false on a battery', flag, undefined, 'Whether silence of this machine is an alert.'),
  key(
    'compression',
    'zstd; none for an old server',
    oneOf('zstd', 'gzip', 'none'),
    undefined,
    'How batches are packed.',
  ),
  key('host.name', 'its host name', word, undefined, 'This machine’s name in events.'),
  key('host.root', '/', word, '/', 'Where the watched machine’s root is mounted, in a container.'),
  key('spool.max_bytes', '1 GiB', bytes, 1024 * MiB, 'Disk space that the spool may take.'),
  key('spool.max_age', '30d', age, 30 * DAY, 'What could not be sent for longer than this is given up, and counted.'),
  key(
    'spool.when_full',
    'wait',
    oneOf('wait', 'drop_oldest'),
    'wait',
    'A full spool makes the files wait, or gives up its oldest lines.',
  ),
];

function key(name: string, fallback: string | undefined, read: Read, standard: unknown, meaning: string): Key {
  return { name, fallback, standard, meaning, read };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws CodedError CONFIG. */
export function readAgentSettings(source: ConfigSource | undefined, environment: NodeJS.ProcessEnv): AgentSettings {
  const found = new Map<string, unknown>(KEYS.map(({ name, standard }) => [name, standard]));
  if (source !== undefined) {
    const { content, lineOf, refuse } = readYaml(source, environment);
    if (!isMap(content)) refuse(1, 'settings are keys with values');
    for (const [path, value] of leaves(content as Readonly<Record<string, unknown>>)) {
      const name = path.join('.');
      const known = KEYS.find((one) => one.name === name);
      if (known === undefined) refuse(lineOf(path), unknown(path));
      // A key without a value counts as absent.
      const read = value === null ? { value: known?.standard } : known?.read(value);
      if (read !== undefined && 'fault' in read) refuse(lineOf(path), `${name}: wants ${read.fault}`);
      else if (read !== undefined) found.set(name, read.value);
    }
  }
  return nested(found) as unknown as AgentSettings;
}

const SECTIONS = new Set(KEYS.flatMap(({ name }) => (name.includes('.') ? [name.slice(0, name.indexOf('.'))] : [])));

function* leaves(content: Readonly<Record<string, unknown>>): Generator<[readonly string[], unknown]> {
  for (const [name, value] of Object.entries(content)) {
    if (!SECTIONS.has(name) || !isMap(value)) {
      if (!SECTIONS.has(name) || value !== null) yield [[name], value];
      continue;
    }
    for (const [inner, leaf] of Object.entries(value)) yield [[name, inner], leaf];
  }
}

function unknown(path: readonly string[]): string {
  const name = path.at(-1) ?? '';
  if (path.length === 1 && SECTIONS.has(name)) return `${name}: wants keys of its own`;
  const prefix = path.length === 1 ? '' : `${path[0]}.`;
  const names = KEYS.flatMap((one) => (one.name.startsWith(prefix) ? [one.name.slice(prefix.length)] : []));
  const meant = nearest(name, [...names.filter((one) => !one.includes('.')), ...(prefix === '' ? SECTIONS : [])]);
  return `unknown key "${name}"${meant === undefined ? '' : `. Did you mean "${meant}"?`}`;
}

function nested(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, value] of values) {
    const [section = '', inner] = name.split('.');
    if (inner === undefined) made[section] = value;
    else made[section] = { ...(made[section] as Record<string, unknown> | undefined), [inner]: value };
  }
  return made;
}

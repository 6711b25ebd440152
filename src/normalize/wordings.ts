/**
 * For programs whose messages are fixed sentences with a name and an address in them: one row a sentence, and the parser and its
 * signatures follow from the rows.
 *
 *   wordings([
 *     {
 *       has: 'Failed login attempt for username "',
 *       pattern: /^\[Auth\] Failed login attempt for username "(?<user>.*)" from ip (?<ip>\S+) \((?<reason>[^()]*)\)/,
 *       fields: LOGIN_FAILED,
 *     },
 *   ])
 *
 * A row's text is looked for first, so its pattern only runs where it has a chance. The pattern's named groups are fields:
 * see `GROUPS`. Rows are tried in their order.
 */
import type { FieldValue } from '#contract';
import { firstOf, setEndpoint, setPeer } from './address.ts';
import { toNumber } from './ecs.ts';
import { put } from './fields.ts';
import { levelOf } from './head.ts';
import { setRequest, setStatus, setUrl } from './http.ts';
import type { Draft, Line, Parsed, Signature } from './parsers/parser.ts';

export interface Wording {
  /** How such messages begin. */
  readonly starts?: string | undefined;
  /** What stands in them. One of the two is needed; both serve as the signature, unless `quiet`. */
  readonly has?: string | readonly string[];
  /** Anchored at the beginning; without it the texts alone decide. */
  readonly pattern?: RegExp | undefined;
  readonly fields: Parsed;
  /** Other programs write such words too: read only where the program, type or path is known. */
  readonly quiet?: boolean | undefined;
}

type Set = (draft: Draft, value: string) => void;

const as =
  (field: string): Set =>
  (draft, value) => {
    put(draft, field, value);
  };

const asNumber =
  (field: string): Set =>
  (draft, value) => {
    const number = toNumber(value);
    if (number !== undefined) put(draft, field, number);
  };

/** What a group of this name becomes. A group that took part with no text sets nothing. */
const GROUPS = new Map<string, Set>(
  Object.entries({
    user: as('user.name'),
    target: as('user.target.name'),
    effective: as('user.effective.name'),
    email: as('user.email'),
    domain: as('user.domain'),
    uid: as('user.id'),
    group: as('group.name'),
    /** An address, alone. */
    ip: (draft, value) => setPeer(draft, value),
    /** An address with or without a port. */
    peer: (draft, value) => setEndpoint(draft, value),
    /** `client, proxy, proxy`. */
    forwarded: (draft, value) => setEndpoint(draft, firstOf(value)),
    port: asNumber('source.port'),
    to: (draft, value) => setEndpoint(draft, value, 'destination'),
    toPort: asNumber('destination.port'),
    pid: asNumber('process.pid'),
    process: as('process.name'),
    parent: as('process.parent.name'),
    cwd: as('process.working_directory'),
    service: as('service.name'),
    interface: as('observer.ingress.interface.name'),
    module: as('driver.name'),
    disk: as('device.name'),
    device: as('device.id'),
    vendor: as('device.vendor.id'),
    product: as('device.product.id'),
    model: as('device.model.name'),
    manufacturer: as('device.manufacturer'),
    serial: as('device.serial_number'),
    mac: (draft, value) => {
      draft['source.mac'] = value.replaceAll(':', '-').toUpperCase();
    },
    tty: as('user.terminal'),
    hostname: as('source.domain'),
    network: as('network.name'),
    state: as('service.state'),
    hostIp: (draft, value) => {
      draft['host.ip'] = [value];
    },
    server: (draft, value) => setPeer(draft, value, undefined, 'server'),
    sender: as('email.from.address'),
    recipient: (draft, value) => {
      draft['email.to.address'] = [value];
    },
    /** A mail server's own name for a message. */
    queueId: as('email.local_id'),
    question: as('dns.question.name'),
    questionType: as('dns.question.type'),
    exe: as('process.executable'),
    command: as('process.command_line'),
    file: as('file.path'),
    url: setUrl,
    request: setRequest,
    method: as('http.request.method'),
    status: (draft, value) => setStatus(draft, toNumber(value)),
    bytes: asNumber('http.response.body.bytes'),
    agent: as('user_agent.original'),
    host: as('url.domain'),
    reason: as('event.reason'),
    code: as('event.code'),
    session: as('session.id'),
    protocol: (draft, value) => {
      draft['network.transport'] = value.toLowerCase();
    },
    logger: as('log.logger'),
    rule: as('rule.name'),
    ruleId: as('rule.id'),
    level: (draft, value) => {
      const level = levelOf(value);
      if (level !== undefined) draft['log.level'] = level;
    },
  } satisfies Record<string, Set>),
);

interface Prepared extends Wording {
  readonly texts: readonly string[];
  readonly groups: Groups | undefined;
}

export interface Wordings {
  readonly signatures: readonly Signature[];
  parse(message: string, line: Line): Parsed | undefined;
}

export function wordings(rows: readonly Wording[]): Wordings {
  const prepared: readonly Prepared[] = rows.map(({ starts, has, pattern, fields, quiet }) => ({
    starts,
    texts: [has ?? []].flat(),
    pattern,
    groups: pattern === undefined ? undefined : groupsOf(pattern),
    fields,
    quiet,
  }));
  for (const { starts, texts } of prepared) {
    if (starts === undefined && texts.length === 0) throw new Error('a wording needs a text to look for');
  }
  return {
    signatures: prepared
      .filter(({ quiet }) => quiet !== true)
      .map(({ starts, texts, pattern, groups }) => ({
        ...(starts === undefined ? {} : { starts }),
        has: texts,
        ...(pattern === undefined ? {} : { test: pattern }),
        ...(groups === undefined ? {} : { fits: (message) => groups.in(message) !== null }),
      })),
    parse(message) {
      for (const row of prepared) {
        const read = readRow(row, message);
        if (read !== undefined) return read;
      }
      return undefined;
    },
  };
}

function readRow({ starts, texts, groups, fields }: Prepared, message: string): Parsed | undefined {
  if (starts !== undefined && !message.startsWith(starts)) return undefined;
  for (const text of texts) if (!message.includes(text)) return undefined;
  if (groups === undefined) return fields;
  const match = groups.in(message);
  if (match === null) return undefined;
  const draft: Draft = { ...fields };
  for (const [index, set] of groups.setters) {
    const value = match[index];
    if (value !== undefined && value !== '') set(draft, value);
  }
  return draft;
}

/** A pattern's groups by their numbers: V8 makes a table of names for each match of a pattern that has any. */
interface Groups {
  readonly setters: readonly (readonly [index: number, set: Set])[];
  /** The last match is kept: who was found by the pattern reads the same message next. */
  in(message: string): RegExpExecArray | null;
}

function groupsOf(pattern: RegExp): Groups {
  const setters: (readonly [index: number, set: Set])[] = [];
  let index = 0;
  const source = pattern.source.replace(PARENTHESIS, (found: string, name: string | undefined) => {
    if (found !== '(' && name === undefined) return found;
    index++;
    if (name === undefined) return found;
    const set = GROUPS.get(name);
    if (set === undefined) throw new Error(`no field for a group named ${name}`);
    setters.push([index, set]);
    return '(';
  });
  const numbered = new RegExp(source, pattern.flags);
  return {
    setters,
    in(message) {
      if (last.pattern === numbered && last.message === message) return last.match;
      const match = numbered.exec(message);
      last = { pattern: numbered, message, match };
      return match;
    },
  };
}

/** One for all patterns: a message may be a piece of a much longer text, which is kept with it. */
let last: {
  readonly pattern: RegExp | undefined;
  readonly message: string;
  readonly match: RegExpExecArray | null;
} = { pattern: undefined, message: '', match: null };

/** What is escaped, a class of characters, and parentheses that open something: a group with a name, or without, or no group. */
const PARENTHESIS = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?<([a-zA-Z]+)>|\(\?|\(/gs;

/** The fields, and what the groups say. For parsers that match on their own. */
export function withGroups(fields: Parsed, groups: Readonly<Record<string, string | undefined>>): Parsed {
  const draft: Record<string, FieldValue> = { ...fields };
  for (const name in groups) {
    const value = groups[name];
    if (value !== undefined && value !== '') GROUPS.get(name)?.(draft, value);
  }
  return draft;
}

/**
 * sshesame (jaksi/sshesame): an SSH honeypot. Lines are `[ADDR:PORT] [channel N] TEXT`; with `json_logging` records with `source`,
 * `event_type` and `event`. All that stands in quotes is the visitor's, quoted as Go does.
 */
import type { Fields } from '#contract';
import { setEndpoint } from '../address.ts';
import { wordOf, withServiceType } from '../application.ts';
import { visit, visitLogin } from '../detection.ts';
import { quotedAt } from '../logfmt.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const NAME = 'sshesame';
const HEAD = /^\[(\[[\da-fA-F:.%\w]{2,60}\]:\d{1,5}|[\d.]{7,15}:\d{1,5})\] (?:\[channel (\d{1,10})\] )?/;

/** `authentication for user "U" with password "P" accepted`, `… without credentials rejected`, `… with public key "…" rejected`. */
function login(text: string): Draft | undefined {
  const user = quotedAt(text, 24);
  const accepted = text.endsWith(' accepted');
  if (user === undefined || !(accepted || text.endsWith(' rejected'))) return undefined;
  const draft = visitLogin(NAME, accepted);
  draft['user.name'] = user.text;
  if (text.startsWith(' with password "', user.end)) {
    const password = quotedAt(text, user.end + 15);
    if (password !== undefined) draft['sshesame.password'] = password.text;
  }
  return draft;
}

type Read = (text: string) => Draft | undefined;
const plain =
  (action: string, ...types: string[]): Read =>
  () =>
    visit(NAME, action, ...types);
/** The visitor's text between a prefix and what sshesame writes last. */
const quoted =
  (action: string, at: number, field: string): Read =>
  (text) => {
    const value = quotedAt(text, at);
    return value === undefined ? undefined : { ...visit(NAME, action), [field]: value.text };
  };

const RULES: readonly (readonly [prefix: string, read: Read])[] = [
  ['authentication for user "', login],
  ['connection with client version "', quoted('connect', 31, 'user_agent.original')],
  ['connection closed', plain('disconnect', 'end')],
  ['command "', quoted('command', 8, 'process.command_line')],
  ['input: "', quoted('input', 7, 'sshesame.input')],
  ['shell requested', plain('shell')],
  ['session requested', plain('session', 'start')],
  ['closed', plain('session', 'end')],
  ['subsystem "', quoted('subsystem', 10, 'sshesame.subsystem')],
  ['PTY using terminal "', quoted('terminal', 19, 'sshesame.terminal')],
  ['environment variable "', quoted('environment', 21, 'sshesame.variable')],
  ['direct TCP/IP forwarding', plain('forwarding')],
  ['TCP/IP forwarding', plain('forwarding')],
  ['cancellation of TCP/IP forwarding', plain('forwarding', 'end')],
  ['X11 forwarding', plain('forwarding')],
  ['window size change', plain('terminal')],
  ['signal ', plain('signal')],
  ['rejection of further ', plain('session')],
];

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const text = message.slice(head[0].length);
  const [, said] = RULES.find(([prefix]) => text.startsWith(prefix)) ?? [];
  const draft = said?.(text);
  if (draft === undefined) return undefined;
  setEndpoint(draft, head[1] ?? '');
  if (head[2] !== undefined) draft['sshesame.channel'] = head[2];
  return draft;
}

const KINDS = new Map<string, readonly [action: string, name: string, field: string]>([
  ['connection', ['connect', 'event.client_version', 'user_agent.original']],
  ['connection_close', ['disconnect', '', '']],
  ['session', ['session', '', '']],
  ['session_close', ['session', '', '']],
  ['exec', ['command', 'event.command', 'process.command_line']],
  ['shell', ['shell', '', '']],
  ['subsystem', ['subsystem', 'event.subsystem', 'sshesame.subsystem']],
  ['session_input', ['input', 'event.input', 'sshesame.input']],
  ['pty', ['terminal', 'event.terminal', 'sshesame.terminal']],
]);

function read(record: Fields, line: Line): Parsed | undefined {
  const kind = wordOf(record, 'event_type');
  const source = wordOf(record, 'source');
  if (kind === undefined || source === undefined) return undefined;
  const draft = event(kind, record);
  setEndpoint(draft, source);
  const time = stampOf(wordOf(record, 'time') ?? '', line.clock);
  if (time !== undefined) draft['@timestamp'] = time;
  return { ...draft, 'service.name': null };
}

function event(kind: string, record: Fields): Draft {
  if (kind.endsWith('_auth')) {
    const draft = visitLogin(NAME, record['event.accepted'] === true);
    const user = wordOf(record, 'event.user');
    const password = wordOf(record, 'event.password');
    if (user !== undefined) draft['user.name'] = user;
    if (password !== undefined) draft['sshesame.password'] = password;
    return draft;
  }
  const [action, name, field] = KINDS.get(kind) ?? [kind.slice(0, 64), '', ''];
  const draft = visit(NAME, action);
  const value = name === '' ? undefined : wordOf(record, name);
  if (value !== undefined) draft[field] = value;
  return draft;
}

const texts = (has: string): { has: string[]; test: RegExp } => ({ has: [has], test: HEAD });

export const sshesame = withServiceType({
  name: NAME,
  programs: [NAME],
  paths: ['/sshesame/', 'sshesame.log'],
  signatures: [
    texts('] authentication for user "'),
    texts('] connection with client version "'),
    texts('] [channel '),
    texts('] connection closed'),
  ],
  records: [
    { keys: ['event_type', 'source', 'event.accepted', 'event.user'] },
    { keys: ['event_type', 'source', 'event.client_version'] },
    { keys: ['event_type', 'source', 'event.channel_id'] },
  ],
  dataset: 'sshesame.log',
  product: NAME,
  service: NAME,
  parse,
  read,
});

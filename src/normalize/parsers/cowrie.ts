/** Cowrie, an SSH and Telnet honeypot: `cowrie.json`, a record an event, named by `eventid`; and the log-ins of `cowrie.log`. */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { setWords, wordOf, withServiceType } from '../application.ts';
import { portOf, visit, visitLogin } from '../detection.ts';
import { stampOf } from '../stamp.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const NAME = 'cowrie';
const WORDS = [
  ['username', 'user.name'],
  ['password', 'cowrie.password'],
  ['input', 'process.command_line'],
  ['session', 'session.id'],
  ['sensor', 'observer.name'],
  ['protocol', 'network.protocol'],
  ['version', 'user_agent.original'],
  ['hassh', 'cowrie.hassh'],
  ['url', 'url.original'],
  ['outfile', 'file.path'],
  ['filename', 'file.name'],
  ['shasum', 'file.hash.sha256'],
] as const;
const ENDS: ReadonlySet<string> = new Set(['session.closed', 'log.closed']);

function read(record: Fields, line: Line): Parsed | undefined {
  const id = wordOf(record, 'eventid');
  if (id?.startsWith('cowrie.') !== true) return undefined;
  const kind = id.slice(7, 71);
  const draft: Draft = kind.startsWith('login.')
    ? visitLogin(NAME, kind === 'login.success')
    : visit(NAME, kind.replaceAll('.', '_'), ENDS.has(kind) ? 'end' : 'info');
  draft['rule.id'] = id;
  setWords(draft, record, WORDS);
  setPeer(draft, wordOf(record, 'src_ip') ?? '', portOf(record, 'src_port'));
  setPeer(draft, wordOf(record, 'dst_ip') ?? '', portOf(record, 'dst_port'), 'destination');
  const seconds = Number(wordOf(record, 'duration') ?? Number.NaN);
  if (seconds >= 0 && seconds < 1e9) draft['event.duration'] = Math.round(seconds * 1e9);
  const time = stampOf(wordOf(record, 'timestamp') ?? '', line.clock);
  return time === undefined ? draft : { ...draft, '@timestamp': time };
}

/** Twisted's log: the password is the client's, the outcome is the last word. */
const HEAD =
  /^\[(?:HoneyPotSSHTransport|CowrieTelnetTransport|SSHService b?'ssh-userauth' on HoneyPotSSHTransport),(\d{1,10}),([\da-fA-F:.]{2,45})\] /;
const LOGIN = /^login attempt \[(?:b')?(.*?)'?\/(?:b')?(.*?)'?\] (succeeded|failed)$/s;
const COMMAND = /^CMD: (.*)$/s;

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const text = message.slice(head[0].length);
  const login = LOGIN.exec(text);
  const command = COMMAND.exec(text)?.[1];
  const draft =
    login === null
      ? visit(NAME, command === undefined ? 'message' : 'command_input')
      : visitLogin(NAME, login[3] === 'succeeded');
  if (login !== null) {
    draft['user.name'] = login[1] ?? '';
    draft['cowrie.password'] = login[2] ?? '';
  }
  if (command !== undefined) draft['process.command_line'] = command;
  setPeer(draft, head[2] ?? '');
  return draft;
}

export const cowrie = withServiceType({
  name: NAME,
  programs: [NAME],
  paths: ['/cowrie', 'cowrie.json', 'cowrie.log'],
  signatures: [
    { starts: '[HoneyPotSSHTransport,', test: HEAD },
    { starts: '[CowrieTelnetTransport,', test: HEAD },
  ],
  records: [
    { keys: ['eventid', 'session'], values: { eventid: /^cowrie\./ } },
    { keys: ['eventid', 'src_ip'], values: { eventid: /^cowrie\./ } },
  ],
  dataset: 'cowrie.log',
  product: NAME,
  service: NAME,
  parse,
  read,
});

/**
 * sudo: `USER : [REASON ; ]TTY=… ; PWD=… ; USER=… ; [GROUP=… ; …]COMMAND=…` (logging.c), with blanks before short names.
 *
 * sudo writes COMMAND last, so everything behind the first `COMMAND=` is the command, whatever it holds. `user.name` is who
 * asked and `user.effective.name` who they wanted to be. The working directory is the caller's text too and may hold
 * ` ; USER=`: of several the last one before the command counts, which is sudo's.
 */
import { AUTHENTICATION, DENIED, LOGIN_FAILURE, PROCESS, START } from '../ecs.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const ATTEMPTS = /^(\d{1,4}) incorrect password attempts?$/;

/** What the reason in front of `TTY=` means. */
function refusal(reason: string): Parsed {
  const attempts = ATTEMPTS.exec(reason)?.[1];
  const wrong = attempts !== undefined || reason === 'a password is required';
  return {
    'event.category': wrong ? AUTHENTICATION : PROCESS,
    'event.type': wrong ? LOGIN_FAILURE : DENIED,
    'event.action': wrong ? 'sudo_authentication' : 'sudo_denied',
    'event.outcome': 'failure',
    'event.reason': reason,
    'system.auth.sudo.error': reason,
    ...(attempts === undefined ? {} : { 'porchlight.repeat': Number(attempts) }),
  };
}

const GRANTED: Parsed = {
  'event.category': PROCESS,
  'event.type': START,
  'event.action': 'sudo_command',
  'event.outcome': 'success',
};

const FIELD_OF = new Map([
  ['TTY', 'system.auth.sudo.tty'],
  ['PWD', 'process.working_directory'],
  ['USER', 'user.effective.name'],
  ['GROUP', 'group.name'],
]);

function parse(message: string): Parsed | undefined {
  const start = message.search(/\S/);
  const colon = message.indexOf(' : ', Math.max(start, 0));
  if (start === -1 || colon === -1) return undefined;
  const user = message.slice(start, colon);
  let at = colon + 3;
  if (user.includes(' ') || message.indexOf('COMMAND=', at) === -1) return bare(user, message.slice(at));
  let reason: string | undefined;
  const draft: Draft = { 'user.name': user };
  while (!message.startsWith('COMMAND=', at)) {
    const end = message.indexOf(' ; ', at);
    if (end === -1) return undefined;
    const part = message.slice(at, end);
    const equals = part.indexOf('=');
    const field = equals === -1 ? undefined : FIELD_OF.get(part.slice(0, equals));
    if (field !== undefined) draft[field] = part.slice(equals + 1);
    else if (at === colon + 3) reason = part;
    at = end + 3;
  }
  draft['process.command_line'] = message.slice(at + 8);
  return { ...(reason === undefined ? GRANTED : refusal(reason)), ...draft };
}

/** `bob : 3 incorrect password attempts` without the rest, as `sudo -l` and `sudo -v` may leave it. */
function bare(user: string, reason: string): Parsed | undefined {
  if (user.includes(' ') || !ATTEMPTS.test(reason)) return undefined;
  return { ...refusal(reason), 'user.name': user };
}

export const sudo: Parser = {
  name: 'sudo',
  programs: ['sudo'],
  dataset: 'system.auth',
  service: 'sudo',
  category: 'authentication',
  namesItself: true,
  signatures: [{ has: [' ; COMMAND=', 'TTY=', ' ; PWD='], test: /^\s*\S+ : (?:[^;=]{1,80} ; )?TTY=\S+ ; PWD=/ }],
  parse,
};

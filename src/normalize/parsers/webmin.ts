/**
 * Webmin and Usermin: their action log (`webmin.log`, made by miniserv.pl and web-lib-funcs.pl)
 * `SECONDS.PID.N [STAMP] USER SESSION ADDR MODULE SCRIPT "ACTION" "TYPE" "OBJECT" …`, the same events in syslog as sentences, and
 * `miniserv.log`, a common access log.
 */
import { setPeer } from '../address.ts';
import { application, LOCKED_OUT } from '../application.ts';
import { CONFIGURATION, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { accessLog } from '../http.ts';
import { readStamp } from '../stamp.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed } from './parser.ts';

/** The second is taken for the message's stamp, and the pid for its fraction: what is left begins with the last number. */
const ID = /^(?:\d{9,11}\.\d{1,9})?\.\d{1,6} \[/;
const ACTION =
  /^\] (?<user>\S{1,200}) (?<session>\S{1,80}) (?<ip>[\da-fA-F:.]+|-) (?<module>\S{1,80}) (?<script>\S{1,80}) "(?<action>[^"]{0,80})" "(?<type>[^"]*)" "(?<object>[^"]*)"/;

const OF_MINISERV: Readonly<Record<string, Parsed>> = { failed: LOGIN_FAILED, login: LOGIN_ACCEPTED, logout: LOGOUT };

function action(message: string, line: Line): Parsed | undefined {
  const id = ID.exec(message);
  const stamp = id === null ? undefined : readStamp(message, id[0].length, line.clock);
  const groups = stamp === undefined ? undefined : ACTION.exec(message.slice(stamp.end))?.groups;
  if (stamp === undefined || groups === undefined) return undefined;
  const { user = '', ip = '', module = '', script = '', action: verb = '', object = '' } = groups;
  const session = module === 'global' && script === 'miniserv.pl' && Object.hasOwn(OF_MINISERV, verb);
  const change = {
    'event.category': CONFIGURATION,
    'event.type': ['change'],
    'event.action': `${module}_${verb}`,
    'webmin.module': module,
  };
  const draft: Draft = { ...(session ? OF_MINISERV[verb] : change), '@timestamp': stamp.time };
  if (user !== '-' && user !== '!') draft['user.name'] = user;
  setPeer(draft, ip);
  if (session && verb === 'failed' && object !== '-') draft['event.reason'] = object;
  if (groups['session'] !== '-') draft['session.id'] = groups['session'] ?? null;
  return draft;
}

const sentences = wordings([
  {
    has: ' login as ',
    pattern: /^(?:Invalid|Non-existent|Expired) login as (?<user>.*) from (?<ip>\S+)$/s,
    fields: LOGIN_FAILED,
    quiet: true,
  },
  {
    starts: 'Successful login as ',
    pattern: /^Successful login as (?<user>.*) from (?<ip>\S+)$/s,
    fields: LOGIN_ACCEPTED,
    quiet: true,
  },
  { starts: 'Logout by ', pattern: /^Logout by (?<user>.*) from (?<ip>\S+)$/s, fields: LOGOUT, quiet: true },
  {
    starts: 'Security alert: Host ',
    pattern: /^Security alert: Host (?<ip>\S+) blocked after \d{1,6} failed logins(?: for user (?<user>.*))?$/s,
    fields: LOCKED_OUT,
  },
  {
    starts: 'Security alert: User ',
    pattern: /^Security alert: User (?<user>.*) blocked after \d{1,6} failed logins/s,
    fields: LOCKED_OUT,
  },
  { starts: 'Timeout of session for ', pattern: /^Timeout of session for (?<user>.*)$/s, fields: LOGOUT, quiet: true },
]);

export const webmin = application('webmin', {
  programs: ['webmin', 'usermin', 'miniserv.pl'],
  paths: ['/webmin/', '/usermin/'],
  signatures: [
    ...sentences.signatures,
    {
      has: [' miniserv.pl "'],
      test: /^(?:\d{9,11}\.\d{1,9})?\.\d{1,6} \[[\w/: ]{15,30}\] \S{1,200} \S{1,80} \S{1,60} global miniserv\.pl "/,
    },
  ],
  parse: (message, line) => action(message, line) ?? sentences.parse(message, line) ?? accessLog(message, line)?.fields,
});

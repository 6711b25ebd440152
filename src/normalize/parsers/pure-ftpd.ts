/** Pure-FTPd (log_puredb, ftpd.c): `(USER@HOST) [LEVEL] text`; USER is `?` until somebody is logged in. */
import { setPeer } from '../address.ts';
import { FILE, LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT, NETWORK } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const HEAD = /^\(([^()[\]\s]{1,256})@([^@()\s]{1,255})\) \[([A-Z]{2,12})\] /;
const file = (action: string, type: string): Parsed => ({
  'event.category': FILE,
  'event.type': [type],
  'event.action': action,
  'event.outcome': 'success',
});

const { parse: worded } = wordings([
  {
    starts: 'Authentication failed for user [',
    pattern: /^Authentication failed for user \[(?<user>.*)\]$/s,
    fields: LOGIN_FAILED,
  },
  { has: ' is now logged in', pattern: /^(?<user>.*) is now logged in$/s, fields: LOGIN_ACCEPTED },
  { starts: 'Anonymous user logged in', fields: { ...LOGIN_ACCEPTED, 'user.name': 'anonymous' } },
  { starts: 'Logout', fields: LOGOUT },
  { starts: 'Timeout', fields: LOGOUT },
  {
    starts: 'New connection from ',
    fields: { 'event.category': NETWORK, 'event.type': ['connection', 'start'], 'event.action': 'ftp_connect' },
  },
  {
    starts: 'Too many ',
    fields: { 'event.category': NETWORK, 'event.type': ['denied'], 'event.action': 'ftp_refused' },
  },
  { has: ' uploaded  (', pattern: /^(?<file>.*) uploaded {2}\(\d/s, fields: file('file_upload', 'creation') },
  { has: ' downloaded  (', pattern: /^(?<file>.*) downloaded {2}\(\d/s, fields: file('file_download', 'access') },
  { starts: 'Deleted ', pattern: /^Deleted (?<file>.*)$/s, fields: file('file_delete', 'deletion') },
]);

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const [whole, user = '', host = '', level = ''] = head;
  const said = worded(message.slice(whole.length), line);
  const draft: Draft = {
    ...(said ?? { 'event.category': NETWORK, 'event.type': ['info'], 'event.action': 'ftp_message' }),
  };
  if (user !== '?') draft['user.name'] ??= user;
  setPeer(draft, host);
  const named = levelOf(level);
  return named === undefined ? draft : { ...draft, 'log.level': named };
}

export const pureFtpd: Parser = {
  name: 'pure-ftpd',
  programs: ['pure-ftpd', 'pureftpd'],
  paths: ['/pure-ftpd/', 'pure-ftpd.log', 'pureftpd.log'],
  dataset: 'pure-ftpd.log',
  service: 'pure-ftpd',
  signatures: [
    { starts: '(?@', has: [') ['], test: HEAD },
    { has: ['] Authentication failed for user ['], test: HEAD },
  ],
  parse,
};

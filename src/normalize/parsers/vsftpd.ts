/**
 * vsftpd's own log (logging.c): `[pid 7] [USER] OK|FAIL WHAT: Client "ADDR"[, "PATH"][, N bytes, …]`. The user is the client's and
 * may hold `] FAIL LOGIN: Client "…`: a name with quotes is only believed where nothing of the client's can stand at the end.
 */
import { endpointOf, setPeer } from '../address.ts';
import { FILE, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK, SESSION } from '../ecs.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const CONNECT = /^(?:\[pid \d{1,10}\] )?CONNECT: Client "([^"\s]{2,64})"(?:, "(.*)")?$/s;
const DONE =
  /^(?:\[pid \d{1,10}\] )?\[([^"[\]]{0,256})\] (OK|FAIL) ([A-Z]{2,12}): Client "([^"\s]{2,64})"(?:, "(.*)")?(?:, (\d{1,15}) bytes)?(?:, [\d.]{1,16}Kbyte\/sec)?$/s;
const ANONYMOUS =
  /^(?:\[pid \d{1,10}\] )?\[(ftp|anonymous)\] (OK|FAIL) (LOGIN): Client "([^"\s]{2,64})", anon password "/;
const ODD = /^(?:\[pid \d{1,10}\] )?\[(.{0,512})\] (FAIL) (LOGIN): Client "([^"\s]{2,64})"$/s;

const ACTIONS = new Map<string, Parsed>(
  (
    [
      ['DOWNLOAD', 'file_download', 'access'],
      ['UPLOAD', 'file_upload', 'creation'],
      ['APPEND', 'file_append', 'change'],
      ['DELETE', 'file_delete', 'deletion'],
      ['MKDIR', 'directory_create', 'creation'],
      ['RMDIR', 'directory_delete', 'deletion'],
      ['RENAME', 'file_rename', 'change'],
      ['CHMOD', 'file_permissions', 'change'],
    ] as const
  ).map(([word, action, type]) => [word, { 'event.category': FILE, 'event.type': [type], 'event.action': action }]),
);

function parse(message: string): Parsed | undefined {
  const connect = CONNECT.exec(message);
  if (connect !== null) {
    const draft: Draft = {
      'event.category': NETWORK,
      'event.type': ['connection', 'start'],
      'event.action': 'ftp_connect',
    };
    setPeer(draft, endpointOf(connect[1] ?? '').address);
    return draft;
  }
  const odd = message.includes(', anon password "') ? null : ODD.exec(message);
  const match = DONE.exec(message) ?? ANONYMOUS.exec(message) ?? odd;
  if (match === null) return undefined;
  const [, user = '', verdict, word = '', client = '', path, bytes] = match;
  const ok = verdict === 'OK';
  const login = ok ? LOGIN_ACCEPTED : LOGIN_FAILED;
  const other = ACTIONS.get(word) ?? {
    'event.category': SESSION,
    'event.type': ['info'],
    'event.action': 'ftp_command',
  };
  const draft: Draft = { ...(word === 'LOGIN' ? login : other) };
  if (ok) draft['event.outcome'] = 'success';
  if (!ok && word !== 'LOGIN') draft['event.type'] = ['denied'];
  if (user !== '') draft['user.name'] = user;
  setPeer(draft, client);
  if (path !== undefined) draft['file.path'] = path;
  if (bytes !== undefined) draft['file.size'] = Number(bytes);
  return draft;
}

export const vsftpd: Parser = {
  name: 'vsftpd',
  programs: ['vsftpd'],
  paths: ['vsftpd.log'],
  dataset: 'vsftpd.log',
  service: 'vsftpd',
  signatures: [
    { starts: '[pid ', has: [' CONNECT: Client "'], test: /^\[pid \d{1,10}\] CONNECT: Client "/ },
    { starts: '[pid ', has: [' LOGIN: Client "'], test: /^\[pid \d{1,10}\] \[/ },
    { starts: '[pid ', has: ['LOAD: Client "'], test: /^\[pid \d{1,10}\] \[/ },
    { starts: 'CONNECT: Client "' },
  ],
  parse,
};

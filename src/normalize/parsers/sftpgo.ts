/**
 * SFTPGo: JSON records whose `sender` says what they are: `connection_failed`, `httpd`, `Upload`, `Remove` …, or a protocol with a sentence.
 * The SSH client's version stands behind the address in that sentence and is the client's.
 */
import type { Fields } from '#contract';
import { setEndpoint, setPeer } from '../address.ts';
import { application, setWords, wordOf } from '../application.ts';
import { FILE, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK, toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import type { Draft, Parsed } from './parser.ts';

const LOGGED_IN = /^User "(?<user>[^"]*)" logged in with "(?<method>[^"]*)",? from ip "(?<ip>[^"]*)"/;

/** Sender → ECS's type of what was done to the file. */
const FILES: Readonly<Record<string, string>> = {
  Upload: 'creation',
  Download: 'access',
  Rename: 'change',
  Rmdir: 'deletion',
  Mkdir: 'creation',
  Symlink: 'creation',
  Remove: 'deletion',
  Chmod: 'change',
  Chown: 'change',
  Chtimes: 'change',
  Truncate: 'change',
  Copy: 'creation',
};

function failed(record: Fields): Draft {
  const tried = !(wordOf(record, 'login_type') ?? '').startsWith('no_auth');
  const closed = { 'event.category': NETWORK, 'event.type': ['end'], 'event.action': 'connection_failed' };
  const draft: Draft = { ...(tried ? LOGIN_FAILED : closed) };
  setPeer(draft, wordOf(record, 'client_ip') ?? '');
  draft['user.name'] = wordOf(record, 'username') ?? null;
  const reason = wordOf(record, 'error');
  if (reason !== undefined) draft['event.reason'] = reason;
  return draft;
}

function transfer(record: Fields, sender: string): Draft {
  const draft: Draft = {
    'event.category': FILE,
    'event.type': [FILES[sender] ?? 'info'],
    'event.action': `file_${sender.toLowerCase()}`,
    'event.outcome': 'success',
  };
  setEndpoint(draft, wordOf(record, 'remote_addr') ?? '');
  const path = wordOf(record, 'file_path');
  if (path !== undefined) draft['file.path'] = path;
  const size = record['size_bytes'];
  if (typeof size === 'number' && size >= 0) draft['file.size'] = size;
  return draft;
}

function answered(record: Fields): Draft {
  const draft: Draft = { ...ACCESS_EVENT };
  setEndpoint(draft, wordOf(record, 'remote_addr') ?? '');
  setUrl(draft, wordOf(record, 'uri') ?? '');
  setStatus(draft, toNumber(wordOf(record, 'resp_status')));
  setWords(draft, record, [
    ['method', 'http.request.method'],
    ['user_agent', 'user_agent.original'],
  ]);
  return draft;
}

function said(record: Fields): Draft | undefined {
  const groups = LOGGED_IN.exec(wordOf(record, 'message') ?? '')?.groups;
  if (groups === undefined) return undefined;
  const draft: Draft = { ...LOGIN_ACCEPTED, 'sftpgo.login_type': groups['method'] ?? '' };
  setPeer(draft, groups['ip'] ?? '');
  if (groups['user'] !== '') draft['user.name'] = groups['user'] ?? null;
  return draft;
}

function read(record: Fields): Parsed | undefined {
  const sender = wordOf(record, 'sender');
  if (sender === undefined) return undefined;
  const protocol = wordOf(record, 'protocol') ?? (/^(?:SSH|SFTP|SCP|FTP|DAV|HTTP)$/.test(sender) ? sender : undefined);
  const own: Draft = { 'log.logger': sender };
  if (protocol !== undefined) own['network.protocol'] = protocol.toLowerCase();
  if (sender === 'connection_failed' && record['client_ip'] !== undefined) return { ...own, ...failed(record) };
  if (sender === 'httpd' && record['resp_status'] !== undefined) return { ...own, ...answered(record) };
  if (Object.hasOwn(FILES, sender) && record['file_path'] !== undefined) return { ...own, ...transfer(record, sender) };
  const found = said(record);
  return found === undefined ? undefined : { ...own, ...found };
}

export const sftpgo = application('sftpgo', {
  paths: ['sftpgo'],
  records: [
    { keys: ['login_type', 'sender', 'client_ip'], values: { sender: 'connection_failed' } },
    { keys: ['resp_status', 'sender', 'remote_addr', 'uri'], values: { sender: 'httpd' } },
    { keys: ['file_path', 'sender', 'connection_id', 'username'] },
    {
      keys: ['connection_id', 'sender', 'message'],
      values: { message: /^User "[^"]*" logged in with "[^"]*",? from ip "/ },
    },
  ],
  read,
});

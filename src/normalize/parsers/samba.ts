/**
 * Samba 3–4: log.smbd and syslog, the audit of log-ins as text and as JSON (auth_audit, auth_json_audit), vfs_full_audit.
 *
 *   Auth: [SMB2,(null)] user [DOMAIN]\[U] at [STAMP] with [NTLMv2] status [NT_STATUS_WRONG_PASSWORD] workstation [W] remote host [ipv4:ADDR:PORT] …
 *   check_ntlm_password:  Authentication for user [U] -> [U] FAILED with error NT_STATUS_WRONG_PASSWORD
 *   U|ADDR|openat|ok|r|path                                       full_audit with its usual prefix
 *
 * log.smbd writes a head line (`[stamp, level] source:line(function)`) and the text on the next. Names and workstations are the
 * client's: status and remote host are read from the end, where no name with brackets can stand.
 */
import type { Fields } from '#contract';
import { isAddress, setEndpoint, setPeer } from '../address.ts';
import { FILE, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK } from '../ecs.ts';
import { readStamp } from '../stamp.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const AUDIT =
  /^\s{0,4}(?:\{[^}]{0,64}\} )?Auth: \[[^\]]{0,64}\] user \[([^[\]]{0,256})\]\\\[([^[\]]{0,256})\] at \[[^\]]{0,64}\] with \[[^\]]{0,64}\] status \[(\w{1,64})\]/;
const REMOTE =
  /remote host \[(ip[^[\]\s]{3,64})\](?: (?:mapped to|became) \[[^[\]]{0,256}\]\\\[[^[\]]{0,256}\](?: \[[^[\]]{0,200}\])?)?\. {1,2}local host \[(ip[^[\]\s]{3,64})\]/;
const HEAD = /^(?:\[[^\]]{8,64}\] )?\S{1,255}:\d{1,6}\(\w{1,128}\)\s{1,8}/;

/** `ipv4:192.0.2.7:51234`, `ipv6:2001:db8::7:51234`: the last colon begins the port. */
function setHost(draft: Draft, text: string, side: 'source' | 'destination'): void {
  const address = text.replace(/^ipv[46]:/, '');
  const colon = address.lastIndexOf(':');
  if (colon === -1) return;
  setEndpoint(draft, `[${address.slice(0, colon)}]:${address.slice(colon + 1)}`, side);
}

function audit(message: string): Parsed | undefined {
  const match = AUDIT.exec(message);
  if (match === null) return undefined;
  const [whole, domain = '', user = '', status = ''] = match;
  const draft: Draft = { ...(status === 'NT_STATUS_OK' ? LOGIN_ACCEPTED : LOGIN_FAILED) };
  if (status !== 'NT_STATUS_OK') draft['event.reason'] = status;
  if (user !== '') draft['user.name'] = user;
  if (domain !== '') draft['user.domain'] = domain;
  const tail = message.slice(whole.length, whole.length + 2048);
  const from = tail.lastIndexOf('remote host [');
  const remote = from === -1 ? null : REMOTE.exec(tail.slice(from));
  if (remote !== null) {
    setHost(draft, remote[1] ?? '', 'source');
    setHost(draft, remote[2] ?? '', 'destination');
  }
  return draft;
}

const { parse: worded } = wordings([
  {
    has: ' FAILED with error ',
    pattern:
      /^\s{0,4}check_ntlm_password: {1,2}Authentication for user \[(?<user>[^[\]]{0,256})\] -> \[[^[\]]{0,256}\] FAILED with error (?<reason>NT_STATUS_\w{1,64})/,
    fields: LOGIN_FAILED,
  },
  {
    has: ' succeeded',
    pattern:
      /^\s{0,4}check_ntlm_password: {1,2}authentication for user \[(?<user>[^[\]]{0,256})\] -> \[[^[\]]{0,256}\] -> \[[^[\]]{0,256}\] succeeded/i,
    fields: LOGIN_ACCEPTED,
  },
  {
    has: ' connect to service ',
    pattern:
      /^\s{0,4}\S{1,64} \((?:ipv[46]:)?(?<peer>[\da-fA-F.:]{2,45})\) (?:signed )?connect to service (?<service>.{1,128}) initially as user (?<user>.{1,256}) \(uid=\d{1,10}, gid=/,
    fields: {
      'event.category': [...NETWORK, 'file'],
      'event.type': ['access', 'start'],
      'event.action': 'share_connect',
      'event.outcome': 'success',
    },
  },
  {
    has: ' closed connection to service ',
    pattern:
      /^\s{0,4}\S{1,64} \((?:ipv[46]:)?(?<peer>[\da-fA-F.:]{2,45})\) closed connection to service (?<service>.{1,128})$/,
    fields: { 'event.category': [...NETWORK, 'file'], 'event.type': ['end'], 'event.action': 'share_disconnect' },
  },
]);

const CALLS = new Map([
  ['unlink', 'deletion'],
  ['unlinkat', 'deletion'],
  ['rmdir', 'deletion'],
  ['mkdir', 'creation'],
  ['mkdirat', 'creation'],
  ['rename', 'change'],
  ['renameat', 'change'],
  ['write', 'change'],
  ['pwrite', 'change'],
  ['chmod', 'change'],
  ['fchmod', 'change'],
]);

/** vfs_full_audit: the prefix is the administrator's (`%u|%I` by default), then call, result and arguments. */
function fullAudit(message: string): Parsed | undefined {
  const parts = message.split('|', 16);
  const at = parts.findIndex((part, index) => index > 0 && (part === 'ok' || part.startsWith('fail (')));
  if (at < 2) return undefined;
  const call = parts[at - 1] ?? '';
  const draft: Draft = {
    'event.category': FILE,
    'event.type': [CALLS.get(call) ?? 'access'],
    'event.action': `smb_${call}`,
    'file.path': parts.slice(at + 1).join('|'),
  };
  if (parts[at] === 'ok') draft['event.outcome'] = 'success';
  else draft['event.reason'] = parts[at] ?? '';
  const address = parts.slice(0, at).find(isAddress);
  if (address !== undefined) setPeer(draft, address);
  if (parts[0] !== undefined && parts[0] !== address && parts[0] !== '') draft['user.name'] = parts[0];
  return draft;
}

function parse(text: string, line: Line): Parsed | undefined {
  const message = text.replace(HEAD, '');
  // `[stamp,  level]` is no head that others write, so its stamp is still here.
  const stamp = text.startsWith('[') && line.time === undefined ? readStamp(text, 1, line.clock) : undefined;
  const said = meaning(message, line);
  return said === undefined || stamp === undefined ? said : { ...said, '@timestamp': stamp.time };
}

function meaning(message: string, line: Line): Parsed | undefined {
  return audit(message) ?? worded(message, line) ?? (line.program === 'smbd_audit' ? fullAudit(message) : undefined);
}

const string = (value: unknown): string => (typeof value === 'string' ? value : '');

function read(record: Fields): Parsed | undefined {
  const type = string(record['type']);
  if (type !== 'Authentication' && type !== 'Authorization') return undefined;
  const status = string(record['Authentication.status']);
  const failed = type === 'Authentication' && status !== 'NT_STATUS_OK';
  const draft: Draft = { ...(failed ? LOGIN_FAILED : LOGIN_ACCEPTED) };
  if (type === 'Authorization') draft['event.action'] = 'authorization';
  if (failed) draft['event.reason'] = status;
  const user = string(record['Authentication.clientAccount']) || string(record['Authorization.account']);
  const domain = string(record['Authentication.clientDomain']) || string(record['Authorization.domain']);
  if (user !== '') draft['user.name'] = user;
  if (domain !== '') draft['user.domain'] = domain;
  setHost(draft, string(record[`${type}.remoteAddress`]), 'source');
  setHost(draft, string(record[`${type}.localAddress`]), 'destination');
  return draft;
}

export const samba: Parser = {
  name: 'samba',
  programs: ['smbd', 'samba', 'smbd_audit', 'nmbd', 'winbindd'],
  types: ['smb'],
  paths: ['/samba/', 'log.smbd'],
  dataset: 'samba.log',
  service: 'samba',
  signatures: [
    {
      has: ['Auth: [', '] user [', ' status [NT_STATUS_'],
      test: /^(?:\[[^\]]{8,64}\] )?(?:\S{1,255}:\d{1,6}\(\w{1,128}\))?\s{0,8}(?:\{[^}]{0,64}\} )?Auth: \[/,
    },
    { has: ['check_ntlm_password:  '], test: /^(?:\S{1,255}:\d{1,6}\(\w{1,128}\))?\s{0,8}check_ntlm_password: / },
  ],
  records: [
    { keys: ['Authentication.clientAccount', 'type'], values: { type: 'Authentication' } },
    { keys: ['Authorization.account', 'type'], values: { type: 'Authorization' } },
  ],
  parse,
  read,
};

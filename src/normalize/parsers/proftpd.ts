/**
 * ProFTPD 1.2–1.3 (pr_log_pri and pr_log_auth), in syslog and in its SystemLog, whose lines repeat host, program and pid:
 *
 *   HOST (NAME[ADDR]): USER U: Login successful.          HOST (NAME[ADDR]) - USER U (Login failed): Incorrect password.
 *   USER U: no such user found from NAME [ADDR] to ADDR:21
 *
 * The client stands in front in brackets; what follows the user is one of a few sentences of the server's own, so a user's name
 * may hold blanks and colons.
 */
import { isAddress, setPeer } from '../address.ts';
import { DENIED, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK, SESSION, toNumber } from '../ecs.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const HEAD =
  /^(?:\S{1,255} proftpd\[(\d{1,10})\]:? )?\S{1,255} \(([^[\]()\s]{0,255})\[([\da-fA-F.:]{2,64})\]\)(?: ?- |: )(?:mod_\w{1,32}(?:\/[\w.]{1,16})?: )?/;
const UNKNOWN_FROM = /^USER (.*): no such user found from \S{1,255} \[\S{2,64}\] to \S{2,80}$/s;
const UNKNOWN = /^USER (.*): [Nn]o such user found\.?$/s;
const FAILED = /^(?:USER|SECURITY VIOLATION: USER) (.*) \(Login failed\)(?:: (.{1,256}))?$/s;
const ACCEPTED = /^(?:USER|ANON) (.*): Login successful\.?$/s;
const ROOT = /^SECURITY VIOLATION: [Rr]oot login attempted/;
const TOO_MANY =
  /^(Maximum login attempts|Maximum connection attempts|Connection refused|no such user|Login timeout exceeded)/;

const SENTENCES: readonly (readonly [RegExp, Parsed])[] = [
  [
    /^FTP session opened\.?$/,
    { 'event.category': NETWORK, 'event.type': ['connection', 'start'], 'event.action': 'ftp_connect' },
  ],
  [/^(?:FTP|SSH2) session closed\.?$/, { 'event.category': SESSION, 'event.type': ['end'], 'event.action': 'logout' }],
  [
    /^SSH2 session opened\.?$/,
    { 'event.category': NETWORK, 'event.type': ['connection', 'start'], 'event.action': 'ftp_connect' },
  ],
];

function said(text: string): Draft {
  const accepted = ACCEPTED.exec(text);
  if (accepted !== null) return { ...LOGIN_ACCEPTED, 'user.name': accepted[1] ?? '' };
  // The server's own end, behind whatever the user is called.
  const from = UNKNOWN_FROM.exec(text);
  const failed = from === null ? FAILED.exec(text) : null;
  if (failed !== null) {
    return { ...LOGIN_FAILED, 'user.name': failed[1] ?? '', ...(failed[2] ? { 'event.reason': failed[2] } : {}) };
  }
  const unknown = from ?? UNKNOWN.exec(text);
  if (unknown !== null) return { ...LOGIN_FAILED, 'user.name': unknown[1] ?? '', 'event.reason': 'no such user found' };
  if (ROOT.test(text)) return { ...LOGIN_FAILED, 'user.name': 'root', 'event.reason': text };
  if (TOO_MANY.test(text)) {
    return { 'event.category': NETWORK, 'event.type': DENIED, 'event.action': 'ftp_refused', 'event.reason': text };
  }
  for (const [pattern, fields] of SENTENCES) if (pattern.test(text)) return { ...fields };
  return { 'event.category': NETWORK, 'event.type': ['info'], 'event.action': 'ftp_message' };
}

/** `Connection from NAME [ADDR] denied.` of mod_wrap and of `<Limit LOGIN>`, with or without the client in front. */
const DENIED_FROM = /^Connection from (\S{1,255}) \[([\da-fA-F.:]{2,64})\] denied\.?$/;

function parse(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  const text = head === null ? message : message.slice(head[0].length);
  const refused = DENIED_FROM.exec(text);
  if (head === null && refused === null) return undefined;
  const draft: Draft =
    refused === null
      ? said(text)
      : { 'event.category': NETWORK, 'event.type': ['connection', 'denied'], 'event.action': 'ftp_refused' };
  const name = head?.[2] ?? refused?.[1] ?? '';
  setPeer(draft, head?.[3] ?? refused?.[2] ?? '');
  if (!isAddress(name)) setPeer(draft, name);
  const pid = toNumber(head?.[1]);
  return pid === undefined ? draft : { ...draft, 'process.pid': pid };
}

export const proftpd: Parser = {
  name: 'proftpd',
  programs: ['proftpd', 'in.proftpd'],
  paths: ['/proftpd/', 'proftpd.log'],
  dataset: 'proftpd.log',
  service: 'proftpd',
  signatures: [
    { has: [' proftpd[', '])'], test: /^\S{1,255} proftpd\[\d{1,10}\]:? \S{1,255} \(/ },
    { has: ['FTP session '], test: /^\S{1,255} \([^()\s]{1,320}\)(?: ?- |: )FTP session / },
  ],
  parse,
};

/**
 * Apache's error log. 2.4 (`ErrorLogFormat`'s default) and 2.2:
 *
 *   [STAMP] [MODULE:LEVEL] [pid N:tid N] FILE.c(N): (ERRNO)TEXT: [client ADDR:PORT] AHnnnnn: text, referer: URL
 *   [STAMP] [LEVEL] [client ADDR] (ERRNO)TEXT: text, referer: URL
 *
 * The client's address stands in front of all that a client may write. Control characters and quotes in its text are escaped.
 */
import { setEndpoint, setPeer } from '../address.ts';
import { DENIED, ERROR, INFO, LOGIN_FAILED, toNumber, WEB } from '../ecs.ts';
import { setUrl } from '../http.ts';
import type { Draft, Parsed } from '../parsers/parser.ts';
import { withGroups } from '../wordings.ts';
import { firewallRule } from './firewall-rule.ts';

const LEVELS = 'emerg|alert|crit|error|warn|notice|info|debug|trace[1-8]';
/** For signatures: what no other server begins a line with, and tells 2.2 only with a client. */
export const APACHE_ERROR = new RegExp(
  `^\\[(?:[a-z_\\d]{0,40}:(?:${LEVELS})\\] \\[pid \\d{1,10}(?::tid \\d{1,20})?\\] |(?:${LEVELS})\\] \\[client [\\da-fA-F:.]{2,50}\\] )`,
);
const HEAD = new RegExp(
  `^\\[(?:([a-zA-Z_\\d]{0,40}):)?(${LEVELS})\\] (?:\\[pid (\\d{1,10})(?::tid (\\d{1,20}))?\\] )?(?:[\\w.-]{1,60}\\.[a-z]{1,4}\\(\\d{1,6}\\): )?(?:\\[level [ \\d]{1,3}\\] )?`,
);
const CAUSE = /^\((\d{1,10})\)([^[\]:]{1,120}): /;
const PEER = /^\[(?:client|remote) ([^\]\s]{2,90})\] /;
const CODE = /^(AH\d{5}): /;
const REFERER = ', referer: ';

export function apacheError(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null || (head[1] === undefined && head[3] === undefined && !knownOld(message))) return undefined;
  const [all, module, level = '', pid, thread] = head;
  const draft: Draft = {
    'event.category': WEB,
    'event.type': /^(?:emerg|alert|crit|error)$/.test(level) ? ERROR : INFO,
    'event.dataset': 'apache.error',
    'service.type': 'apache',
    'log.level': level,
  };
  if (module !== undefined && module !== '') draft['apache.error.module'] = module;
  if (pid !== undefined) draft['process.pid'] = Number(pid);
  if (thread !== undefined) draft['process.thread.id'] = Number(thread);
  const text = setFront(draft, message.slice(all.length));
  draft['message'] = text;
  const referer = text.lastIndexOf(REFERER);
  if (referer !== -1) draft['http.request.referrer'] = text.slice(referer + REFERER.length);
  setMeaning(draft, referer === -1 ? text : text.slice(0, referer));
  return draft;
}

/** A level alone in brackets is nearly everybody's: 2.2 adds a client, or speaks of itself. */
const knownOld = (message: string): boolean =>
  /^\[[a-z]{4,6}\] (?:\[client [^\]\s]{2,90}\] |Apache\/|caught SIG|mod_|Init: |Server (?:built|should)|child |Digest: |suEXEC |Graceful |httpd? |(?:server )?seg|long lost)/.test(
    message,
  );

/** The cause, the client and the message's number, in either version's order; returns what follows. */
function setFront(draft: Draft, body: string): string {
  let rest = body;
  for (let count = 0; count < 5; count++) {
    const peer = PEER.exec(rest);
    const cause = peer === null ? CAUSE.exec(rest) : null;
    const code = CODE.exec(rest);
    if (peer !== null) {
      if (draft['source.ip'] === undefined) setClient(draft, peer[1] ?? '');
      rest = rest.slice(peer[0].length);
    } else if (cause !== null) {
      draft['error.code'] = cause[1] ?? '';
      draft['error.message'] = cause[2] ?? '';
      rest = rest.slice(cause[0].length);
    } else if (code !== null) {
      draft['event.code'] = code[1] ?? '';
      return rest.slice(code[0].length);
    } else break;
  }
  return rest;
}

/** 2.4 always writes a port, without brackets around an IPv6 address: `2001:db8::7:50412`. 2.2 never does. */
function setClient(draft: Draft, text: string): void {
  const colon = text.lastIndexOf(':');
  const bare = draft['process.pid'] !== undefined && text.indexOf(':') < colon && !text.startsWith('[');
  const port = bare ? toNumber(text.slice(colon + 1)) : undefined;
  if (port === undefined) setEndpoint(draft, text);
  else setPeer(draft, text.slice(0, colon), port);
}

/** mod_auth_basic, mod_auth_digest, mod_authnz_ldap. A name ends where the module's own words begin. */
const REFUSED = [
  /^user (?<user>.*): authentication failure for "(?<url>.*)": (?<reason>[^"]{1,160})$/s,
  /^(?:Digest: )?user `(?<user>.*)' in realm `.{0,255}' (?<reason>not found|denied by provider): (?<url>\/.*)$/s,
  /^user (?<user>[^`].*?) not found: (?<url>\/.*)$/s,
  /^(?:Digest: )?user `?(?<user>.*?)'?: (?<reason>password mismatch): (?<url>\/.*)$/s,
  /^(?:\[\d{1,10}\] )?auth_ldap authenticate: user (?<user>.*) (?<reason>authentication failed); URI (?<url>\/\S*) \[/s,
  /^(?:mod_auth_radius|radius): .{0,80}(?<reason>authentication failed) for user[ =](?<user>\S+)/s,
];
const NOT_ALLOWED = [
  /^user (?<user>.*): authorization failure for "(?<url>.*)": ?(?<reason>.*)$/s,
  /^client denied by server configuration: (?<file>.*)$/s,
  /^access to (?<url>\/.*) (?:denied|failed)(?: for .{1,120})?, reason: (?<reason>.{1,200})$/s,
  /^Authorization of user (?<user>.*) to access (?<url>\/.*) failed, reason: (?<reason>.{1,200})$/s,
];
const FILES = [
  /^File does not exist: (?<file>\/.*)$/s,
  /^script (?:not found or unable to stat: |')(?<file>\/.*?)(?:' not found or unable to stat)?$/s,
  /^Cannot serve directory (?<file>\/.*?): /s,
  /^Directory index forbidden by (?:Options directive|rule): (?<file>\/.*)$/s,
  /^invalid URI path \((?<url>.*)\)$/s,
  /^(?:Invalid URI in request|request failed: (?:error reading the headers|URI too long)) ?(?<request>[A-Z]{3,20} .*)$/s,
];

function setMeaning(draft: Draft, text: string): void {
  const rule = firewallRule(text, true);
  if (rule !== undefined) {
    Object.assign(draft, rule.fields, { 'labels.service': ['modsecurity', 'apache'] });
    return;
  }
  for (const [patterns, fields] of [
    [REFUSED, LOGIN_FAILED],
    [NOT_ALLOWED, { 'event.type': DENIED, 'event.action': 'request_denied' }],
    [FILES, {}],
  ] as const) {
    for (const pattern of patterns) {
      const groups = pattern.exec(text)?.groups;
      if (groups === undefined) continue;
      const { url, ...rest } = groups;
      Object.assign(draft, withGroups(fields, rest));
      if (url !== undefined) setUrl(draft, url);
      return;
    }
  }
}

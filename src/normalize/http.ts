/** HTTP in ECS: what every web server's log says, and the access log formats that most of them share. */
import type { Fields } from '#contract';
import { firstOf, isAddress, setPeer } from './address.ts';
import { ACCESS, WEB } from './ecs.ts';
import { put } from './fields.ts';
import { quoteEnd } from './logfmt.ts';
import type { Draft, Line, Parsed } from './parsers/parser.ts';
import { readStamp } from './stamp.ts';
import { codeAt } from './timestamp.ts';

/** Of a request line: two to 32 capitals, `_` and `-`, a capital first. */
function isMethod(request: string, end: number): boolean {
  if (end < 2 || end > 32 || request.charCodeAt(0) === 45 || request.charCodeAt(0) === 95) return false;
  for (let at = 0; at < end; at++) {
    const code = request.charCodeAt(at);
    if (!((code >= 65 && code <= 90) || code === 45 || code === 95)) return false;
  }
  return true;
}

/** `GET /path?q HTTP/1.1` → method, target as logged, version. What is no request line is the target whole. */
export function setRequest(into: Draft, request: string): void {
  if (request === '' || request === '-') return;
  const space = request.indexOf(' ');
  if (!isMethod(request, space)) {
    put(into, 'url.original', request);
    return;
  }
  const last = request.lastIndexOf(' ');
  const version = last > space && request.startsWith('HTTP/', last + 1) ? request.slice(last + 6) : undefined;
  put(into, 'http.request.method', request.slice(0, space));
  if (version !== undefined) put(into, 'http.version', version);
  setUrl(into, request.slice(space + 1, version === undefined ? undefined : last));
}

/** The target as the log has it, and its path and query. */
export function setUrl(into: Draft, target: string): void {
  if (target === '' || target === '-') return;
  put(into, 'url.original', target);
  const start = target.startsWith('/') ? 0 : pathStart(target);
  if (start === -1) return;
  const mark = target.indexOf('?', start);
  put(into, 'url.path', target.slice(start, mark === -1 ? undefined : mark));
  if (mark !== -1) put(into, 'url.query', target.slice(mark + 1));
}

/** Behind `https://host`; -1 for what is no URL. */
function pathStart(target: string): number {
  const scheme = target.indexOf('://');
  return scheme === -1 || scheme > 8 ? -1 : target.indexOf('/', scheme + 3);
}

/**
 * The answer. A status under 400 is a success for ECS; 0 and none are neither. A refusal of the server is the request's failure,
 * not an attempt to log in: parsers that know a log-in page say so themselves.
 */
export function setStatus(into: Draft, status: number | undefined): void {
  if (status === undefined) return;
  put(into, 'http.response.status_code', status);
  if (status >= 100) put(into, 'event.outcome', status < 400 ? 'success' : 'failure');
}

export const ACCESS_EVENT: Parsed = { 'event.category': WEB, 'event.type': ACCESS, 'event.action': 'http_request' };
export interface AccessLog {
  readonly fields: Draft;
  /** What follows the user agent: a server's own additions. */
  readonly rest: string;
}

/**
 * NCSA's common and combined formats, as Apache, nginx, Caddy, lighttpd, Traefik, Gunicorn and many more write them:
 *   [VHOST[:PORT] ]ADDRESS[, ADDRESS…] IDENT USER [STAMP] "REQUEST" STATUS BYTES["REFERRER" "AGENT"[ REST]]
 * Everything in quotes is the client's; the fields in front are the server's own and hold no blanks, but for a user's name.
 */
export function accessLog(message: string, line: Line): AccessLog | undefined {
  const open = message.indexOf(' [');
  if (open === -1 || open > 1024) return undefined;
  const stamp = readStamp(message, open + 2, line.clock);
  if (stamp === undefined || !message.startsWith('] "', stamp.end)) return undefined;
  const request = quoteEnd(message, stamp.end + 2);
  const fields: Draft = { ...ACCESS_EVENT, '@timestamp': stamp.time };
  if (request === undefined || !setClient(fields, message.slice(0, open))) return undefined;
  setRequest(fields, message.slice(stamp.end + 3, request - 1));
  const tail = numbersAt(message, request);
  if (tail === undefined) return undefined;
  setStatus(fields, tail.status);
  if (tail.bytes !== undefined) fields['http.response.body.bytes'] = tail.bytes;
  return { fields, rest: setAgent(fields, message, tail.end) };
}

/** ` STATUS BYTES` behind the request; `-` is none. */
function numbersAt(
  message: string,
  at: number,
): { readonly status: number | undefined; readonly bytes: number | undefined; readonly end: number } | undefined {
  if (codeAt(message, at) !== SPACE) return undefined;
  const status = numberEnd(message, at + 1, 3);
  const digits = status - at - 1;
  // Three digits, `0` or `-`.
  if ((digits !== 3 && digits !== 1) || (digits === 1 && !'0-'.includes(message.charAt(at + 1)))) return undefined;
  if (status === message.length) return { status: numberAt(message, at + 1, status), bytes: undefined, end: status };
  if (codeAt(message, status) !== SPACE) return undefined;
  const bytes = numberEnd(message, status + 1, 15);
  const hasBytes = bytes > status + 1 && (bytes === message.length || codeAt(message, bytes) === SPACE);
  return {
    status: numberAt(message, at + 1, status),
    bytes: hasBytes ? numberAt(message, status + 1, bytes) : undefined,
    end: hasBytes ? bytes : status,
  };
}

/** Where a number of at most so many digits ends, or `-`. */
function numberEnd(message: string, from: number, most: number): number {
  if (codeAt(message, from) === 45) return from + 1;
  let end = from;
  while (codeAt(message, end) >= 48 && codeAt(message, end) <= 57 && end - from < most) end++;
  return end;
}

function numberAt(message: string, from: number, to: number): number | undefined {
  if (message.charCodeAt(from) === 45) return undefined;
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + message.charCodeAt(at) - 48;
  return value;
}

const SPACE = 32;

/** ` "REFERRER" "AGENT"` → their fields; returns what follows. */
function setAgent(fields: Draft, message: string, at: number): string {
  const referrer = message.startsWith(' "', at) ? quoteEnd(message, at + 1) : undefined;
  if (referrer === undefined) return message.slice(at).trimStart();
  const value = message.slice(at + 2, referrer - 1);
  if (value !== '' && value !== '-') fields['http.request.referrer'] = value;
  const agent = message.startsWith(' "', referrer) ? quoteEnd(message, referrer + 1) : undefined;
  if (agent === undefined) return message.slice(referrer).trimStart();
  if (agent - referrer > 3) fields['user_agent.original'] = message.slice(referrer + 2, agent - 1);
  return message.slice(agent).trimStart();
}

/** `[VHOST ]ADDRESS IDENT USER`; false for words that no server writes there. */
function setClient(fields: Draft, head: string): boolean {
  const first = head.indexOf(' ');
  const second = head.indexOf(' ', first + 1);
  const isUsual = first > 0 && second !== -1 && !head.includes(' ', second + 1);
  const address = isUsual ? head.slice(0, first) : '';
  if (!isAddress(address)) return setOddClient(fields, head);
  setPeer(fields, address);
  setUser(fields, head.slice(second + 1));
  return true;
}

function setUser(fields: Draft, user: string): void {
  if (user !== '' && user !== '-' && user !== '""') fields['user.name'] = user;
}

/** With a virtual host in front, proxies' addresses, brackets, a name of several words. */
function setOddClient(fields: Draft, head: string): boolean {
  const words = head.split(' ');
  if (words.length < 3 || words.length > 24) return false;
  const at = words.findIndex((word) => isAddress(firstOf(word)) || isAddress(word.replace(/^\[|\]$/g, '')));
  if (at === -1 || at > 1) return at === -1 && words.length === 3 && setNamed(fields, words);
  if (at === 1) setHost(fields, words[0] ?? '');
  setPeer(fields, firstOf(words[at] ?? '').replace(/^\[|\]$/g, ''));
  let next = at + 1;
  while (words[next - 1]?.endsWith(',') === true) next++;
  setUser(fields, words.slice(next + 1).join(' '));
  return words.length > next;
}

/** A server that resolves names writes the client's in place of its address. */
function setNamed(fields: Draft, words: readonly string[]): boolean {
  const [name = '', ident, user = '-'] = words;
  if (ident !== '-' || !/^[\w.-]{1,255}$/.test(name)) return false;
  setPeer(fields, name);
  if (user !== '-') fields['user.name'] = user;
  return true;
}

function setHost(fields: Draft, text: string): void {
  const port = text.lastIndexOf(':');
  const whole = port === -1 || !/^\d{1,5}$/.test(text.slice(port + 1));
  if (text === '-' || text === '_') return;
  fields['url.domain'] = whole ? text : text.slice(0, port);
  if (!whole) fields['url.port'] = Number(text.slice(port + 1));
}

/** The first value of a header in a flattened record: `request.headers.User-Agent` may be a list. */
export function header(record: Fields, name: string): string | undefined {
  const value = record[name];
  const first = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  return typeof first === 'string' ? first : undefined;
}

/** What web servers and the proxies in front of them have in common: how their parsers are declared, and a client behind a proxy. */
import { firstOf, isAddress } from '../address.ts';
import { accessLog } from '../http.ts';
import { quotedAt, quoteEnd } from '../logfmt.ts';
import type { Draft, Line, Parser } from '../parsers/parser.ts';

/** Sigma's rules look at access logs by category, at a server's own log by service. */
export function webServer(name: string, rest: Partial<Parser>): Parser {
  return {
    name,
    programs: [name],
    dataset: `${name}.access`,
    product: name,
    service: name,
    category: 'webserver',
    ...rest,
  };
}

/** The common formats as a server of this name writes them; `rest` is what it adds behind the user agent. */
export function accessOf(
  type: string,
  message: string,
  line: Line,
): { readonly fields: Draft; readonly rest: string } | undefined {
  const found = accessLog(message, line) ?? wordFirst(message, line);
  if (found === undefined) return undefined;
  found.fields['service.type'] = type;
  return found.fields['user_agent.original'] === undefined ? withNumber(found, message) : found;
}

type Found = NonNullable<ReturnType<typeof accessLog>>;

/** The status or the host between the stamp and the request: `… [STAMP] 200 "REQUEST" BYTES …`, `… [STAMP] HOST "REQUEST" STATUS BYTES …`. */
const WORD_FIRST = /^(\S{2,255} \S{1,255} [^[\]"]{1,255} \[[^[\]"]{20,32}\]) ([\w.:-]{1,255}) (?=")/;

function wordFirst(message: string, line: Line): Found | undefined {
  const head = WORD_FIRST.exec(message);
  const end = head === null ? undefined : quoteEnd(message, head[0].length);
  if (head === null || end === undefined) return undefined;
  const [all, front = '', word = ''] = head;
  const status = /^\d{3}$/.test(word);
  const found = accessLog(
    `${front} ${message.slice(all.length, end)}${status ? ` ${word}` : ''}${message.slice(end)}`,
    line,
  );
  if (found !== undefined && !status && word !== '-') found.fields['url.domain'] = word.replace(/:\d{1,5}$/, '');
  return found;
}

/** One more number of the server's, a time or a length, between the bytes and the referrer. */
function withNumber(found: Found, message: string): Found {
  // Behind an empty agent such a rest is something else.
  if (!/[\d-] $/.test(message.slice(0, message.length - found.rest.length).slice(-2))) return found;
  const number = /^[\d.]{1,20} (?=")/.exec(found.rest);
  const referrer = number === null ? undefined : quotedAt(found.rest, number[0].length);
  const agent = referrer === undefined ? undefined : quotedAt(found.rest, referrer.end + 1);
  if (referrer === undefined || agent === undefined || found.rest.charCodeAt(referrer.end) !== 32) return found;
  if (referrer.text !== '' && referrer.text !== '-') found.fields['http.request.referrer'] = referrer.text;
  if (agent.text !== '') found.fields['user_agent.original'] = agent.text;
  return { fields: found.fields, rest: found.rest.slice(agent.end).trimStart() };
}

/** What a header claims of the client stands beside the address that connected: anybody can send one. */
export function setForwarded(draft: Draft, list: string): void {
  const first = firstOf(list);
  if (isAddress(first)) draft['network.forwarded_ip'] = first;
}

/** Of `X-Forwarded-For: claimed, …, seen` the last: the proxy next to us saw it. What stands before is what it was told. */
export function lastOf(list: string): string {
  return list.slice(list.lastIndexOf(',') + 1).trim();
}

const NANOSECONDS = 1e9;

/** A request's time in seconds, as text or number → `event.duration` in nanoseconds. */
export function setSeconds(draft: Draft, seconds: number): void {
  if (Number.isFinite(seconds) && seconds >= 0 && seconds < 1e7) {
    draft['event.duration'] = Math.round(seconds * NANOSECONDS);
  }
}

/**
 * Nginx Proxy Manager's own formats (`docker/rootfs/etc/nginx/conf.d/include/log.conf`), `proxy` and `standard`:
 *
 *   [STAMP] CACHE UPSTREAM_STATUS STATUS - METHOD SCHEME HOST "TARGET" [Client ADDR] [Length N] [Gzip R] [Sent-to SERVER] "AGENT" "REFERRER"
 *   [STAMP] STATUS - METHOD SCHEME HOST "TARGET" [Client ADDR] [Length N] [Gzip R] "AGENT" "REFERRER"
 *
 * nginx writes a quote of the client's as `\x22`, so the target ends at the first one.
 */
import { isAddress, setPeer } from '../address.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import { quotedAt, quoteEnd } from '../logfmt.ts';
import type { Draft, Parsed } from '../parsers/parser.ts';

const HEAD =
  /^(?:[A-Z-]{1,12} (?:\d{3}|-)(?:(?:,| :) (?:\d{3}|-)){0,8} )?(\d{3}) - ([A-Za-z_-]{1,32}|-) (https?|-) (\S{1,255}) "/;
const TAIL = /^ \[Client (\S{2,45})\] \[Length (\d{1,15}|-)\] \[Gzip \S{1,12}\](?: \[Sent-to (\S{1,255})\])? (?=")/;

/** For a signature. */
export const PROXY_MANAGER = HEAD;

export function proxyManagerAccess(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const [all, status, method = '-', scheme = '-', host = ''] = head;
  const end = quoteEnd(message, all.length - 1);
  const tail = end === undefined ? null : TAIL.exec(message.slice(end));
  if (end === undefined || tail === null || !isAddress(tail[1] ?? '')) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'nginx', 'url.domain': host };
  if (method !== '-') draft['http.request.method'] = method;
  if (scheme !== '-') draft['url.scheme'] = scheme;
  setUrl(draft, message.slice(all.length, end - 1));
  setPeer(draft, tail[1] ?? '');
  setStatus(draft, Number(status));
  if (tail[2] !== '-') draft['http.response.body.bytes'] = Number(tail[2]);
  if (tail[3] !== undefined) draft['destination.address'] = tail[3];
  const agent = quotedAt(message, end + tail[0].length);
  if (agent === undefined) return draft;
  if (agent.text !== '') draft['user_agent.original'] = agent.text;
  const referrer = quotedAt(message, agent.end + 1);
  if (referrer !== undefined && referrer.text !== '' && referrer.text !== '-') {
    draft['http.request.referrer'] = referrer.text;
  }
  return draft;
}

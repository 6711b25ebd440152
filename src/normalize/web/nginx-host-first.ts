/**
 * The access log of NPMplus, and of others who put the host first:
 *
 *   [STAMP] HOST ADDRESS SECONDS "REQUEST" STATUS BODY_BYTES BYTES REFERRER AGENT
 *
 * nginx writes a quote in the request as `\x22`. Referrer and agent stand bare, so only the end of the line ends them.
 */
import { isAddress, setPeer } from '../address.ts';
import { ACCESS_EVENT, setRequest, setStatus } from '../http.ts';
import { quoteEnd } from '../logfmt.ts';
import type { Draft, Parsed } from '../parsers/parser.ts';
import { setSeconds } from './server.ts';

const HEAD = /^(\S{1,255}) (\S{2,45}) (\d{1,7}\.\d{3}) "/;
const TAIL = /^ (\d{3}) (\d{1,15}) (\d{1,15})(?: (\S+))?(?: (.*))?$/s;

/** For a signature: a request, and not somebody's text in quotes. */
export const HOST_FIRST = /^\S{1,255} [\da-fA-F:.]{2,45} \d{1,7}\.\d{3} "[A-Z]{3,20} [^"]{1,8000} HTTP\/\d/;

export function nginxHostFirst(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null || !isAddress(head[2] ?? '')) return undefined;
  const [all, host = '', address = '', seconds] = head;
  const end = quoteEnd(message, all.length - 1);
  const tail = end === undefined ? null : TAIL.exec(message.slice(end));
  if (end === undefined || tail === null) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'nginx', 'url.domain': host };
  setPeer(draft, address);
  setRequest(draft, message.slice(all.length, end - 1));
  setStatus(draft, Number(tail[1]));
  draft['http.response.body.bytes'] = Number(tail[2]);
  if (tail[4] !== undefined && tail[4] !== '-') draft['http.request.referrer'] = tail[4];
  if (tail[5] !== undefined && tail[5] !== '') draft['user_agent.original'] = tail[5];
  setSeconds(draft, Number(seconds));
  return draft;
}

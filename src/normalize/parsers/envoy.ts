/**
 * Envoy, and what is built on it (Istio, Contour, Envoy Gateway, Emissary): the default text format and JSON with the operators' names.
 *
 *   [STAMP] "METHOD TARGET PROTOCOL" STATUS FLAGS [DETAILS REASON "FAILURE"] RECEIVED SENT MS UPSTREAM_MS "X-FORWARDED-FOR" "AGENT" "ID" "AUTHORITY" "UPSTREAM"
 *   … CLUSTER UPSTREAM_LOCAL LOCAL REMOTE SNI ROUTE           (Istio)
 *
 * The text names the client by its X-Forwarded-For alone; Istio adds the address that connected.
 */
import type { Fields } from '#contract';
import { firstOf, isAddress, setEndpoint } from '../address.ts';
import { wordOf } from '../application.ts';
import { toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setRequest, setStatus, setUrl } from '../http.ts';
import { quotedAt, quoteEnd } from '../logfmt.ts';
import { stampOf } from '../stamp.ts';
import { setForwarded, webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const COUNTS =
  /^ (\d{1,3}) ([A-Z][A-Z,]{0,60}|-) (?:(?:[\w.,:{}()/-]{1,255} ){1,2}"[^"]{0,1024}" )?(\d{1,18}) (\d{1,18}) (\d{1,15}|-) (\d{1,15}|-) (?=")/;
const ISTIO = /^ \S{1,512} \S{1,80} \S{1,80} (\S{2,80}) \S{1,255} \S{1,255}$/;
const HEAD = /^"(?:[A-Z]{3,20}|-) [^"\s]{1,8000} (?:HTTP\/[\d.]{1,3}|-)" \d{1,3} (?:[A-Z][A-Z,]{0,60}|-) /;

/** Undecorated words: `tcp://[2001:db8::1]:8080`, `[2001:db8::1]`. */
const plain = (text: string): string => text.replace(/^tcp:\/\//, '').replace(/^\[([^\]]*)\]$/, '$1');

function parse(message: string): Parsed | undefined {
  if (!HEAD.test(message)) return undefined;
  const end = quoteEnd(message, 0);
  const counts = end === undefined ? null : COUNTS.exec(message.slice(end, end + 2048));
  if (end === undefined || counts === null) return undefined;
  const [all, status, flags = '', , sent, took] = counts;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'envoy' };
  setRequest(draft, message.slice(1, end - 1));
  setStatus(draft, toNumber(status));
  draft['http.response.body.bytes'] = Number(sent);
  if (took !== '-') draft['event.duration'] = Number(took) * 1e6;
  if (flags !== '-') draft['envoy.response_flags'] = flags.split(',');
  const words: string[] = [];
  let at = end + all.length;
  for (let word = quotedAt(message, at); word !== undefined && words.length < 5; word = quotedAt(message, at)) {
    words.push(word.text);
    at = message.startsWith(' "', word.end) && words.length < 5 ? word.end + 1 : word.end;
  }
  const [forwarded = '-', agent = '-', id = '-', authority = '-', upstream = '-'] = words;
  setClient(draft, forwarded, ISTIO.exec(message.slice(at))?.[1] ?? '-');
  setWords(draft, { agent, id, authority, upstream });
  return draft;
}

function setClient(draft: Draft, forwarded: string, remote: string): void {
  if (remote !== '-') setEndpoint(draft, remote);
  const first = plain(firstOf(forwarded));
  if (draft['source.ip'] !== undefined) setForwarded(draft, first);
  else if (isAddress(first)) setEndpoint(draft, first);
}

function setWords(
  draft: Draft,
  words: Readonly<Record<'agent' | 'id' | 'authority' | 'upstream', string | undefined>>,
): void {
  const { agent = '-', id = '-', authority = '-', upstream = '-' } = words;
  if (agent !== '-') draft['user_agent.original'] = agent;
  if (id !== '-') draft['http.request.id'] = id;
  if (authority !== '-') draft['url.domain'] = authority.replace(/:\d{1,5}$/, '');
  if (upstream !== '-') setEndpoint(draft, plain(upstream), 'destination');
}

function read(record: Fields, line: Line): Parsed | undefined {
  const said = (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const word = wordOf(record, name);
      if (word !== undefined && word !== '-') return word;
    }
    return undefined;
  };
  const method = said('method', ':method');
  const target = said('x-envoy-origin-path', 'path', ':path');
  if (method === undefined || said('response_code') === undefined) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'envoy', 'http.request.method': method };
  const time = stampOf(said('start_time') ?? '', line.clock);
  if (time !== undefined && line.time === undefined) draft['@timestamp'] = time;
  setUrl(draft, target ?? '');
  setStatus(draft, toNumber(said('response_code')));
  const bytes = toNumber(said('bytes_sent'));
  if (bytes !== undefined) draft['http.response.body.bytes'] = bytes;
  const took = toNumber(said('duration'));
  if (took !== undefined) draft['event.duration'] = took * 1e6;
  const version = said('protocol')?.replace(/^HTTP\//, '');
  if (version !== undefined) draft['http.version'] = version;
  setClient(draft, said('x_forwarded_for', 'x-forwarded-for') ?? '-', said('downstream_remote_address') ?? '-');
  const agent = said('user_agent', 'user-agent');
  const upstream = said('upstream_host');
  setWords(draft, {
    agent,
    id: said('request_id', 'x-request-id'),
    authority: said('authority', ':authority'),
    upstream,
  });
  return draft;
}

export const envoy = webServer('envoy', {
  programs: ['envoy', 'istio-proxy', 'pilot-agent'],
  types: ['istio', 'envoy-gateway', 'contour'],
  paths: ['/envoy/', 'envoy.log', 'envoy_access'],
  signatures: [{ starts: '"', has: [' HTTP/', '" "', '" '], test: HEAD }],
  records: [
    { keys: ['response_flags', 'response_code', 'upstream_cluster'] },
    { keys: ['downstream_remote_address', 'response_code', 'method'] },
  ],
  parse,
  read,
});

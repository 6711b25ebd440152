/**
 * Apache CouchDB 2 and 3 (couch_log's stderr and file writers; chttpd.erl writes the request lines).
 *
 *   [notice] STAMP nonode@nohost <0.1.0> REQUESTID HOST PEER USER METHOD /path STATUS ok MS
 *   [notice] STAMP nonode@nohost <0.1.0> -------- text
 *
 * USER is `undefined` where nobody is logged in; it stays as logged, as `anonymous` of an FTP server does. The host and the
 * path are the client's: status, verdict and time are read from the end, peer, user and method by their shape.
 */
import { isAddress, setPeer } from '../address.ts';
import { DATABASE, LOGIN_FAILED, toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const HEAD = /^(?:\[\w{4,9}\] )?(?:\d{4}-\S{10,24} )?\S{1,255}@\S{1,255} <\d{1,9}\.\d{1,9}\.\d{1,9}> (\S{1,32}) /;
const TAIL = / (\d{3}) (\S{1,64}) (\d{1,9})$/;
const REQUEST = /^(\S{1,255}) (\S{1,64}) (.{1,256}?) ([A-Z]{3,16}) (\/.*|\*)$/s;

function request(body: string): Parsed | undefined {
  const tail = TAIL.exec(body.slice(-96));
  if (tail === null) return undefined;
  const match = REQUEST.exec(body.slice(0, -tail[0].length));
  if (match === null) return undefined;
  const [, host = '', peer = '', user = '', method = '', target = ''] = match;
  if (!isAddress(peer)) return undefined;
  const status = toNumber(tail[1]);
  const draft: Draft = { ...ACCESS_EVENT, 'http.request.method': method, 'user.name': user };
  setUrl(draft, target);
  setStatus(draft, status);
  setPeer(draft, peer);
  if (host !== 'undefined') draft['url.domain'] = host.replace(/:\d{1,5}$/, '');
  return draft;
}

/** `couch_httpd_auth: Authentication failed for user U from ADDR`: the attempt itself; a 401 to a request is only its answer. */
const REFUSED =
  /^\w{1,64}: (Authentication (?:failed|rejected) for (?:locked-out )?user) (.{0,512}) from ([\da-fA-F.:]{2,45})$/s;

function refusal(body: string): Parsed | undefined {
  const match = REFUSED.exec(body);
  if (match === null) return undefined;
  const [, reason = '', user = '', peer = ''] = match;
  const draft: Draft = { ...LOGIN_FAILED, 'event.reason': reason };
  if (user !== '') draft['user.name'] = user;
  setPeer(draft, peer);
  return draft;
}

export const couchdb: Parser = {
  name: 'couchdb',
  programs: ['couchdb'],
  paths: ['/couchdb/', 'couchdb.log', 'couch.log'],
  dataset: 'couchdb.log',
  product: 'couchdb',
  service: 'couchdb',
  category: 'database',
  signatures: [
    {
      has: ['@', ': Authentication ', ' for '],
      test: /^\S{1,255}@\S{1,255} <\d{1,9}\.\d{1,9}\.\d{1,9}> (?:[0-9a-f]{10}|-{8}) couch_httpd_auth: /,
    },
    { has: ['@', '> ', ' ok '], test: /^\S{1,255}@\S{1,255} <\d{1,9}\.\d{1,9}\.\d{1,9}> [0-9a-f]{10} / },
  ],
  parse(message) {
    const head = HEAD.exec(message);
    if (head === null) return undefined;
    const body = message.slice(head[0].length);
    return (
      refusal(body) ??
      request(body) ?? { 'event.category': DATABASE, 'event.type': ['info'], 'event.action': 'couchdb_message' }
    );
  },
};

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
import { AUTHENTICATION, DATABASE, toNumber } from '../ecs.ts';
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
  // 401 to whoever brought no name is only the question for one; `/_session` is where names and passwords go.
  if (status === 401 && method === 'POST' && target.startsWith('/_session')) {
    draft['event.category'] = [...AUTHENTICATION, 'web'];
    draft['event.action'] = 'login';
  }
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
  signatures: [{ has: ['@', '> ', ' ok '], test: /^\S{1,255}@\S{1,255} <\d{1,9}\.\d{1,9}\.\d{1,9}> [0-9a-f]{10} / }],
  parse(message) {
    const head = HEAD.exec(message);
    if (head === null) return undefined;
    const body = message.slice(head[0].length);
    return request(body) ?? { 'event.category': DATABASE, 'event.type': ['info'], 'event.action': 'couchdb_message' };
  },
};

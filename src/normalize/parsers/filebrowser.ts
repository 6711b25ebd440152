/**
 * File Browser (`http/utils.go`): `TARGET: STATUS ADDR ERROR`, one line for each request that went wrong. The target is the client's and
 * is percent-encoded: it holds no blank.
 */
import { setEndpoint } from '../address.ts';
import { application } from '../application.ts';
import { LOGIN_FAILED, toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import type { Draft, Parsed } from './parser.ts';

const REFUSED =
  /^(?<url>\/\S{0,4000}): (?<status>[1-5]\d\d) (?<peer>[\da-fA-F:.[\]]{2,60}) (?<reason><nil>|[^\n]{1,2000})$/;

function parse(message: string): Parsed | undefined {
  const groups = REFUSED.exec(message)?.groups;
  if (groups === undefined) return undefined;
  const { url = '', status, peer = '', reason = '' } = groups;
  const login = url === '/api/login' && (status === '403' || status === '401');
  const draft: Draft = { ...ACCESS_EVENT };
  setUrl(draft, url);
  setStatus(draft, toNumber(status));
  if (login) Object.assign(draft, LOGIN_FAILED);
  setEndpoint(draft, peer);
  if (reason !== '<nil>') draft['event.reason'] = reason;
  return draft;
}

export const filebrowser = application('filebrowser', {
  paths: ['filebrowser'],
  signatures: [
    { starts: '/api/', has: [' <nil>'], test: /^\/api\/\S{0,400}: [1-5]\d\d [\da-fA-F:.[\]]{2,60} <nil>$/ },
    { starts: '/api/login: 403 ', test: /^\/api\/login: 403 [\da-fA-F:.[\]]{2,60} / },
  ],
  parse,
});

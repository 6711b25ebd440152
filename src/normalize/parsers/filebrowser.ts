/**
 * File Browser (`http/utils.go`): `TARGET: STATUS ADDR[ ERROR]`, one line for each request that went wrong; and File Browser Quantum, its
 * fork: `METHOD  | STATUS | ADDR | USER | TIME | "TARGET"` for every request, the name that is tried in the target of `/api/auth/login`. The
 * target is the client's: percent-encoded in the first, in quotes and last in the second.
 */
import { setEndpoint } from '../address.ts';
import { application } from '../application.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import { withGroups } from '../wordings.ts';
import type { Draft, Parsed } from './parser.ts';

const REFUSED =
  /^(?<url>\/\S{0,4000}): (?<status>[1-5]\d\d) (?<peer>[\da-fA-F:.[\]]{2,60})(?: (?<reason>[^\n]{1,2000}))?$/;
const QUANTUM =
  /^(?:\[\w{4,7} {0,3}\] )?(?<method>[A-Z]{3,7}) {1,8}\| (?<status>\d{3}) \| (?<peer>[\da-fA-F:.[\]]{2,60}) {0,20}\| (?<user>[^|\n]{1,60}?) {0,20}\| [\d.]{1,12}[a-zµ]{1,2} {0,20}\| "(?<url>[^\n]{0,4000})"$/;

function refused(groups: Readonly<Record<string, string | undefined>>): Parsed {
  const { url = '', status, peer = '', reason = '<nil>' } = groups;
  const login = url === '/api/login' && (status === '403' || status === '401');
  const draft: Draft = { ...ACCESS_EVENT };
  setUrl(draft, url);
  setStatus(draft, toNumber(status));
  if (login) Object.assign(draft, LOGIN_FAILED);
  setEndpoint(draft, peer);
  if (reason !== '<nil>') draft['event.reason'] = reason;
  return draft;
}

function answered({ user, ...groups }: Readonly<Record<string, string | undefined>>): Parsed {
  const fields = withGroups(ACCESS_EVENT, { ...groups, user: user === 'N/A' ? undefined : user });
  if (fields['url.path'] !== '/api/auth/login' || groups['method'] !== 'POST') return fields;
  const tried = new URLSearchParams(String(fields['url.query'] ?? '')).get('username');
  const named = tried === null || tried === '' ? fields : { ...fields, 'user.name': tried };
  if (groups['status'] === '401' || groups['status'] === '403') return { ...named, ...LOGIN_FAILED };
  return groups['status'] === '200' ? { ...named, ...LOGIN_ACCEPTED } : named;
}

function parse(message: string): Parsed | undefined {
  const wrong = REFUSED.exec(message)?.groups;
  if (wrong !== undefined) return refused(wrong);
  const groups = QUANTUM.exec(message)?.groups;
  return groups === undefined ? undefined : answered(groups);
}

export const filebrowser = application('filebrowser', {
  programs: ['filebrowser', 'filebrowser-quantum'],
  paths: ['filebrowser'],
  signatures: [
    { starts: '/api/', has: [' <nil>'], test: /^\/api\/\S{0,400}: [1-5]\d\d [\da-fA-F:.[\]]{2,60} <nil>$/ },
    { starts: '/api/login: 403 ', test: /^\/api\/login: 403 [\da-fA-F:.[\]]{2,60}(?:$| )/ },
    { has: ['| "/api/auth/login?'], test: QUANTUM },
  ],
  parse,
});

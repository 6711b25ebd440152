/**
 * Traefik 2 and 3 (`pkg/middlewares/accesslog`). Its common format adds `COUNT "ROUTER" "SERVICE" 3ms` behind the user agent. In the JSON
 * `ClientHost` is the whole X-Forwarded-For where entry points trust it: a client may send any beginning, the proxy in front added
 * the end, so the last address is the one that was seen.
 */
import type { Fields } from '#contract';
import { setEndpoint, setPeer } from '../address.ts';
import { wordOf } from '../application.ts';
import { LOGIN_FAILED, toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import { accessOf, lastOf, setSeconds, webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const REST = /^\d{1,12} "([^"]{0,1024})" "([^"]{0,1024})" (\d{1,9})ms$/;
/** The same from the end of a line; no other server ends one so. */
const ENDS = / \d{1,12} "[^"]{0,1024}" "[^"]{0,1024}" \d{1,9}ms$/;

function parse(message: string, line: Line): Parsed | undefined {
  const found = accessOf('traefik', message, line);
  if (found === undefined) return undefined;
  const { fields, rest } = found;
  const own = REST.exec(rest);
  if (own === null) return fields;
  const [, router = '-', service = '-', ms] = own;
  if (router !== '-') fields['traefik.access.frontend_name'] = router;
  if (service !== '-') fields['traefik.access.backend_url'] = service;
  setSeconds(fields, Number(ms) / 1000);
  return fields;
}

const said = (record: Fields, name: string): string | undefined => {
  const word = wordOf(record, name);
  return word === '-' ? undefined : word;
};

/** Headers are kept in either case, as Traefik's version had it. */
const head = (record: Fields, name: string): string | undefined =>
  said(record, `request_${name}`) ?? said(record, `request_${name.toLowerCase()}`);

function read(record: Fields, line: Line): Parsed | undefined {
  const method = said(record, 'RequestMethod');
  const target = said(record, 'RequestPath');
  if (method === undefined || target === undefined) return refused(record);
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'traefik', 'http.request.method': method };
  const host = lastOf(said(record, 'ClientHost') ?? '');
  const port = toNumber(said(record, 'ClientPort'));
  const list = said(record, 'ClientHost')?.includes(',') === true;
  if (host === '') setEndpoint(draft, said(record, 'ClientAddr') ?? '');
  else setPeer(draft, host, list ? undefined : port);
  setUrl(draft, target);
  setStatus(draft, toNumber(said(record, 'DownstreamStatus') ?? said(record, 'OriginStatus')));
  const words = [
    ['user.name', said(record, 'ClientUsername')],
    ['url.domain', said(record, 'RequestHost')],
    ['url.scheme', said(record, 'RequestScheme')],
    ['http.version', said(record, 'RequestProtocol')?.replace(/^HTTP\//, '')],
    ['user_agent.original', head(record, 'User-Agent')],
    ['http.request.referrer', head(record, 'Referer')],
    ['destination.address', said(record, 'ServiceAddr')],
  ] as const;
  for (const [field, value] of words) if (value !== undefined) draft[field] = value;
  const bytes = toNumber(said(record, 'DownstreamContentSize'));
  if (bytes !== undefined) draft['http.response.body.bytes'] = bytes;
  const took = record['Duration'];
  if (typeof took === 'number' && took >= 0) draft['event.duration'] = took;
  const start = Date.parse(said(record, 'StartUTC') ?? '');
  if (!Number.isNaN(start) && line.time === undefined) draft['@timestamp'] = start;
  return draft;
}

/** Traefik's own log of a middleware that asks for names and passwords; it names neither the user nor the address. */
const refused = (record: Fields): Parsed | undefined =>
  record['msg'] === 'Authentication failed' || record['message'] === 'Authentication failed'
    ? { ...LOGIN_FAILED, 'event.dataset': 'traefik.log', 'service.type': 'traefik' }
    : undefined;

/** What stands behind the name of every router. */
const PROVIDERS =
  'docker file kubernetes kubernetescrd kubernetesgateway swarm internal http rest redis nomad ecs consul consulcatalog etcd zookeeper';

export const traefik = webServer('traefik', {
  paths: ['/traefik/', 'traefik.log'],
  signatures: [
    ...PROVIDERS.split(' ').map((provider) => ({ has: [`@${provider}" "`], test: ENDS })),
    // No router took it.
    { has: [' "-" "-" 0ms'], test: ENDS },
  ],
  records: [
    { keys: ['RequestMethod', 'RequestPath', 'ClientHost'] },
    { keys: ['DownstreamStatus', 'RequestMethod', 'RequestPath'] },
    { keys: ['middlewareType', 'middlewareName', 'msg'], values: { msg: 'Authentication failed' } },
    { keys: ['middlewareType', 'middlewareName', 'message'], values: { message: 'Authentication failed' } },
  ],
  parse: (message, line) => parse(message, line),
  read,
});

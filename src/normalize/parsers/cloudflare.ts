/**
 * Cloudflare's Logpush, one JSON record a request (`http_requests`) or a firewall's finding (`firewall_events`):
 * https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/. The names are the same in all of its destinations.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { wordOf } from '../application.ts';
import { toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import { stampOf } from '../stamp.ts';
import { webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';

/** Nanoseconds, seconds or RFC 3339, as the job was set up. */
function timeOf(value: string | undefined, line: Line): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{9,19}$/.test(value)) return stampOf(value, line.clock);
  return value.length > 16 ? Math.floor(Number(value) / 1e6) : value.length > 11 ? Number(value) : Number(value) * 1000;
}

const DENIED_BY = /^(?:block|drop|challenge|jschallenge|managedChallenge|managed_challenge|connectionClose)$/i;

function read(record: Fields, line: Line): Parsed | undefined {
  const said = (name: string): string | undefined => wordOf(record, name);
  const method = said('ClientRequestMethod');
  const address = said('ClientIP');
  if (method === undefined || address === undefined) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'cloudflare', 'http.request.method': method };
  const time = timeOf(said('EdgeStartTimestamp') ?? said('Datetime'), line);
  if (time !== undefined) draft['@timestamp'] = time;
  setPeer(draft, address, toNumber(said('ClientSrcPort')));
  const query = said('ClientRequestQuery') ?? '';
  setUrl(draft, said('ClientRequestURI') ?? `${said('ClientRequestPath') ?? ''}${query}`);
  setStatus(draft, toNumber(said('EdgeResponseStatus')));
  const bytes = toNumber(said('EdgeResponseBytes'));
  if (bytes !== undefined) draft['http.response.bytes'] = bytes;
  const words = [
    ['user_agent.original', said('ClientRequestUserAgent')],
    ['http.request.referrer', said('ClientRequestReferer') ?? said('ClientRefererHost')],
    ['url.domain', said('ClientRequestHost')],
    ['url.scheme', said('ClientRequestScheme')],
    ['http.version', said('ClientRequestProtocol')?.replace(/^HTTP\//, '')],
    ['http.request.id', said('RayID')],
    ['destination.ip', said('OriginIP')],
  ] as const;
  for (const [field, value] of words) if (value !== undefined) draft[field] = value;
  const action = said('Action');
  if (action === undefined) return draft;
  return { ...draft, ...finding(record, action) };
}

function finding(record: Fields, action: string): Draft {
  const denied = DENIED_BY.test(action);
  const draft: Draft = {
    'event.category': ['intrusion_detection', 'web'],
    'event.type': denied ? ['denied'] : ['info'],
    'event.action': denied ? 'request_denied' : 'rule_matched',
    'event.dataset': 'cloudflare.firewall',
  };
  const id = wordOf(record, 'RuleID');
  const name = wordOf(record, 'Description') ?? wordOf(record, 'Source');
  if (id !== undefined) draft['rule.id'] = id;
  if (name !== undefined) draft['rule.name'] = name;
  return draft;
}

export const cloudflare = webServer('cloudflare', {
  types: ['cloudflare-logpush', 'logpush'],
  paths: ['cloudflare'],
  records: [
    { keys: ['ClientRequestMethod', 'ClientIP', 'ClientRequestHost'] },
    { keys: ['EdgeResponseStatus', 'ClientIP', 'ClientRequestMethod'] },
  ],
  read,
});

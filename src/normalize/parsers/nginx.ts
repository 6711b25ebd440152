/**
 * nginx and its relatives: the error log (`web/nginx-error.ts`), and access logs in the formats that people use: `combined`, the packages'
 * `main` (the forwarded address in quotes at the end), a virtual host in front, Kubernetes' ingress, and JSON with nginx's own
 * names of variables.
 */
import type { Fields } from '#contract';
import { setPeer } from '../address.ts';
import { wordOf } from '../application.ts';
import { toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setRequest, setStatus, setUrl } from '../http.ts';
import { quotedAt } from '../logfmt.ts';
import { stampOf } from '../stamp.ts';
import { nginxError } from '../web/nginx-error.ts';
import { nginxHostFirst } from '../web/nginx-host-first.ts';
import { proxyManagerAccess } from '../web/proxy-manager-access.ts';
import { accessOf, setForwarded, setSeconds, webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';

/** Ingress: `REQUEST_LENGTH REQUEST_TIME [SERVICE] [] UPSTREAM … UPSTREAM_STATUS ID`. */
const INGRESS = /^\d{1,15} (\d{1,9}\.\d{3}) \[([\w.-]{0,255})\] \[[^\]]{0,255}\] (\S+) /;

function access(message: string, line: Line): Parsed | undefined {
  const found = accessOf('nginx', message, line);
  if (found === undefined) return undefined;
  const { fields, rest } = found;
  const forwarded = quotedAt(rest, 0);
  if (forwarded !== undefined) setForwarded(fields, forwarded.text);
  const ingress = INGRESS.exec(rest);
  if (ingress !== null) {
    setSeconds(fields, Number(ingress[1]));
    if (ingress[3] !== '-') fields['destination.address'] = ingress[3] ?? '';
  }
  return fields;
}

const first = (record: Fields, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const word = wordOf(record, name);
    if (word !== undefined && word !== '-') return word;
  }
  return undefined;
};

const STAMPS = ['time_iso8601', 'time_local', 'msec'] as const;

function read(record: Fields, line: Line): Parsed | undefined {
  const address = first(record, 'remote_addr', 'realip_remote_addr', 'client_ip', 'client');
  const request = first(record, 'request', 'request_line');
  const target = first(record, 'request_uri', 'uri', 'url');
  if (address === undefined || (request === undefined && target === undefined)) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'nginx' };
  setPeer(draft, address);
  if (request !== undefined) setRequest(draft, request);
  const method = first(record, 'request_method', 'method');
  if (method !== undefined) draft['http.request.method'] = method;
  if (target !== undefined) setUrl(draft, target);
  setStatus(draft, toNumber(first(record, 'status')));
  const bytes = toNumber(first(record, 'body_bytes_sent', 'bytes_sent'));
  if (bytes !== undefined) draft['http.response.body.bytes'] = bytes;
  const words = [
    ['http.request.referrer', first(record, 'http_referer', 'http_referrer', 'referer', 'referrer')],
    ['user_agent.original', first(record, 'http_user_agent', 'user_agent', 'agent')],
    ['user.name', first(record, 'remote_user')],
    ['url.domain', first(record, 'http_host', 'server_name', 'host')],
    ['url.scheme', first(record, 'scheme')],
  ] as const;
  for (const [field, value] of words) if (value !== undefined) draft[field] = value;
  setForwarded(draft, first(record, 'http_x_forwarded_for', 'x_forwarded_for') ?? '');
  setSeconds(draft, Number(first(record, 'request_time')));
  const stamp = stampOf(first(record, ...STAMPS) ?? '', line.clock);
  if (stamp !== undefined) draft['@timestamp'] = stamp;
  // nginx's `host` is the one that was asked for, not the one that runs.
  if (record['host'] !== undefined && draft['url.domain'] !== undefined) draft['host.name'] = null;
  return draft;
}

export const nginx = webServer('nginx', {
  programs: ['nginx', 'openresty', 'angie', 'freenginx', 'tengine', 'nginx-ingress-controller'],
  types: ['ingress-nginx', 'swag'],
  paths: [
    '/nginx/',
    'nginx.log',
    'nginx_access',
    'nginx_error',
    'nginx-access',
    'nginx-error',
    '/openresty/',
    '/angie/',
  ],
  signatures: [
    { has: ['#', ': *'], test: /^\[(?:debug|info|notice|warn|error|crit|alert|emerg)\] \d{1,10}#\d{1,10}: \*\d/ },
    { starts: '[notice] ', test: /^\[notice\] \d{1,10}#\d{1,10}: / },
    { starts: '[error] ', test: /^\[error\] \d{1,10}#\d{1,10}: / },
    { starts: '[emerg] ', test: /^\[emerg\] \d{1,10}#\d{1,10}: / },
    { starts: '[alert] ', test: /^\[alert\] \d{1,10}#\d{1,10}: / },
    { starts: '[crit] ', test: /^\[crit\] \d{1,10}#\d{1,10}: / },
    { starts: '[warn] ', test: /^\[warn\] \d{1,10}#\d{1,10}: / },
  ],
  records: [
    { keys: ['body_bytes_sent', 'remote_addr'] },
    { keys: ['http_user_agent', 'remote_addr', 'status'] },
    { keys: ['request_uri', 'remote_addr', 'status'] },
    { keys: ['remote_addr', 'request', 'status'] },
  ],
  parse: (message, line) =>
    nginxError(message) ?? access(message, line) ?? nginxHostFirst(message) ?? proxyManagerAccess(message),
  read,
});

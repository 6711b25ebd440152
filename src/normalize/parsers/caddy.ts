/**
 * Caddy 2 (zap records): access logs as JSON and on the console (`STAMP TAB LEVEL TAB LOGGER TAB TEXT TAB {JSON}`), errors of a
 * handler, and the Coraza firewall. `client_ip` honours the trusted proxies (2.7 and later), `remote_ip` is who connected,
 * `remote_addr` the same with its port (before 2.5). The version 1 common format is anybody's.
 */
import type { Fields } from '#contract';
import { setEndpoint, setPeer } from '../address.ts';
import { wordOf } from '../application.ts';
import { ERROR, INFO, toNumber, WEB } from '../ecs.ts';
import { flatten } from '../flatten.ts';
import { levelOf } from '../head.ts';
import { ACCESS_EVENT, header, setStatus, setUrl } from '../http.ts';
import { jsonRecord } from '../record-in.ts';
import { firewallRule } from '../web/firewall-rule.ts';
import { accessOf, setForwarded, setSeconds, webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const CONSOLE = /^\s?([A-Z]{4,6})\t([a-z][\w.]{0,120})\t([^\t]{0,400})(?:\t(\{.*\}))?$/s;
const OWN_LOGGERS = /^(?:http|tls|admin|events|pki|caddyfile|layer4|docker-proxy)(?:\.|$)/;

function request(record: Fields): Draft | undefined {
  const method = wordOf(record, 'request.method');
  const target = wordOf(record, 'request.uri');
  if (method === undefined || target === undefined) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'caddy', 'http.request.method': method };
  const seen = wordOf(record, 'request.remote_ip');
  const client = wordOf(record, 'request.client_ip') ?? seen;
  if (client === undefined) setEndpoint(draft, wordOf(record, 'request.remote_addr') ?? '');
  else setPeer(draft, client, client === seen ? toNumber(wordOf(record, 'request.remote_port')) : undefined);
  setUrl(draft, target);
  setStatus(draft, numberOf(record['status']));
  const words = [
    ['http.version', wordOf(record, 'request.proto')?.replace(/^HTTP\//, '')],
    ['user_agent.original', header(record, 'request.headers.User-Agent')],
    ['http.request.referrer', header(record, 'request.headers.Referer')],
    ['user.name', wordOf(record, 'user_id')],
    ['url.domain', wordOf(record, 'request.host')?.replace(/:\d{1,5}$/, '')],
  ] as const;
  for (const [field, value] of words) if (value !== undefined && value !== '') draft[field] = value;
  setForwarded(draft, header(record, 'request.headers.X-Forwarded-For') ?? '');
  const bytes = numberOf(record['size']);
  if (bytes !== undefined) draft['http.response.body.bytes'] = bytes;
  if (typeof record['duration'] === 'number') setSeconds(draft, record['duration']);
  return draft;
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;

function read(record: Fields): Parsed | undefined {
  const text = wordOf(record, 'msg') ?? '';
  const rule = firewallRule(text.trimEnd());
  if (rule !== undefined) {
    if (rule.client !== undefined) setPeer(rule.fields, rule.client);
    return rule.fields;
  }
  const draft = request(record);
  const logger = wordOf(record, 'logger') ?? '';
  if (draft === undefined) return OWN_LOGGERS.test(logger) ? say(record) : undefined;
  if (logger.startsWith('http.log.error')) draft['event.dataset'] = 'caddy.error';
  if (logger.startsWith('http.log.error') && text !== 'handled request') draft['event.reason'] = text;
  return draft;
}

/** Certificates, reloads, handlers: what Caddy says of itself. */
function say(record: Fields): Parsed {
  const failed = wordOf(record, 'level') === 'error';
  return {
    'event.category': WEB,
    'event.type': failed ? ERROR : INFO,
    'event.action': 'caddy_message',
    'event.dataset': 'caddy.log',
  };
}

function parse(message: string, line: Line): Parsed | undefined {
  const found = CONSOLE.exec(message);
  if (found === null) return accessOf('caddy', message, line)?.fields;
  const [, word = '', logger = '', text = '', json = '{}'] = found;
  const level = levelOf(word);
  const inside = jsonRecord(json);
  if (level === undefined || inside === undefined) return undefined;
  const parsed = read({ ...flatten(inside, () => undefined), logger, msg: text, level });
  return parsed === undefined ? undefined : { 'log.level': level, ...parsed };
}

export const caddy = webServer('caddy', {
  paths: ['/caddy/', 'caddy.log'],
  signatures: [
    { has: ['\thttp.log.access'], test: CONSOLE },
    { has: ['\thttp.log.error'], test: CONSOLE },
    { has: ['\thttp.handlers.'], test: CONSOLE },
  ],
  records: [
    { keys: ['request.uri', 'request.method', 'logger'], values: { logger: /^http\.(?:log|handlers)\b/ } },
    { keys: ['request.uri', 'request.method', 'request.proto', 'resp_headers.Server'] },
    { keys: ['request.remote_ip', 'request.method', 'request.uri', 'status'] },
    { keys: ['request.remote_addr', 'request.method', 'request.uri', 'status'] },
    { keys: ['logger', 'msg'], values: { logger: /^http\.handlers\.[\w.]{1,80}$/ } },
    { keys: ['logger', 'msg', 'ts'], values: { logger: /^(?:tls|http)\.[\w.]{1,80}$/ } },
  ],
  parse,
  read,
});

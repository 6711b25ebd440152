/**
 * nginx's error log (`src/core/ngx_log.c`, `ngx_http_log_error_handler`), the same in OpenResty, Angie and what is built on them:
 *
 *   [level] PID#TID: *CONNECTION text, client: ADDR, server: NAME, request: "R", subrequest: "R", upstream: "U", host: "H", referrer: "F"
 *
 * Nothing in it is escaped. A file's name, a user's name, the request, host and referrer are the client's, and any of them may
 * hold `, client: 192.0.2.1, server: `. Where the text before the first `, client: ` holds nothing of the client's, that one is
 * nginx's own. Where it does and another address is named later, the line cannot be decided, and no address is better than a
 * forged one: all are in `related.ip`.
 */
import { isAddress, setPeer } from '../address.ts';
import { DENIED, ERROR, INFO, LOGIN_FAILED, WEB } from '../ecs.ts';
import { setRequest } from '../http.ts';
import type { Draft, Parsed } from '../parsers/parser.ts';
import { withGroups } from '../wordings.ts';
import { firewallRule } from './firewall-rule.ts';

const HEAD = /^\[(debug|info|notice|warn|error|crit|alert|emerg)\] (\d{1,10})#(\d{1,10}): (?:\*(\d{1,20}) )?/;
const CLIENT = ', client: ';
const MAX_CLIENTS = 16;

export function nginxError(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const [all, level = '', pid, thread, connection] = head;
  const body = message.slice(all.length);
  const draft: Draft = {
    'event.category': WEB,
    'event.type': level === 'error' || level === 'crit' || level === 'alert' || level === 'emerg' ? ERROR : INFO,
    'event.dataset': 'nginx.error',
    'service.type': 'nginx',
    'log.level': level,
    'process.pid': Number(pid),
    'process.thread.id': Number(thread),
    message: body,
  };
  if (connection !== undefined) draft['nginx.error.connection_id'] = Number(connection);
  const client = clientAt(body, /^\[client ([^\]\s]{2,80})\] /.exec(body)?.[1]);
  const text = client === undefined ? body : body.slice(0, client.at);
  if (client?.others.length === 0) setTail(draft, body.slice(client.end));
  setMeaning(draft, text);
  if (client === undefined) {
    const closed = /^client (\S{2,80}) closed keepalive connection/.exec(body)?.[1] ?? '';
    if (isAddress(closed)) setPeer(draft, closed);
    return draft;
  }
  if (client.others.length > 0) draft['related.ip'] = [...new Set([client.address, ...client.others])];
  else if (isAddress(client.address)) setPeer(draft, client.address);
  return draft;
}

interface Client {
  /** Where `, client: ` begins. */
  readonly at: number;
  /** Behind the address. */
  readonly end: number;
  readonly address: string;
  /** Other addresses that might be the client's as well. */
  readonly others: readonly string[];
}

/** `known`: libmodsecurity puts the address in front, where nothing of the client's can stand. */
function clientAt(body: string, known: string | undefined): Client | undefined {
  const found: Omit<Client, 'others'>[] = [];
  for (let at = body.indexOf(CLIENT); at !== -1 && found.length < MAX_CLIENTS; at = body.indexOf(CLIENT, at + 1)) {
    const start = at + CLIENT.length;
    const comma = body.indexOf(',', start);
    const end = comma === -1 ? body.length : comma;
    const address = end - start > 80 ? '' : body.slice(start, end).trim();
    if (isAddress(address) || address.startsWith('unix:')) found.push({ at, end, address });
  }
  const told = found.find(({ address }) => address === known);
  if (told !== undefined) return { ...told, others: [] };
  const [first] = found;
  if (first === undefined) return undefined;
  const others = found.filter(({ address }) => address !== first.address).map(({ address }) => address);
  return { ...first, others: others.length > 0 && holdsClientText(body.slice(0, first.at)) ? others : [] };
}

/** These quote only what stands in nginx's configuration. */
const OWN_WORDS = /^(?:limiting|delaying) (?:requests?|connections)\b/;
const holdsClientText = (text: string): boolean => text.includes('"') && !OWN_WORDS.test(text);

/** `, server: S, request: "R", upstream: "U", host: "H", referrer: "F"`. */
function setTail(draft: Draft, tail: string): void {
  const opening = ', request: "';
  const start = tail.indexOf(opening);
  if (start === -1) return;
  const from = start + opening.length;
  const whole = REQUEST_LINE.exec(tail.slice(from))?.[1];
  const next = whole === undefined ? NEXT.exec(tail.slice(from)) : null;
  const request = whole ?? tail.slice(from, next === null ? tail.lastIndexOf('"') : from + next.index);
  setRequest(draft, request);
  const rest = tail.slice(from + request.length + 1);
  const host = /^(?:, (?:subrequest|upstream): "[^"]*")*, host: "([^"]*)"/.exec(rest);
  if (host?.[1] !== undefined && host[1] !== '') setHost(draft, host[1]);
  const upstream = /^(?:, subrequest: "[^"]*")?, upstream: "[a-z]{2,8}:\/\/([^/"]{1,255})/.exec(rest)?.[1];
  if (upstream !== undefined && upstream !== 'unix:') draft['destination.address'] = upstream;
  const referrer = host === null ? undefined : /^, referrer: "(.*)"$/s.exec(rest.slice(host[0].length))?.[1];
  if (referrer !== undefined && referrer !== '') draft['http.request.referrer'] = referrer;
}

/** A request of three words, as nginx accepts them: the target of a true one holds no blank. */
const REQUEST_LINE = /^([A-Z][A-Z_-]{0,31} [^ ]+ HTTP\/\d(?:\.\d)?)"/;
const NEXT = /", (?:subrequest|upstream|host|referrer): "/;

function setHost(draft: Draft, host: string): void {
  const port = /^(.{1,255}):(\d{1,5})$/.exec(host);
  draft['url.domain'] = port?.[1] ?? host;
  if (port?.[2] !== undefined) draft['url.port'] = Number(port[2]);
}

/** Greedy: a name ends where the last of nginx's own words begin. */
const REFUSED = [
  /^user "(?<user>.*)": (?<reason>password mismatch)$/s,
  /^user "(?<user>.*)" (?<reason>was not found) in "[^"]*"$/s,
  /^PAM: user '(?<user>.*)' - (?<reason>not authenticated): .{1,120}$/s,
];
const OPEN = /^(?:open|stat|opendir|openat|"[^"]*" index of)\(?\)? ?"(.*)" failed \((\d{1,4}): ([^()]{1,80})\)/s;
const FORBIDDEN = /^(?:access forbidden by rule|directory index of ".*" is forbidden)$/s;

function setMeaning(draft: Draft, text: string): void {
  const rule = firewallRule(text);
  if (rule !== undefined) {
    draft['labels.service'] = ['modsecurity', 'nginx'];
    // The request itself is nearer to what was asked than the rule's cut of it.
    for (const [field, value] of Object.entries(rule.fields)) {
      if (!field.startsWith('url.') || draft[field] === undefined) draft[field] = value;
    }
    return;
  }
  for (const pattern of REFUSED) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) continue;
    Object.assign(draft, withGroups(LOGIN_FAILED, groups));
    return;
  }
  const file = OPEN.exec(text);
  if (file?.[1] !== undefined) draft['file.path'] = file[1];
  if (OWN_WORDS.test(text) || FORBIDDEN.test(text)) {
    if (text.startsWith('delaying')) return;
    draft['event.type'] = DENIED;
    draft['event.action'] = text.startsWith('limiting') ? 'request_limited' : 'request_denied';
  }
}

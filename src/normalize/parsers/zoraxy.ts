/**
 * Zoraxy 3 (`mod/dynamicproxy/…`, `mod/info/logger/trafficlog.go`):
 *
 *   [STAMP] [router:CLASS] [origin:HOST] [client: ADDR] [useragent: AGENT] METHOD TARGET STATUS
 *
 * Go lets no blank into a host, and none into a target; the agent is the client's, so the line is read from both ends. What it
 * says of itself is `[STAMP] [PART] [system:LEVEL] text`.
 */
import { isAddress, setEndpoint } from '../address.ts';
import { INFO, WEB } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { ACCESS_EVENT, setStatus, setUrl } from '../http.ts';
import { webServer } from '../web/server.ts';
import type { Draft, Parsed } from './parser.ts';

/** The stamp stands twice where Go's own logger writes the line. */
const STAMP = String.raw`^(?:\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?\] )?`;
const HEAD = new RegExp(
  String.raw`${STAMP}\[router:([\w.-]{1,64})\] (?:\[origin:(\S{0,255})\] )?\[client:? ?(\S{2,90})\] (?:\[useragent:? ?)?`,
);
const TAIL = /\] ([A-Z]{3,20}) (\S+) (\d{3})$/;
const OWN = new RegExp(String.raw`${STAMP}\[([\w -]{1,64})\] \[system:([a-z]{4,8})\] `);

function request(message: string): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const [all, router = '', origin = '', client = ''] = head;
  // From the last blanks: method, target and status hold none.
  const rest = message.slice(all.length);
  const status = rest.lastIndexOf(' ');
  const target = rest.lastIndexOf(' ', status - 1);
  const close = rest.lastIndexOf('] ', target - 1);
  const tail = close === -1 ? null : TAIL.exec(rest.slice(close));
  if (tail === null) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'zoraxy', 'zoraxy.router': router };
  if (isAddress(client)) draft['source.ip'] = client;
  else setEndpoint(draft, client);
  if (origin !== '') draft['url.domain'] = origin.replace(/:\d{1,5}$/, '');
  const agent = rest.slice(0, close);
  if (agent !== '') draft['user_agent.original'] = agent;
  draft['http.request.method'] = tail[1] ?? '';
  setUrl(draft, tail[2] ?? '');
  setStatus(draft, Number(tail[3]));
  return draft;
}

function own(message: string): Parsed | undefined {
  const found = OWN.exec(message);
  if (found === null) return undefined;
  const level = levelOf(found[2] ?? '');
  return {
    'event.category': WEB,
    'event.type': INFO,
    'event.action': 'zoraxy_message',
    'event.dataset': 'zoraxy.log',
    'log.logger': found[1] ?? '',
    ...(level === undefined ? {} : { 'log.level': level }),
  };
}

export const zoraxy = webServer('zoraxy', {
  paths: ['zoraxy'],
  signatures: [
    { has: ['[router:', '[client'], test: HEAD },
    { has: ['] [system:'], test: OWN },
  ],
  parse: (message) => request(message) ?? own(message),
});

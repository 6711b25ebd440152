/**
 * HAProxy 1.5–3.x (`log.c`; configuration manual, chapter 8): `option httplog`, `httpslog`, `tcplog`, the default format, errors before a
 * request, and what it says of its servers.
 *
 *   ADDR:PORT [STAMP] FRONTEND~ BACKEND/SERVER TQ/TW/TC/TR/TA STATUS BYTES COOKIE COOKIE FLAGS COUNTS QUEUES {HEADERS} "REQUEST"
 *   ADDR:PORT [STAMP] FRONTEND BACKEND/SERVER TW/TC/TT BYTES FLAGS COUNTS QUEUES
 *   ADDR:PORT [STAMP] FRONTEND/BIND: text
 *   Connect from ADDR:PORT to ADDR:PORT (FRONTEND/MODE)
 *
 * HAProxy writes quotes, braces and bars in what a client sent as `#22`. An IPv6 address stands bare before its port.
 */
import { setPeer } from '../address.ts';
import { CONNECTION, INFO, NETWORK, toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setRequest, setStatus } from '../http.ts';
import { quoteEnd } from '../logfmt.ts';
import { readStamp } from '../stamp.ts';
import { webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const HTTP =
  /^(\S{1,255}) ([^\s/]{1,255})\/(\S{1,255}) (-?\d{1,10}(?:\/\+?-?\d{1,10}){3,5}) (-?\d{1,3}) \+?(\d{1,18}) \S{1,512} \S{1,512} ([\w-]{4}) [\d/+]{3,80} [\d/]{3,40} /;
const TCP =
  /^(\S{1,255}) ([^\s/]{1,255})\/(\S{1,255}) (-?\d{1,10}(?:\/\+?-?\d{1,10}){2}) \+?(\d{1,18}) ([\w-]{2}) [\d/+]{3,80} [\d/]{3,40}(?: |$)/;
const EARLY = /^([^\s/:]{1,255})\/([^\s:]{1,255}): (.*)$/s;
const CONNECT = /^Connect from (\S{4,80}):(\d{1,5}) to (\S{4,80}):(\d{1,5}) \(([^/\s]{1,255})\/(\w{2,5})\)$/;
const OWN =
  /^(?:Server|Backup Server|Proxy|backend|Health check|Pausing|Stopping|Enabling|Reloading|Process|\[[A-Z]+\]) /i;

function parse(message: string, line: Line): Parsed | undefined {
  const open = message.indexOf(' [');
  if (open === -1 || open > 80 || message.startsWith('Connect from ')) return other(message);
  const stamp = readStamp(message, open + 2, line.clock);
  if (stamp === undefined || !message.startsWith('] ', stamp.end)) return other(message);
  const draft: Draft = { '@timestamp': stamp.time, 'service.type': 'haproxy' };
  if (!setClient(draft, message.slice(0, open))) return undefined;
  const rest = message.slice(stamp.end + 2);
  return http(draft, rest) ?? tcp(draft, rest) ?? early(draft, rest);
}

/** `2001:db8::1:443`: the port is what follows the last colon. A Unix socket is nobody's address. */
function setClient(draft: Draft, text: string): boolean {
  const colon = text.lastIndexOf(':');
  const port = toNumber(text.slice(colon + 1));
  if (colon === -1 || port === undefined) return false;
  const address = text.slice(0, colon).replace(/^\[|\]$/g, '');
  if (/\s/.test(address)) return false;
  if (!address.startsWith('unix')) setPeer(draft, address, port);
  return true;
}

function setProxies(draft: Draft, frontend: string, backend: string, server: string): void {
  draft['haproxy.frontend_name'] = frontend.replace(/~$/, '');
  draft['haproxy.backend_name'] = backend;
  if (server !== '<NOSRV>') draft['haproxy.server_name'] = server;
}

function http(draft: Draft, rest: string): Parsed | undefined {
  const found = HTTP.exec(rest);
  if (found === null) return undefined;
  const [all, frontend = '', backend = '', server = '', times = '', status, bytes, flags = ''] = found;
  Object.assign(draft, ACCESS_EVENT);
  setProxies(draft, frontend, backend, server);
  setStatus(draft, toNumber(status));
  draft['http.response.bytes'] = Number(bytes);
  draft['haproxy.termination_state'] = flags;
  const took = Number(times.slice(times.lastIndexOf('/') + 1).replace('+', ''));
  if (took >= 0) draft['event.duration'] = took * 1e6;
  const quote = rest.indexOf('"', all.length - 1);
  const end = quote === -1 ? undefined : (quoteEnd(rest, quote) ?? rest.length + 1);
  const request = end === undefined ? '' : rest.slice(quote + 1, end - 1);
  if (request !== '<BADREQ>') setRequest(draft, request);
  return draft;
}

function tcp(draft: Draft, rest: string): Parsed | undefined {
  const found = TCP.exec(rest);
  if (found === null) return undefined;
  const [, frontend = '', backend = '', server = '', times = '', bytes, flags = ''] = found;
  draft['event.category'] = NETWORK;
  draft['event.type'] = ['connection', 'end'];
  draft['event.action'] = 'connection_closed';
  draft['destination.bytes'] = Number(bytes);
  draft['haproxy.termination_state'] = flags;
  const took = Number(times.slice(times.lastIndexOf('/') + 1).replace('+', ''));
  if (took >= 0) draft['event.duration'] = took * 1e6;
  setProxies(draft, frontend, backend, server);
  return draft;
}

/** `SSL handshake failure`, `Timeout during SSL handshake`, `Connection closed during SSL handshake`, `Received something which does not look like a PROXY protocol header`. */
function early(draft: Draft, rest: string): Parsed | undefined {
  const found = EARLY.exec(rest);
  if (found === null) return undefined;
  const [, frontend = '', , reason = ''] = found;
  draft['event.category'] = NETWORK;
  draft['event.type'] = ['connection', 'error'];
  draft['event.action'] = reason.includes('SSL handshake') ? 'tls_handshake_failed' : 'connection_error';
  draft['event.reason'] = reason;
  draft['haproxy.frontend_name'] = frontend;
  return draft;
}

function other(message: string): Parsed | undefined {
  const found = CONNECT.exec(message);
  if (found === null) {
    if (!OWN.test(message)) return undefined;
    return { 'event.category': NETWORK, 'event.type': INFO, 'event.action': 'haproxy_message' };
  }
  const [, client = '', port, server = '', toPort, frontend = ''] = found;
  const draft: Draft = { 'event.category': NETWORK, 'event.type': CONNECTION, 'event.action': 'connection' };
  setPeer(draft, client, Number(port));
  setPeer(draft, server, Number(toPort), 'destination');
  draft['haproxy.frontend_name'] = frontend;
  return draft;
}

const STAMPED = String.raw`^[\da-fA-F:.]{2,45}:\d{1,5} \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?:\.\d{3})?\] `;

const LOGGED = new RegExp(String.raw`${STAMPED}\S{1,255} \S{1,255}\/\S{1,255} -?\d{1,10}\/`);
/** How nearly every session ends: no cookies, or nothing wrong and some. Rare in other programs' lines, unlike the rest of these. */
const FLAGS = ['-- ', ' --N', ' --V', ' --I', ' --D', ' --E', ' --O', ' --U'];

export const haproxy = webServer('haproxy', {
  types: ['haproxy-http', 'haproxy-tcp'],
  paths: ['haproxy'],
  signatures: [
    ...FLAGS.map((flags) => ({ has: [flags, '] '], test: LOGGED })),
    { has: [' handshake'], test: new RegExp(String.raw`${STAMPED}[^\s/:]{1,255}\/[^\s:]{1,255}: `) },
    { starts: 'Connect from ', test: CONNECT },
  ],
  parse,
});

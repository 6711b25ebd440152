/**
 * What a PHP application says through `error_log`, and the web server in front of it wraps up:
 *
 *   [proxy_fcgi:error] [pid 7:tid 7] [client 192.0.2.1:55309] AH01071: Got error 'PHP message: TEXT', referer: …     Apache
 *   7#7: *9 FastCGI sent in stderr: "PHP message: TEXT" while reading response header from upstream, client: ADDR, …  nginx
 *   PHP message: TEXT                                                                                                PHP-FPM
 *
 * TEXT may hold a name that the client chose. Apache's address stands before it; nginx's is behind the last ` while reading `.
 */
import { setEndpoint, setPeerWithPort } from './address.ts';
import { setRequest } from './http.ts';
import type { Draft } from './parsers/parser.ts';

export interface PhpMessage {
  readonly text: string;
  readonly fields: Draft;
}

const APACHE =
  /^\[proxy_fcgi:error\] \[pid \d{1,9}(?::tid \d{1,20})?\] (?:\(\d{1,6}\)[^[\]:]{1,80}: )?\[client (?<peer>[\da-fA-F:.[\]]{2,60})\] (?:AH01071: )?Got error '/;
const NGINX = /^(?:\[\w{4,6}\] )?\d{1,9}#\d{1,9}: \*\d{1,12} FastCGI sent in stderr: "/;
const NGINX_TAIL =
  /^ while reading [a-z ]{1,60} from upstream, client: (?<peer>[\da-fA-F:.]{2,50}), server: [^,"]{0,255}, request: "(?<request>[^"]{0,4000})"/;
const PHP = 'PHP message: ';

export function phpMessage(message: string): PhpMessage | undefined {
  if (message.startsWith(PHP)) return { text: message.slice(PHP.length), fields: {} };
  return fromApache(message) ?? fromNginx(message);
}

function fromApache(message: string): PhpMessage | undefined {
  const head = APACHE.exec(message);
  if (head === null || !message.startsWith(PHP, head[0].length)) return undefined;
  const start = head[0].length + PHP.length;
  const end = message.lastIndexOf("'");
  const fields: Draft = {};
  setPeerWithPort(fields, head.groups?.['peer'] ?? '');
  return end < start ? undefined : { text: message.slice(start, end), fields };
}

function fromNginx(message: string): PhpMessage | undefined {
  const head = NGINX.exec(message);
  if (head === null || !message.startsWith(PHP, head[0].length)) return undefined;
  const start = head[0].length + PHP.length;
  const end = message.lastIndexOf('" while reading ');
  const tail = end < start ? undefined : NGINX_TAIL.exec(message.slice(end + 1))?.groups;
  if (tail === undefined) return undefined;
  const fields: Draft = {};
  setEndpoint(fields, tail['peer'] ?? '');
  setRequest(fields, tail['request'] ?? '');
  return { text: message.slice(start, end), fields };
}

/**
 * AWS load balancers. Application (one line a request, `docs.aws.amazon.com/elasticloadbalancing/…/load-balancer-access-logs.html`), and
 * classic, which has no type in front and nothing behind the ciphers:
 *
 *   TYPE STAMP NAME CLIENT:PORT TARGET:PORT S S S STATUS STATUS RECEIVED SENT "METHOD URL VERSION" "AGENT" CIPHER TLS … "DOMAIN" …
 *
 * The balancer puts scheme, host and port before the target that was asked for; they are fields of their own here. A quote of the
 * client's is written `\x22`.
 */
import { setEndpoint } from '../address.ts';
import { toNumber } from '../ecs.ts';
import { ACCESS_EVENT, setRequest, setStatus, setUrl } from '../http.ts';
import { quotedAt, quoteEnd } from '../logfmt.ts';
import { stampOf } from '../stamp.ts';
import { webServer } from '../web/server.ts';
import type { Draft, Line, Parsed } from './parser.ts';

const HEAD =
  /^(?:(https?|h2|grpcs|wss?) )?(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z) )?([\w./-]{1,255}) (\S{4,60}:\d{1,5}) (\S{4,60}:\d{1,5}|-) (-1|\d[\d.]{0,20}) (-1|\d[\d.]{0,20}) (-1|\d[\d.]{0,20}) (\d{3}|-) (\d{3}|-) (-?\d{1,18}) (-?\d{1,18}) "/;
const ABSOLUTE = /^(https?|wss?):\/\/(\[[\da-fA-F:.]{2,45}\]|[^/:?#]{1,255})(?::(\d{1,5}|-))?(?=[/?]|$)/;

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  if (head === null) return undefined;
  const [all, kind, stamp = '', name = '', client = '', target = '-', before, during, after, status, , , sent] = head;
  const end = quoteEnd(message, all.length - 1);
  if (end === undefined) return undefined;
  const draft: Draft = { ...ACCESS_EVENT, 'service.type': 'elb', 'aws.elb.name': name };
  const time = stampOf(stamp, line.clock);
  if (time !== undefined) draft['@timestamp'] = time;
  if (kind !== undefined) draft['aws.elb.type'] = kind;
  setEndpoint(draft, client);
  if (target !== '-') setEndpoint(draft, target, 'destination');
  setRequest(draft, message.slice(all.length, end - 1).trimEnd());
  setTarget(draft);
  setStatus(draft, toNumber(status));
  if (Number(sent) >= 0) draft['http.response.bytes'] = Number(sent);
  const parts = [before, during, after].map(Number);
  if (parts.every((part) => part >= 0)) {
    draft['event.duration'] = Math.round(parts.reduce((sum, part) => sum + part, 0) * 1e9);
  }
  const agent = message.startsWith(' "', end) ? quotedAt(message, end + 1) : undefined;
  if (agent !== undefined && agent.text !== '') draft['user_agent.original'] = agent.text;
  return draft;
}

function setTarget(draft: Draft): void {
  const original = draft['url.original'];
  const absolute = typeof original === 'string' ? ABSOLUTE.exec(original) : null;
  if (absolute === null || typeof original !== 'string') return;
  const [all, scheme = '', host = '', port] = absolute;
  draft['url.scheme'] = scheme;
  if (host !== '-') draft['url.domain'] = host;
  if (port !== undefined && port !== '-') draft['url.port'] = Number(port);
  setUrl(draft, original.slice(all.length) || '/');
}

export const awsAlb = webServer('aws-alb', {
  programs: ['aws-alb', 'aws-elb'],
  types: ['alb', 'elb', 'elasticloadbalancing'],
  paths: ['elasticloadbalancing'],
  product: 'aws',
  signatures: [
    { has: ['Z app/', ' "'], test: HEAD },
    { has: ['arn:aws', ' "'], test: HEAD },
    { has: [' TLSv1', ' "'], test: HEAD },
    { has: ['" - -', ' "'], test: HEAD },
  ],
  parse,
});

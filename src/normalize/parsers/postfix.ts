/**
 * Postfix: smtpd(8), postscreen(8), qmgr(8), the delivery agents (2.x and 3.x). The tag names the program: `postfix/submission/smtpd`.
 *
 *   connect from NAME[ADDR]:PORT                     the port only where smtpd_client_port_logging is on
 *   QUEUE: client=NAME[ADDR], sasl_method=PLAIN, sasl_username=USER
 *   NOQUEUE: reject: RCPT from NAME[ADDR]: 554 5.7.1 TEXT; from=<A> to=<B> proto=ESMTP helo=<C>
 *   QUEUE: to=<A>, relay=NAME[ADDR]:25, delay=…, dsn=2.0.0, status=sent (250 ok)
 *
 * NAME is a verified host name or `unknown` and holds no brackets, so the client is read from the left. What follows it
 * (recipient, HELO, SASL user) is the client's and never searched for an address.
 */
import { setEndpoint, setPeer } from '../address.ts';
import { DENIED, NETWORK, toNumber } from '../ecs.ts';
import { MAIL_REFUSED, mail, mailLogin } from '../mail.ts';
import { withGroups, wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const CLIENT = String.raw`(?:unknown|(?<hostname>[^\[\]\s]{1,255}))?\[(?<ip>[^\[\]\s]{1,64})\](?::(?<port>\d{1,5}))?`;
const QUEUE = String.raw`(?:NOQUEUE|(?<queueId>[0-9A-Za-z]{5,20}))`;
const ID = String.raw`(?<queueId>[0-9A-Za-z]{5,20})`;

const net = (action: string, ...types: string[]): Parsed => ({
  'event.category': [...NETWORK, 'email'],
  'event.type': types,
  'event.action': action,
});
const refused: Parsed = { ...net('smtp_protocol_error', 'denied') };

const worded = wordings([
  {
    starts: 'warning: ',
    has: [': SASL ', ' authentication failed'],
    pattern: new RegExp(
      `^warning: ${CLIENT}: SASL [\\w-]{1,32} authentication failed(?:: (?<reason>.{0,512}?))?(?:, sasl_username=(?<user>.*))?$`,
      's',
    ),
    fields: mailLogin('failure'),
  },
  {
    starts: 'connect from ',
    pattern: new RegExp(`^connect from ${CLIENT}$`),
    fields: net('smtp_connect', 'connection', 'start'),
    quiet: true,
  },
  {
    starts: 'disconnect from ',
    pattern: new RegExp(`^disconnect from ${CLIENT}(?: [a-z]{1,12}=|$)`),
    fields: net('smtp_disconnect', 'connection', 'end'),
    quiet: true,
  },
  {
    has: ' after ',
    pattern: new RegExp(`^(?:lost connection|timeout) after [\\w .()-]{1,64} from ${CLIENT}$`),
    fields: net('smtp_disconnect', 'connection', 'end'),
    quiet: true,
  },
  {
    starts: 'too many errors after ',
    pattern: new RegExp(`^too many errors after [\\w .()-]{1,64} from ${CLIENT}$`),
    fields: net('smtp_too_many_errors', 'denied'),
    quiet: true,
  },
  {
    starts: 'SSL_accept error from ',
    pattern: new RegExp(`^SSL_accept error from ${CLIENT}: (?<reason>.*)$`, 's'),
    fields: net('tls_handshake_failed', 'connection', 'error'),
    quiet: true,
  },
  {
    starts: 'warning: non-SMTP command from ',
    pattern: new RegExp(`^warning: (?<reason>non-SMTP command) from ${CLIENT}: `),
    fields: refused,
  },
  {
    starts: 'improper command pipelining after ',
    pattern: new RegExp(`^(?<reason>improper command pipelining) after [\\w -]{1,64} from ${CLIENT}(?:: |$)`),
    fields: refused,
  },
  {
    starts: 'warning: ',
    has: ' limit exceeded: ',
    pattern: new RegExp(`^warning: (?<reason>[\\w ]{1,64} limit exceeded): \\d{1,9} from ${CLIENT} for service `),
    fields: net('smtp_limit_exceeded', 'denied'),
  },
  {
    starts: 'warning: Illegal address syntax from ',
    pattern: new RegExp(`^warning: (?<reason>Illegal address syntax) from ${CLIENT} in `),
    fields: refused,
  },
  {
    starts: 'warning: hostname ',
    has: ' does not resolve to address ',
    pattern: /^warning: hostname (?<hostname>\S{1,255}) does not resolve to address (?<ip>[\da-fA-F.:]{2,45})(?::|$)/,
    fields: net('reverse_mapping_failed', 'info'),
    quiet: true,
  },
  {
    has: ': client=',
    pattern: new RegExp(
      `^${ID}: client=${CLIENT}(?:, orig_queue_id=\\w{1,20}, orig_client=[^,]{1,320})?, sasl_method=[\\w-]{1,32}, sasl_username=(?<user>.*?)(?:, sasl_sender=[^,]*)?$`,
      's',
    ),
    fields: mailLogin('success'),
    quiet: true,
  },
  {
    has: ': client=',
    pattern: new RegExp(`^${ID}: client=${CLIENT}(?=$|,)`),
    fields: mail('mail_accepted'),
    quiet: true,
  },
  {
    has: ' TLS connection established ',
    pattern: new RegExp(
      `^(?:Anonymous|Trusted|Untrusted|Verified) TLS connection established from ${CLIENT}: (?<reason>\\S{1,16} with cipher \\S{1,64})`,
    ),
    fields: net('tls_established', 'connection', 'info'),
    quiet: true,
  },
  {
    has: ': message-id=',
    pattern: new RegExp(`^${ID}: (?:resent-)?message-id=`),
    fields: mail('mail_queued'),
    quiet: true,
  },
  {
    has: ': from=<',
    pattern: new RegExp(`^${ID}: from=<(?<sender>[^<>]{1,512})?>, (?:size=|status=expired)`),
    fields: mail('mail_queued'),
    quiet: true,
  },
  {
    has: ': uid=',
    pattern: new RegExp(`^${ID}: uid=(?<uid>\\d{1,10}) from=<(?<user>[^<>]{1,512})>$`),
    fields: mail('mail_submitted'),
    quiet: true,
  },
  {
    starts: 'addr ',
    pattern: /^addr (?<ip>[\da-fA-F.:]{2,45}) (?<reason>listed by domain \S{1,255} as \S{1,64})$/,
    fields: net('smtp_blocklisted', 'info'),
    quiet: true,
  },
  { has: ': removed', pattern: new RegExp(`^${ID}: removed$`), fields: mail('mail_removed'), quiet: true },
]);

/** postscreen's client has a port always: `[ADDR]:PORT`. */
const PEER = String.raw`\[(?<ip>[\da-fA-F.:]{2,45})\](?::(?<port>\d{1,5}))?`;
const screened = wordings([
  {
    starts: 'CONNECT from ',
    pattern: new RegExp(`^CONNECT from ${PEER} to (?<to>\\[[\\da-fA-F.:]{2,45}\\]:\\d{1,5})$`),
    fields: net('smtp_connect', 'connection', 'start'),
  },
  {
    starts: 'PREGREET ',
    pattern: new RegExp(`^(?<reason>PREGREET) \\d{1,9} after [\\d.]{1,16} from ${PEER}: `),
    fields: refused,
  },
  {
    starts: 'DNSBL rank ',
    pattern: new RegExp(`^(?<reason>DNSBL rank -?\\d{1,9}) for ${PEER}$`),
    fields: net('smtp_blocklisted', 'denied'),
  },
  {
    has: '[',
    pattern: new RegExp(`^(?<reason>HANGUP) after [\\d.]{1,16} from ${PEER} in `),
    fields: net('smtp_disconnect', 'connection', 'end'),
    quiet: true,
  },
  {
    has: '[',
    pattern: new RegExp(`^(?<reason>BLACKLISTED|DENYLISTED|WHITELIST VETO|ALLOWLIST VETO) ${PEER}$`),
    fields: net('smtp_blocklisted', 'denied'),
    quiet: true,
  },
  {
    has: '[',
    pattern: new RegExp(`^(?<reason>PASS (?:NEW|OLD)|WHITELISTED|ALLOWLISTED) ${PEER}$`),
    fields: net('smtp_allowed', 'allowed'),
    quiet: true,
  },
  {
    has: '[',
    pattern: new RegExp(
      `^(?<reason>COMMAND PIPELINING|NON-SMTP COMMAND|BARE NEWLINE|COMMAND (?:COUNT|TIME|LENGTH) LIMIT) from ${PEER}`,
    ),
    fields: refused,
    quiet: true,
  },
  {
    starts: 'DISCONNECT ',
    pattern: new RegExp(`^DISCONNECT ${PEER}$`),
    fields: net('smtp_disconnect', 'connection', 'end'),
    quiet: true,
  },
]);

const REFUSAL = new RegExp(
  `^${QUEUE}: (?<verb>reject|milter-reject|reject_warning|discard|hold|filter|warn|redirect|prepend|info|milter-hold|milter-discard): (?<stage>[\\w.-]{1,32}(?: \\w{1,16})?) from ${CLIENT}: `,
);
const MAIL_TAIL = /^; from=<([^<>]{0,512})>(?:,? to=<([^<>]{0,512})>)?,? proto=/;

/** `… from CLIENT: 554 5.7.1 TEXT; from=<A> to=<B> proto=P helo=<C>`: A, B, C and parts of TEXT are the client's. */
function refusal(message: string): Parsed | undefined {
  const match = REFUSAL.exec(message);
  if (match?.groups === undefined) return undefined;
  const { verb = '', stage = '', ...client } = match.groups;
  const warned = /^(?:reject_warning|filter|warn|redirect|prepend|info)$/.test(verb);
  const draft: Draft = { ...withGroups(warned ? mail('mail_warned') : MAIL_REFUSED, client) };
  const end = message.lastIndexOf('; from=<');
  const text = message.slice(match[0].length, end === -1 ? undefined : end);
  const code = /^(\d{3})(?: (\d\.\d{1,3}\.\d{1,3}))? /.exec(text);
  if (code !== null) draft['event.code'] = code[1] ?? '';
  draft['event.reason'] = code === null ? text : text.slice(code[0].length);
  if (stage === 'CONNECT' || stage === 'EHLO' || stage === 'HELO') draft['event.type'] = [...DENIED, 'connection'];
  const tail = end === -1 ? null : MAIL_TAIL.exec(message.slice(end));
  if (tail?.[1]) draft['email.from.address'] = tail[1];
  if (tail?.[2]) draft['email.to.address'] = [tail[2]];
  return draft;
}

const DELIVERY = new RegExp(
  `^${ID}: to=<(?<recipient>[^<>]{0,512})>, (?:orig_to=<[^<>]{0,512}>, )?relay=(?<relay>[^,\\s]{1,320}), .{0,200}?dsn=(?<code>[\\d.]{5,11}), status=(?<status>\\w{1,16}) \\((?<reason>.*)\\)$`,
  's',
);
const RELAY = /^([^[\]\s]{1,255})?\[([^[\]\s]{1,108})\](?::(\d{1,5}))?$/;

function delivery(message: string): Parsed | undefined {
  const match = DELIVERY.exec(message);
  if (match?.groups === undefined) return undefined;
  const { relay = '', status = '', ...rest } = match.groups;
  const draft: Draft = { ...withGroups(mail(`mail_${status}`), rest) };
  if (status === 'sent') draft['event.outcome'] = 'success';
  const [, name, address, port] = RELAY.exec(relay) ?? [];
  if (address === undefined) return draft;
  // A socket of LMTP stands in the brackets too.
  if (!address.includes('/')) setPeer(draft, address, toNumber(port), 'destination');
  if (name !== undefined) setEndpoint(draft, name, 'destination');
  return draft;
}

const parse = (message: string, line: Line): Parsed | undefined =>
  worded.parse(message, line) ?? screened.parse(message, line) ?? refusal(message) ?? delivery(message);

export const postfix: Parser = {
  name: 'postfix',
  programs: ['postfix', 'postfix/'],
  types: ['postscreen', 'postfix-smtpd'],
  dataset: 'postfix.log',
  service: ['postfix', 'mail', 'syslog'],
  signatures: [
    ...worded.signatures,
    { starts: 'NOQUEUE: ', has: ['reject: ', ' from '], test: REFUSAL },
    { starts: 'PREGREET ', has: [' after ', ' from ['] },
    { starts: 'CONNECT from [', has: ['] to ['] },
  ],
  parse,
};

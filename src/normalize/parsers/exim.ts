/**
 * Exim 4: mainlog and rejectlog (the specification's chapter 52), also through syslog.
 *
 *   AUTHENTICATOR authenticator failed for [NAME ](HELO) [ADDR]:PORT [U=ident]: 535 Incorrect authentication data (set_id=USER)
 *   H=[NAME ](HELO) [ADDR]:PORT X=… CV=no [A=…] F=<SENDER> rejected RCPT <RECIPIENT>: TEXT
 *   1aBcDe-000123-AB <= SENDER H=… [ADDR]:PORT P=esmtpsa X=… A=plain:USER S=123 id=…
 *   1aBcDe-000123-AB => RECIPIENT R=router T=transport H=NAME [ADDR]:PORT C="250 ok"
 *
 * HELO stands in brackets in front of the address and is the client's: it may hold `[192.0.2.1]`. It ends with the `)` that
 * ` [ADDR]` follows; Exim accepts only host name characters, brackets and colons there unless told otherwise.
 */
import { setPeer } from '../address.ts';
import { NETWORK, toNumber } from '../ecs.ts';
import { MAIL_REFUSED, mail, mailLogin } from '../mail.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const NAME = String.raw`(?:(?<hostname>[^\s()[\]]{1,255}) )?(?:\((?:[^\s()]{0,255})\) )?`;
const CLIENT = String.raw`${NAME}\[(?<ip>[\da-fA-F.:]{2,45})\](?::(?<port>\d{1,5}))?`;
const OWN = String.raw`(?: I=\[[^\]\s]{2,45}\](?::\d{1,5})?)?(?: U=\S{1,64})?`;

const net = (action: string, type: string): Parsed => ({
  'event.category': [...NETWORK, 'email'],
  'event.type': ['connection', type],
  'event.action': action,
});

const worded = wordings([
  {
    has: ' authenticator failed for ',
    pattern: new RegExp(
      `^(?:\\[\\d{1,10}\\] )?[\\w-]{1,64} authenticator failed for (?:H=)?${CLIENT}${OWN}: (?<reason>\\d{3} Incorrect authentication data)(?: \\(set_id=(?<user>.*)\\))?$`,
      's',
    ),
    fields: mailLogin('failure'),
  },
  {
    has: ' authenticator failed for ',
    pattern: new RegExp(
      `^(?:\\[\\d{1,10}\\] )?[\\w-]{1,64} authenticator failed for (?:H=)?${CLIENT}${OWN}: (?<reason>.*)$`,
      's',
    ),
    fields: mailLogin('failure'),
  },
  {
    starts: 'SMTP connection from ',
    pattern: new RegExp(`^SMTP connection from ${CLIENT}${OWN} \\(TCP/IP connection count = `),
    fields: net('smtp_connect', 'start'),
    quiet: true,
  },
  {
    starts: 'SMTP connection from ',
    pattern: new RegExp(
      `^SMTP connection from ${CLIENT}${OWN} (?<reason>closed by QUIT|lost|D=\\S{1,16} closed by QUIT|closed)`,
    ),
    fields: net('smtp_disconnect', 'end'),
    quiet: true,
  },
  {
    starts: 'no host name found for IP address ',
    pattern: /^no host name found for IP address (?<ip>[\da-fA-F.:]{2,45})$/,
    fields: net('reverse_mapping_failed', 'info'),
  },
  {
    starts: 'SMTP call from ',
    pattern: new RegExp(`^SMTP call from ${CLIENT}${OWN} dropped: (?<reason>[^:(]{1,200})`),
    fields: net('smtp_protocol_error', 'denied'),
  },
  {
    starts: 'SMTP protocol ',
    pattern: new RegExp(
      `^(?<reason>SMTP protocol (?:synchronization error|error)) (?:\\([^()]{1,200}\\)|in "[^"]{0,512}")(?::| [A-Z].{0,256}?) (?:rejected connection from )?H=${CLIENT}`,
    ),
    fields: net('smtp_protocol_error', 'denied'),
  },
  {
    starts: 'TLS error on connection from ',
    pattern: new RegExp(`^TLS error on connection from ${CLIENT}${OWN} \\((?<reason>[^()]{1,200})`),
    fields: net('tls_handshake_failed', 'error'),
  },
  {
    starts: 'no MAIL in SMTP connection from ',
    pattern: new RegExp(`^(?<reason>no MAIL in SMTP connection) from ${CLIENT}`),
    fields: net('smtp_probe', 'info'),
  },
  {
    starts: 'unexpected disconnection while reading SMTP command from ',
    pattern: new RegExp(`^(?<reason>unexpected disconnection while reading SMTP command) from ${CLIENT}`),
    fields: net('smtp_disconnect', 'end'),
  },
  {
    starts: 'rejected EHLO from ',
    pattern: new RegExp(`^(?<reason>rejected EHLO) from ${CLIENT}`),
    fields: net('smtp_protocol_error', 'denied'),
  },
  {
    starts: 'rejected HELO from ',
    pattern: new RegExp(`^(?<reason>rejected HELO) from ${CLIENT}`),
    fields: net('smtp_protocol_error', 'denied'),
  },
]);

const ID = String.raw`(?:([0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}) )?`;
const HOST = new RegExp(`^${ID}H=${CLIENT}${OWN}(?: [XAPL]=\\S{1,200}| CV=\\S{1,16}| SNI=\\S{1,255}| K)*(?= )`);
const SENDER = /^ F=<([^<>]{0,512})>/;
const RECIPIENT = /^ (?:temporarily )?rejected (?:RCPT|after DATA|MAIL)?(?: from)? ?<([^<>\s]{0,512})>(?:: |$)/;

/** `H=… [ADDR] … F=<A> rejected RCPT <B>: TEXT`. `user.name` is the mailbox that was asked for: guessing those is how accounts are found. */
function host(message: string): Parsed | undefined {
  const match = HOST.exec(message);
  if (match?.groups === undefined) return undefined;
  const { hostname, ip = '', port } = match.groups;
  let rest = message.slice(match[0].length);
  const sender = SENDER.exec(rest);
  if (sender !== null) rest = rest.slice(sender[0].length);
  const verdict = /^ (?:temporarily )?rejected | sender verify (?:fail|defer) for <|^ Warning: /.exec(
    rest.slice(0, 600),
  );
  if (verdict === null) return undefined;
  const warned = verdict[0] === ' Warning: ';
  const draft: Draft = { ...(warned ? mail('mail_warned') : MAIL_REFUSED), 'event.reason': rest.trim() };
  setPeer(draft, ip, toNumber(port));
  if (hostname !== undefined) setPeer(draft, hostname);
  if (match[1] !== undefined) draft['email.local_id'] = match[1];
  if (sender?.[1]) draft['email.from.address'] = sender[1];
  const recipient = RECIPIENT.exec(rest);
  if (recipient?.[1] && rest.includes('rejected RCPT ')) {
    draft['user.name'] = recipient[1];
    draft['email.to.address'] = [recipient[1]];
  }
  return draft;
}

const ARRIVAL = new RegExp(
  `^([0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}) <= (\\S{1,512})(?: H=${CLIENT}${OWN})?((?: [A-Za-z]{1,8}=\\S{1,320}| K)*)`,
);
const SENT =
  /^([0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}) (=>|->|>>|\*\*|==) (\S{1,512})(?: <([^<>\s]{1,512})>)?(?: |$)/;
const WAYS = new Map([
  ['=>', 'mail_sent'],
  ['->', 'mail_sent'],
  ['>>', 'mail_sent'],
  ['**', 'mail_bounced'],
  ['==', 'mail_deferred'],
]);
const AUTHENTICATED = / A=[\w-]{1,64}:(\S{1,320})/;

function arrival(message: string): Parsed | undefined {
  const match = ARRIVAL.exec(message);
  if (match?.groups === undefined) return undefined;
  const { hostname, ip, port } = match.groups;
  const user = AUTHENTICATED.exec(match[6] ?? '')?.[1];
  const draft: Draft = { ...(user === undefined ? mail('mail_accepted') : mailLogin('success')) };
  draft['email.local_id'] = match[1] ?? '';
  if (match[2] !== '<>') draft['email.from.address'] = match[2] ?? '';
  if (ip !== undefined) setPeer(draft, ip, toNumber(port));
  if (hostname !== undefined) setPeer(draft, hostname);
  if (user !== undefined) draft['user.name'] = user;
  return draft;
}

function delivered(message: string): Parsed | undefined {
  const match = SENT.exec(message);
  if (match === null) return undefined;
  const [, id = '', way = '', to = '', address] = match;
  const draft: Draft = { ...mail(WAYS.get(way) ?? 'mail_sent'), 'email.local_id': id };
  draft['email.to.address'] = [address ?? to];
  if (way === '=>' || way === '->') draft['event.outcome'] = 'success';
  return draft;
}

/** A pid where `log_selector = +pid`, and the own log's stamp, which syslog lines may repeat. */
const PID = /^\[\d{1,10}\] /;

function parse(text: string, line: Line): Parsed | undefined {
  const message = text.replace(PID, '');
  return worded.parse(message, line) ?? host(message) ?? arrival(message) ?? delivered(message);
}

export const exim: Parser = {
  name: 'exim',
  programs: ['exim', 'exim4'],
  paths: ['/exim4/', '/exim/', 'exim_mainlog', 'exim_rejectlog'],
  dataset: 'exim.log',
  service: ['exim', 'mail', 'syslog'],
  signatures: [
    ...worded.signatures,
    { starts: 'H=', has: [' F=<', ' rejected RCPT <'], test: HOST },
    ...[' sender verify fail for <', ' rejected EHLO or HELO ', ' rejected MAIL <', ' rejected connection in '].map(
      (text) => ({
        starts: 'H=',
        has: [text],
        test: HOST,
      }),
    ),
    { has: [' <= ', ' P=', ' S='], test: ARRIVAL },
    ...['=>', '->', '**', '=='].map((way) => ({ has: [` ${way} `, ' R=', ' T='], test: SENT })),
  ],
  parse,
};

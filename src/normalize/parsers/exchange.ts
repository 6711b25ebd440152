/**
 * Microsoft Exchange's protocol logs: CSV with `#Fields:` lines, one file a protocol.
 *
 *   IMAP4, POP3   dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid
 *   SMTP receive  date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
 *
 * The order of the columns is fixed since Exchange 2013. Of SMTP a line a reply is logged: `535 5.7.3` is the failed log-in.
 */
import { isAddress, setEndpoint, setPeer, endpointOf } from '../address.ts';
import { NETWORK } from '../ecs.ts';
import { mail, mailLogin } from '../mail.ts';
import { valuesOf } from '../rows.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const SESSION_ID = /^[0-9A-F]{16}$/;
const NUMBER = /^\d{1,9}$/;

/** The columns behind the stamp, which was taken off with its comma or stands in front still. */
function columns(message: string): string[] {
  const values = valuesOf(message, ',', 32);
  const first = values[0] ?? '';
  return first === '' || /^\d{4}-\d\d-\d\dT/.test(first) ? values.slice(1) : values;
}

const withPort = (text: string | undefined): boolean =>
  text !== undefined && endpointOf(text).port !== undefined && isAddress(endpointOf(text).address);

/** What the server answered: `R="2 NO AUTHENTICATE failed."`, `R=ok`. */
const REFUSED = /^R="?(?:\S{1,16} NO |-ERR )|AuthFailed|LogonDenied/;

/** IMAP4 and POP3 share their columns. */
function mailbox(message: string): Parsed | undefined {
  const [session = '', sequence = '', own = '', client = '', user = '', , , , command = '', , context = ''] =
    columns(message);
  if (!SESSION_ID.test(session) || !NUMBER.test(sequence) || !withPort(own) || !withPort(client)) return undefined;
  const word = command.trim().toLowerCase();
  const login = word === 'authenticate' || word === 'login' || word === 'auth' || word === 'pass';
  const refused = REFUSED.test(context);
  const draft: Draft = login
    ? { ...mailLogin(refused ? 'failure' : 'success') }
    : { ...mail(word === '' ? 'command' : word) };
  if (login && !refused && !context.startsWith('R=ok') && !context.startsWith('R="ok')) return undefined;
  if (word === 'opensession') Object.assign(draft, mail('connect', 'start'));
  if (word === 'closesession') Object.assign(draft, mail('disconnect', 'end'));
  if (user !== '') draft['user.name'] = user;
  draft['session.id'] = session;
  setEndpoint(draft, client);
  setEndpoint(draft, own, 'destination');
  if (refused) draft['event.reason'] = context;
  return draft;
}

function smtp(message: string): Parsed | undefined {
  const [connector = '', session = '', sequence = '', own = '', client = '', event = '', data = '', context = ''] =
    columns(message);
  if (connector === '' || !SESSION_ID.test(session) || !NUMBER.test(sequence)) return undefined;
  if (!withPort(client) || !['+', '-', '>', '<', '*'].includes(event)) return undefined;
  const draft: Draft = { ...meaning(event, data, context), 'session.id': session };
  setEndpoint(draft, client);
  if (withPort(own)) setEndpoint(draft, own, 'destination');
  else setPeer(draft, own, undefined, 'destination');
  return draft;
}

function meaning(event: string, data: string, context: string): Draft {
  if (event === '+') return { ...mail('smtp_connect', 'start'), 'event.category': [...NETWORK, 'email'] };
  if (event === '-') return { ...mail('smtp_disconnect', 'end'), 'event.category': [...NETWORK, 'email'] };
  if (event === '>' && data.startsWith('535 ')) return { ...mailLogin('failure'), 'event.reason': data };
  if (event === '>' && data.startsWith('235 ')) return { ...mailLogin('success') };
  if (event === '*' && context === 'authenticated') return { ...mail('smtp_message'), 'user.name': data };
  if (event === '>' && /^5\d\d /.test(data)) return { ...mail('mail_refused', 'denied'), 'event.reason': data };
  return { ...mail('smtp_message') };
}

export const exchange: Parser = {
  name: 'exchange',
  programs: ['exchange'],
  types: ['exchange-imap', 'exchange-pop', 'exchange-smtp'],
  paths: ['/exchange server/', 'protocollog', '/logging/imap4/', '/logging/pop3/'],
  dataset: 'exchange.log',
  product: 'windows',
  service: ['exchange', 'msexchange'],
  signatures: [
    { has: ['"R=""', 'AuthFailed'], test: /^,?(?:\d{4}-\S{6,24},)?[0-9A-F]{16},[0-9A-F]{1,9},[^,]{4,64},[^,]{4,64},/ },
    { has: [',535 5.7.3 '], test: /^,?(?:\d{4}-\S{6,24},)?[^,]{1,255},[0-9A-F]{16},\d{1,9},[^,]{4,64},[^,]{4,64},>,/ },
  ],
  parse: (message) => mailbox(message) ?? smtp(message),
};

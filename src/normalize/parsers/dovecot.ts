/**
 * Dovecot 2.x: IMAP, POP3, submission and ManageSieve log-ins, and what its auth workers say of each password they tried.
 *
 *   imap-login: Login: user=<U>, method=PLAIN, rip=ADDR, lip=ADDR, mpid=9, TLS, session=<S>
 *   imap-login: Disconnected: Connection closed (auth failed, 2 attempts in 8 secs): user=<U>, method=PLAIN, rip=ADDR, lip=ADDR, …
 *   auth-worker(9): conn unix:auth-worker (pid=8,uid=97): auth-worker<3>: pam(U,ADDR[,<S>]): unknown user
 *
 * The log-in process counts attempts when the connection ends; the worker speaks of each at once. Both are a failed log-in;
 * `event.action` tells them apart. The user is in angle brackets and the client's: `rip=` is taken from behind the last `>, `
 * that method or rip follows.
 */
import { setPeer } from '../address.ts';
import { AUTHENTICATION, SESSION, toNumber } from '../ecs.ts';
import { levelOf } from '../head.ts';
import { mail, mailLogin } from '../mail.ts';
import type { Draft, Parsed, Parser } from './parser.ts';

const LOGIN = /^(?:(imap|pop3|submission|managesieve|lmtp|sieve)-login|login): /;
const LEVEL = /^(Info|Debug|Warning|Error|Fatal|Panic): /;
const WORKER =
  /^auth(?:-worker)?(?:\(\d{1,10}\))?: (?:(?:Info|Debug|Warning|Error): )?(?:conn unix:[^:]{1,200}: auth-worker<\d{1,9}>: )?(?:\w[\w.:-]{0,63}: )?([a-z][\w-]{1,31})\(([^,()]{0,512}),([\da-fA-F.:]{2,45})(?:,<?[\w/+=]{1,64}>?)?\): (?:(?:Info|Debug|Warning|Error): )?(.*)$/s;

/** What a password database says of a wrong password, a missing account, a locked one. */
const WRONG =
  /^(?:unknown user|password mismatch|pam_(?:authenticate|acct_mgmt)\(\) failed|(?:invalid|wrong) (?:credentials|password)|user not found|user (?:is )?disabled|authentication fail|login (?:denied|failed)|account (?:disabled|locked)|empty password)/i;

function worker(message: string): Parsed | undefined {
  const match = WORKER.exec(message);
  if (match === null) return undefined;
  const [, database = '', user = '', address = '', said = ''] = match;
  const draft: Draft = WRONG.test(said)
    ? { ...mailLogin('failure'), 'event.action': 'auth_worker' }
    : { 'event.category': AUTHENTICATION, 'event.type': ['info'], 'event.action': 'auth_worker' };
  draft['event.reason'] = said;
  draft['event.provider'] = database;
  if (user !== '' && user !== '?') draft['user.name'] = user;
  setPeer(draft, address);
  return draft;
}

/** `user=<U>, method=PLAIN, rip=A, lip=B, …`; older ones leave the user or the method out. */
const DETAILS =
  /^(?:user=<(.*)>, )?(?:method=([\w-]{1,32}), )?rip=([\da-fA-F.:]{2,45}), (?:rport=\d{1,5}, )?lip=([\da-fA-F.:]{2,45})(?:, |$)/s;
const FAILED = /\((auth failed, (\d{1,6}) attempts?[^()]{0,64})\)/;

interface Details {
  readonly text: string;
  readonly user: string | undefined;
  readonly remote: string;
  readonly local: string;
}

/** The names that Dovecot writes stand behind the last `user=<` that a whole tail follows; a client may write them too, but not there. */
function detailsOf(body: string): Details | undefined {
  let at = body.indexOf('user=<');
  if (at === -1) at = body.indexOf('rip=');
  const match = at === -1 ? null : DETAILS.exec(body.slice(at, at + 2048));
  if (match === null) return undefined;
  const [, user, , remote = '', local = ''] = match;
  return { text: body.slice(0, at).replace(/: $/, ''), user, remote, local };
}

function login(message: string): Parsed | undefined {
  const head = LOGIN.exec(message);
  if (head === null) return undefined;
  let body = message.slice(head[0].length);
  const level = LEVEL.exec(body);
  if (level !== null) body = body.slice(level[0].length);
  const found = detailsOf(body);
  if (found === undefined) return undefined;
  const draft: Draft = { ...meaning(found.text) };
  if (found.user !== undefined && found.user !== '') draft['user.name'] = found.user;
  setPeer(draft, found.remote);
  setPeer(draft, found.local, undefined, 'destination');
  if (head[1] !== undefined) draft['network.protocol'] = head[1];
  const named = levelOf(level?.[1] ?? '');
  if (named !== undefined) draft['log.level'] = named;
  return draft;
}

function meaning(text: string): Draft {
  if (/^Log(?:in|ged in)(?:$|:)/.test(text)) return { ...mailLogin('success') };
  const failed = FAILED.exec(text);
  if (failed === null) return { ...mail('disconnect', 'end'), ...(text === '' ? {} : { 'event.reason': text }) };
  const attempts = toNumber(failed[2]) ?? 1;
  const draft: Draft = { ...mailLogin('failure'), 'event.reason': failed[1] ?? '' };
  if (attempts > 1) draft['porchlight.repeat'] = attempts;
  return draft;
}

/** `imap(U)<pid><session>: Disconnected: Logged out in=1 out=2 …`: the user is known by now. */
const SESSIONS = /^(imap|pop3|lmtp|submission|managesieve|lda)\(([^()]{1,320})\)(?:<\d{1,10}><[\w/+=]{1,64}>)?: (.*)$/s;

function session(message: string): Parsed | undefined {
  const match = SESSIONS.exec(message);
  if (match === null) return undefined;
  const [, protocol = '', user = '', rest = ''] = match;
  const text = rest.replace(LEVEL, '');
  const ended = /^(?:Disconnected|Logged out|Connection closed)/.test(text);
  const draft: Draft = ended
    ? { 'event.category': [...SESSION, 'email'], 'event.type': ['end'], 'event.action': 'logout' }
    : { ...mail(text.includes('stored mail into mailbox') ? 'mail_delivered' : `${protocol}_message`) };
  return { ...draft, 'user.name': user, 'network.protocol': protocol };
}

export const dovecot: Parser = {
  name: 'dovecot',
  programs: ['dovecot', 'dovecot/', 'imap-login', 'pop3-login', 'managesieve-login'],
  paths: ['dovecot.log', '/dovecot/', 'dovecot-info.log'],
  dataset: 'dovecot.log',
  service: ['dovecot', 'mail', 'syslog'],
  signatures: ['imap', 'pop3', 'submission', 'managesieve'].map((name) => ({
    starts: `${name}-login: `,
    has: ['rip=', 'lip='],
  })),
  parse(text) {
    // Where stderr goes to syslog the name stands twice.
    const message = text.startsWith('dovecot: ') ? text.slice(9) : text;
    return login(message) ?? worker(message) ?? session(message);
  },
};

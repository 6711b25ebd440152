/**
 * E-mail over SMTP (RFC 5321), one connection a message, as plain text with an HTML part beside it that says the same.
 *
 * - Passwords and alerts go over TLS or not at all. On the way to this machine itself nobody listens: there it is not asked for.
 * - 5xx is a refusal for good, 4xx one for now. Where the server refuses the message and not us (after DATA), it is sent again
 *   without any word from a log: spam filters judge what attackers wrote.
 * - An attempt that is repeated after a lost answer carries the same Message-ID, so most mail programs show it once.
 * - A mail that some of the recipients get is sent; who did not get it is the remark.
 *
 * nodemailer is loaded with the first mail: who sends none does not pay for it.
 */
import { isIP } from 'node:net';
import type { Config } from '#contract';
import { type Message, type Notifier, NotTaken } from './notifier.ts';
import { bareWords, cutUnits, escapeHtml, headline, shown } from './words.ts';

type EmailConfig = NonNullable<Config['notify']['email']>;

/** ms: to connect and be greeted, silence in between, and the whole exchange. */
export interface MailTimes {
  readonly greeting: number;
  readonly silence: number;
  readonly whole: number;
}

const TIMES: MailTimes = { greeting: 15_000, silence: 20_000, whole: 60_000 };
const MAX_SUBJECT = 200;

export function email(config: EmailConfig, times: MailTimes = TIMES): Notifier {
  return {
    channel: 'email',
    async send(message, signal) {
      const { title, text } = { title: cutUnits(headline(message), MAX_SUBJECT), text: message.text.toWellFormed() };
      try {
        return await mail(config, { title, text, message }, times, signal);
      } catch (error) {
        if (!(error instanceof ContentRefused)) throw error;
        const bare = bareWords(message);
        return await mail(config, { title: bare, text: bare, message }, times, signal).catch((again: unknown) => {
          throw again instanceof ContentRefused ? new NotTaken(again.message, { dead: true }) : again;
        });
      }
    },
  };
}

/** The server takes mail from us, but not this one. */
class ContentRefused extends Error {}

interface Letter {
  readonly title: string;
  readonly text: string;
  readonly message: Message;
}

async function mail(
  config: EmailConfig,
  letter: Letter,
  times: MailTimes,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { createTransport } = await import('nodemailer');
  const limit = AbortSignal.timeout(times.whole);
  const transport = createTransport(transportOptions(config, times));
  try {
    const { rejectedErrors = [] } = await transport.sendMail({
      ...mailOf(config, letter),
      signal: AbortSignal.any([signal, limit]),
    });
    if (rejectedErrors.length === 0) return undefined;
    const refused = rejectedErrors.map(
      (error) => `${error.recipient ?? 'somebody'}: ${error.response ?? error.message}`,
    );
    return shown(`not everybody got it: ${refused.join('; ')}`, secretsOf(config));
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted)
      throw new NotTaken(`the mail server ${config.host} did not finish within ${times.whole / 1000} s`);
    throw refusal(error, config);
  } finally {
    transport.close();
  }
}

function transportOptions(config: EmailConfig, times: MailTimes) {
  const { host, port, secure = port === 465, user, password } = config;
  const lenient = config.insecure || isLoopback(host);
  return {
    host,
    port,
    secure,
    requireTLS: !lenient,
    opportunisticTLS: lenient,
    tls: { rejectUnauthorized: !lenient },
    connectionTimeout: times.greeting,
    greetingTimeout: times.greeting,
    dnsTimeout: times.greeting,
    socketTimeout: times.silence,
    // A text is a text: nothing in it names a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
  };
}

function mailOf({ from, to }: EmailConfig, { title, text, message }: Letter) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    from: { name: 'Porchlight', address: from },
    to: to.map((address) => ({ name: '', address })),
    // What looks like an encoded word (RFC 2047) would be decoded by whoever shows it.
    subject: title.replaceAll('=?', '= ?'),
    text,
    html: htmlOf(title, text),
    messageId: `<${message.key}.porchlight@${domain}>`,
    ...(message.level === 'critical' ? { priority: 'high' as const } : {}),
    // RFC 3834: no holiday greeting comes back.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

const htmlOf = (title: string, text: string): string =>
  [
    '<!doctype html><meta charset="utf-8">',
    `<p style="font-weight:bold">${escapeHtml(title)}</p>`,
    `<p style="white-space:pre-wrap">${escapeHtml(text)}</p>`,
  ].join('\n');

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === 'localhost' || host === '::1';
}

/** The password as it stands, and as it goes over the wire. */
function secretsOf({ user, password }: EmailConfig): readonly (string | undefined)[] {
  if (password === undefined) return [];
  const inBase64 = (text: string): string => Buffer.from(text).toString('base64');
  // The longest first, so that none is cut apart by another.
  return [inBase64(`\u0000${user ?? ''}\u0000${password}`), inBase64(password), password];
}

/** An SMTP error as the library gives it; each part is looked at before it is used. */
interface SmtpFault {
  readonly code?: unknown;
  readonly responseCode?: unknown;
}

function refusal(error: unknown, config: EmailConfig): NotTaken | ContentRefused {
  const { code, responseCode } = (typeof error === 'object' && error !== null ? error : {}) as SmtpFault;
  const reply = typeof responseCode === 'number' ? responseCode : undefined;
  const said = error instanceof Error ? error.message : String(error);
  const reason = (mend: string): string =>
    shown(
      `the mail server ${config.host} did not take it: ${said}${mend === '' ? '' : `; ${mend}`}`,
      secretsOf(config),
    );
  if (reply !== undefined && reply >= 400 && reply < 500) return new NotTaken(reason(''));
  if (code === 'EMESSAGE') return new ContentRefused(reason(''));
  if (code === 'EAUTH') return new NotTaken(reason('see notify.email.user and password'), { dead: true });
  if (code === 'EENVELOPE') return new NotTaken(reason('see notify.email.from and to'), { dead: true });
  // The library files a certificate under the faults of the network, with nothing but its words to tell it by.
  if (code === 'ETLS' || (code === 'ESOCKET' && /certificate/i.test(said)))
    return new NotTaken(reason('it offers no TLS that can be trusted'), { dead: true });
  return new NotTaken(reason(''), { dead: reply !== undefined });
}

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Config } from '#contract';
import { configSchema } from '#contract/schema';
import { printable } from '#lib/printable';
import { email, type MailTimes } from './email.ts';
import { type Message, NotTaken } from './notifier.ts';
import { CERTIFICATE, type CaughtMail, type SmtpOptions, type SmtpServer, startSmtp } from './smtp.fixture.ts';

type EmailConfig = NonNullable<Config['notify']['email']>;

const PASSWORD = 'canary-Pass word';
/** On Linux a connection to it ends at this machine, and it is not a loopback address: all rules for servers elsewhere hold. */
const ELSEWHERE = '0.0.0.0';

let server: SmtpServer;
afterEach(() => server.close());

function configOf(changes: Partial<EmailConfig> = {}): EmailConfig {
  const base = {
    host: '127.0.0.1',
    port: server.port,
    from: 'porch@example.net',
    to: ['anna@example.net'],
    ...changes,
  };
  const { email: parsed } = configSchema.parse({ notify: { email: base } }).notify;
  assert.ok(parsed);
  return parsed;
}

const message = (changes: Partial<Message> = {}): Message => ({
  key: 'mh2x-7',
  level: 'critical',
  title: 'Login after password guessing',
  text: '203.0.113.7 guessed the password of backup on nas\nSeen 20 times.',
  ...changes,
});

async function send(
  options: SmtpOptions,
  changes: Partial<Message> = {},
  config: Partial<EmailConfig> = {},
  times?: MailTimes,
) {
  server = await startSmtp(options);
  return email(configOf(config), times).send(message(changes), new AbortController().signal);
}

const failure = (sent: Promise<unknown>): Promise<NotTaken> =>
  sent.then(
    () => assert.fail('it was taken'),
    (error: unknown) => {
      assert.ok(error instanceof NotTaken, String(error));
      return error;
    },
  );

/** Header lines with folding undone, and the decoded parts. */
function read(mail: CaughtMail | undefined) {
  assert.ok(mail);
  const [head = '', ...rest] = mail.data.split('\r\n\r\n');
  const headers = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const boundary = /boundary="([^"]+)"/.exec(head)?.[1] ?? 'none';
  const [plain = '', html = ''] = rest.join('\r\n\r\n').split(`--${boundary}`).slice(1, 3).map(decodePart);
  const header = (name: string): string =>
    headers.find((line) => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
  return { headers, header, plain, html };
}

function decodePart(part: string): string {
  const [head = '', ...rest] = part.trimStart().split('\r\n\r\n');
  const body = rest.join('\r\n\r\n').replace(/\r\n$/, '');
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

const decodeSubject = (subject: string): string =>
  subject
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/gi, (_, text: string) => Buffer.from(text, 'base64').toString())
    .replace(/=\?UTF-8\?Q\?([^?]*)\?=/gi, (_, text: string) =>
      Buffer.from(
        text
          .replaceAll('_', ' ')
          .replace(/=([0-9A-F]{2})/gi, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      ).toString(),
    );

test('an alert arrives as plain text and as HTML that says the same', async () => {
  assert.equal(await send({}), undefined);
  const { header, plain, html } = read(server.mails[0]);
  assert.deepEqual([server.mails[0]?.from, server.mails[0]?.to], ['porch@example.net', ['anna@example.net']]);
  assert.equal(header('from'), 'Porchlight <porch@example.net>');
  assert.equal(header('to'), 'anna@example.net');
  assert.equal(header('subject'), 'Critical: Login after password guessing');
  assert.equal(header('message-id'), '<mh2x-7.porchlight@example.net>');
  assert.equal(header('auto-submitted'), 'auto-generated');
  assert.equal(plain.replaceAll('\r\n', '\n').trimEnd(), message().text);
  assert.match(
    html,
    /<p style="white-space:pre-wrap">203\.0\.113\.7 guessed the password of backup on nas\r?\nSeen 20 times\.<\/p>/,
  );
});

const INJECTIONS = [
  'a\r\nBcc: evil@example.org',
  'a\nBcc: evil@example.org',
  'a\r\n\r\n<script>',
  'a\u0000\u2028Bcc: evil@example.org',
  `=?utf-8?q?x=0D=0ABcc:_evil@example.org?=`,
];

for (const title of INJECTIONS) {
  test(`the title ${JSON.stringify(title)} stays in the subject`, async () => {
    await send({}, { title });
    const { headers, header } = read(server.mails[0]);
    assert.ok(!headers.some((line) => /^(bcc|cc|<script)/i.test(line)), headers.join('\n'));
    assert.deepEqual(server.mails[0]?.to, ['anna@example.net']);
    assert.equal(decodeSubject(header('subject')), `Critical: ${printable(title).replaceAll('=?', '= ?')}`);
  });
}

test('a text that would end the mail and begin another stays one text', async () => {
  const text = 'a\n.\nMAIL FROM:<evil@example.org>\r\n.\r\nRCPT TO:<evil@example.org>\n..\n.b';
  await send({}, { text });
  assert.equal(server.mails.length, 1);
  assert.ok(!server.commands.some((line) => line.includes('evil')));
  assert.equal(read(server.mails[0]).plain.replaceAll('\r\n', '\n').trimEnd(), text.replaceAll('\r\n', '\n'));
});

test('10 kB of markup arrive as text', async () => {
  const text = `<script>alert(1)</script>&amp;"'<img src=x onerror=y>${'😀<b>&_*[x](y)'.repeat(600)}`;
  await send({}, { text, title: '<b>&' });
  const { plain, html } = read(server.mails[0]);
  assert.equal(plain.trimEnd(), text);
  const ours = ['</p>', '<meta charset="utf-8">', '<p style="font-weight:bold">', '<p style="white-space:pre-wrap">'];
  assert.deepEqual(new Set(html.match(/<[^>]*>/g)), new Set(['<!doctype html>', ...ours]));
});

test('a file name or an address in the text is not read', async () => {
  await send({}, { text: 'file:///etc/passwd http://127.0.0.1:1/ {"path":"/etc/passwd"}' });
  assert.match(read(server.mails[0]).plain, /^file:\/\/\/etc\/passwd/);
});

/** [server, settings, what happens] */
const TLS: readonly (readonly [string, SmtpOptions, Partial<EmailConfig>, 'plain' | 'tls' | 'dead'])[] = [
  ['this machine, no TLS offered', {}, {}, 'plain'],
  ['this machine, STARTTLS with a certificate nobody knows', { starttls: true }, {}, 'tls'],
  ['this machine, TLS from the start', { secure: true }, { secure: true }, 'tls'],
  ['elsewhere, no TLS offered', {}, { host: ELSEWHERE }, 'dead'],
  ['elsewhere, no TLS offered, allowed', {}, { host: ELSEWHERE, insecure: true }, 'plain'],
  ['elsewhere, a certificate nobody knows', { starttls: true }, { host: ELSEWHERE }, 'dead'],
  ['elsewhere, a certificate nobody knows, allowed', { starttls: true }, { host: ELSEWHERE, insecure: true }, 'tls'],
];

for (const [name, options, config, outcome] of TLS) {
  test(`${name}: ${outcome}`, async () => {
    const account = { user: 'anna', password: PASSWORD };
    const sent = send({ ...options, ...account }, {}, { ...config, ...account });
    if (outcome !== 'dead') {
      await sent;
      assert.equal(server.mails[0]?.overTls, outcome === 'tls');
      return;
    }
    const { dead, message: why } = await failure(sent);
    assert.ok(dead, why);
    assert.ok(!server.commands.some((line) => /^(AUTH|MAIL|DATA)/.test(line)), 'nothing was given away');
  });
}

test('elsewhere, with a certificate that is trusted: TLS, and only then the password', async () => {
  const trusted = getCACertificates();
  setDefaultCACertificates([...trusted, CERTIFICATE]);
  try {
    await send(
      { starttls: true, user: 'anna', password: PASSWORD },
      {},
      { host: ELSEWHERE, user: 'anna', password: PASSWORD },
    );
  } finally {
    setDefaultCACertificates(trusted);
  }
  assert.equal(server.mails[0]?.overTls, true);
  const verbs = server.commands.map((line) => line.split(' ')[0]);
  assert.deepEqual(verbs.slice(0, 4), ['EHLO', 'STARTTLS', 'EHLO', 'AUTH']);
});

const always = (command: RegExp, reply: string) => (line: string) => (command.test(line) ? reply : undefined);

/** [command, reply, dead] */
const REPLIES: readonly (readonly [RegExp, string, boolean])[] = [
  [/^GREETING/, '421 too busy', false],
  [/^GREETING/, '554 go away', true],
  [/^AUTH/, '535 5.7.8 no', true],
  [/^AUTH/, '454 4.7.0 later', false],
  [/^MAIL/, '550 5.7.1 not you', true],
  [/^MAIL/, '452 4.3.1 full', false],
  [/^RCPT/, '550 5.1.1 nobody', true],
  [/^RCPT/, '450 4.2.0 greylisted', false],
  [/^DATA/, '451 4.3.0 later', false],
  [/^END/, '451 4.3.0 later', false],
  [/^END/, '554 5.7.1 spam', true],
];

for (const [command, reply, dead] of REPLIES) {
  test(`${reply} to ${command.source} is ${dead ? 'for the owner to mend' : 'tried again'}`, async () => {
    const account = { user: 'anna', password: PASSWORD };
    const error = await failure(send({ ...account, reply: always(command, reply) }, {}, account));
    assert.equal(error.dead, dead);
    assert.match(error.message, new RegExp(reply.slice(4)));
    assert.equal(server.mails.length, 0);
  });
}

test('a mail that is refused for what it says goes without a word from the log', async () => {
  let ends = 0;
  const reply = (line: string): string | undefined =>
    line === 'END' && ends++ === 0 ? '552 5.7.0 a virus' : undefined;
  await send({ reply }, { title: 'evil', text: 'evil' });
  assert.ok(!server.mails[0]?.data.includes('evil'));
  assert.match(read(server.mails[0]).header('subject'), /^Critical: Porchlight has news/);
});

test('who did not get it is the remark', async () => {
  const remark = await send(
    { reply: always(/^RCPT TO:<bob/, '550 5.1.1 no such user') },
    {},
    { to: ['bob@example.net', 'anna@example.net'] },
  );
  assert.match(remark ?? '', /^not everybody got it: bob@example\.net: 550 5\.1\.1 no such user/);
  assert.deepEqual(server.mails[0]?.to, ['anna@example.net']);
});

test('a server that says our password back does not get it into the reason', async () => {
  const account = { user: 'anna', password: PASSWORD };
  const wire = Buffer.from(`\u0000anna\u0000${PASSWORD}`).toString('base64');
  const error = await failure(
    send({ ...account, reply: always(/^AUTH/, `535 ${wire} is ${PASSWORD}\u001b[2J`) }, {}, account),
  );
  assert.match(error.message, /535 \(hidden\) is \(hidden\)\\x1b/);
});

const TIMES = { greeting: 10_000, silence: 10_000, whole: 10_000 };

/** [what the server does, command it leaves unanswered, times] */
const STALLS: readonly (readonly [string, RegExp, MailTimes])[] = [
  ['never greets', /^GREETING/, { ...TIMES, greeting: 100 }],
  ['falls silent', /^MAIL/, { ...TIMES, silence: 100 }],
  ['does not end', /^END/, { ...TIMES, whole: 100 }],
];

for (const [what, command, times] of STALLS) {
  test(`a server that ${what} is left, and tried again later`, async () => {
    assert.equal((await failure(send({ reply: always(command, '') }, {}, {}, times))).dead, false);
  });
}

test('asked to stop, the connection is closed at once', async () => {
  const stop = new AbortController();
  const reply = (line: string): string | undefined => {
    if (!line.startsWith('MAIL')) return undefined;
    stop.abort(new Error('stopped'));
    return '';
  };
  server = await startSmtp({ reply });
  await assert.rejects(email(configOf(), TIMES).send(message(), stop.signal), /stopped/);
  for (const socket of server.open) await new Promise((resolve) => socket.once('close', resolve));
});

/** Addresses that could say more than one. */
const ADDRESSES = ['a@b\r\nBcc: c@d.example', 'a@b,c@d', 'Anna <a@b>', 'a b@c', 'a', '', 'a@b;c@d', 'a@b\u0085x'];

for (const address of ADDRESSES) {
  test(`${JSON.stringify(address)} is no address`, async () => {
    server = await startSmtp();
    assert.throws(() => configOf({ to: [address] }));
    assert.throws(() => configOf({ from: address }));
  });
}

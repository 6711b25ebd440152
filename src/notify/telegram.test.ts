import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import type { Message } from './notifier.ts';
import { NotTaken, notifiers } from './index.ts';
import { readHtml, type Reply, startTelegram, TOKEN, type TelegramServer } from './telegram.fixture.ts';
import { telegram } from './telegram.ts';

const CHAT = -1_001_234;
const SEED = 1;
let server: TelegramServer;

before(async () => {
  server = await startTelegram();
});
after(() => server.close());
beforeEach(() => {
  server.taken.length = 0;
  server.asked.length = 0;
  server.replies.length = 0;
});

function channel(changes: Partial<{ token: string; api: string; chat_id: number | string }> = {}) {
  const settings = { token: TOKEN, chat_id: CHAT, api: server.api, ...changes };
  const [notifier] = notifiers({ level: 'high', give_up_days: 7, telegram: settings });
  assert.ok(notifier);
  return notifier;
}

const message = (changes: Partial<Message> = {}): Message => ({
  key: 'k-1',
  level: 'critical',
  title: 'Login after password guessing',
  text: '203.0.113.7 guessed the password of backup on nas',
  ...changes,
});
const { signal } = new AbortController();
const send = (changes: Partial<Message> = {}): Promise<string | undefined> => channel().send(message(changes), signal);

test('an alert arrives with its level and title in bold, without a preview of what it links to', async () => {
  await send();
  assert.deepEqual(server.taken[0]?.body, {
    chat_id: CHAT,
    link_preview_options: { is_disabled: true },
    disable_notification: false,
    text: '<b>Critical: Login after password guessing</b>\n203.0.113.7 guessed the password of backup on nas',
    parse_mode: 'HTML',
  });
});

test('an end makes no sound', async () => {
  await send({ level: 'informational', title: 'Closed: Honeypot Connection' });
  assert.equal(server.taken[0]?.body['disable_notification'], true);
  assert.match(server.taken[0]?.text ?? '', /^Closed: Honeypot/);
});

/** What must arrive as it was written. */
const HOSTILE = [
  '<b>&_*[x](http://a.test)~`>#+-=|{}.!</b>',
  '&amp;&lt;script&gt;',
  '</b></code><tg-spoiler>',
  '\\_\\*',
  'a\u0000b',
  '😀'.repeat(10),
  '<&>'.repeat(3400),
];

for (const text of HOSTILE) {
  test(`${JSON.stringify(text).slice(0, 40)} arrives as it was written`, async () => {
    await send({ text });
    assert.equal(server.asked.length, 1, 'it was taken at once');
    const arrived = server.taken[0]?.text.split('\n').slice(1).join('\n') ?? '';
    if (text.length < 4000) assert.equal(arrived, text);
    else assert.ok(arrived.endsWith('…') && text.startsWith(arrived.slice(0, -1)));
  });
}

test(`any title and text is taken at once, shown as written up to the limit (seed ${SEED})`, async () => {
  const words = fc.string({ unit: 'binary', maxLength: 6000, size: 'max' });
  const signs = fc.array(fc.constantFrom('<', '>', '&', '😀', 'ä', '&lt;', '\ud800', '\n'), {
    maxLength: 5000,
    size: 'max',
  });
  const texts = fc.oneof(
    words,
    signs.map((parts) => parts.join('')),
  );
  await fc.assert(
    fc.asyncProperty(texts, fc.string({ unit: 'binary', maxLength: 400 }), async (text, title) => {
      server.asked.length = 0;
      await send({ text, title });
      const body = server.asked[0]?.body['text'];
      const shown = readHtml(typeof body === 'string' ? body : '');
      assert.equal(server.asked.length, 1);
      assert.ok(shown !== undefined && shown.length <= 4096 && shown.isWellFormed());
      const rest = shown.slice(shown.indexOf('\n') + 1);
      if (rest !== text.toWellFormed())
        assert.ok(text.toWellFormed().startsWith(rest.slice(0, -1)) && rest.endsWith('…'));
    }),
    { seed: SEED, numRuns: 60 },
  );
});

const refused = (description: string): Reply => ({ status: 400, body: { ok: false, error_code: 400, description } });

test('what cannot be parsed is sent again as plain text', async () => {
  server.replies.push(refused("Bad Request: can't parse entities"));
  await send({ text: 'a < b' });
  assert.deepEqual(
    server.asked.map(({ body }) => [body['parse_mode'], body['text']]),
    [
      ['HTML', '<b>Critical: Login after password guessing</b>\na &lt; b'],
      [undefined, 'Critical: Login after password guessing\na < b'],
    ],
  );
});

test('what is refused as plain text too goes without a word from the log', async () => {
  server.replies.push(refused('Bad Request: one'), refused('Bad Request: two'));
  await send({ text: 'evil' });
  assert.match(server.taken[0]?.text ?? '', /^Critical: Porchlight has news/);
  assert.ok(!server.taken[0]?.text.includes('evil'));
});

test('a group with a new number is followed there, and the owner is told', async () => {
  server.replies.push({ status: 400, body: { ok: false, parameters: { migrate_to_chat_id: -100_999 } } });
  const notifier = channel();
  assert.match((await notifier.send(message(), signal)) ?? '', /-100999: set notify.telegram.chat_id/);
  await notifier.send(message(), signal);
  assert.deepEqual(
    server.taken.map(({ body }) => body['chat_id']),
    [-100_999, -100_999],
  );
});

/** [answers, what is thrown] */
const REFUSALS: readonly (readonly [string, readonly Reply[], { dead: boolean; retryAfter?: number; says: RegExp }])[] =
  [
    [
      '429 with the wait in the body',
      [{ status: 429, body: { ok: false, parameters: { retry_after: 31 } }, headers: { 'retry-after': '5' } }],
      { dead: false, retryAfter: 31_000, says: /429/ },
    ],
    [
      '429 with the wait in the header',
      [{ status: 429, body: 'slow down', headers: { 'retry-after': '5' } }],
      { dead: false, retryAfter: 5000, says: /429/ },
    ],
    [
      '429 with a wait that is none',
      [{ status: 429, body: { parameters: { retry_after: 'x' } } }],
      { dead: false, says: /429/ },
    ],
    [
      '401',
      [{ status: 401, body: { description: `Unauthorized ${TOKEN}` } }],
      { dead: true, says: /token: see notify.telegram.token/ },
    ],
    ['404', [{ status: 404, body: { description: 'Not Found' } }], { dead: true, says: /notify.telegram.token/ }],
    [
      '403',
      [{ status: 403, body: { description: 'Forbidden: bot was blocked by the user' } }],
      { dead: true, says: /was blocked/ },
    ],
    ['502 from a proxy', [{ status: 502, body: '<html>' }], { dead: false, says: /502/ }],
    ['a log-in page', [{ status: 200, body: '<html>Welcome to the hotel' }], { dead: false, says: /not Telegram/ }],
    ['ok: false', [{ status: 200, body: { ok: false } }], { dead: false, says: /not Telegram/ }],
    [
      'a chat that is not there',
      Array.from({ length: 3 }, () => refused('Bad Request: chat not found')),
      { dead: true, says: /chat not found; see notify.telegram.chat_id/ },
    ],
    [
      'a hostile description',
      [{ status: 500, body: { description: `\u001b[2J\r\n${TOKEN}${'x'.repeat(50_000)}` } }],
      { dead: false, says: /^[\x20-\x7e…]{1,300}$/ },
    ],
  ];

for (const [name, replies, { dead, retryAfter, says }] of REFUSALS) {
  test(`${name}: ${dead ? 'for the owner to mend' : 'later'}`, async () => {
    server.replies.push(...replies);
    await assert.rejects(send(), (error) => {
      assert.ok(error instanceof NotTaken);
      assert.deepEqual([error.dead, error.retryAfter], [dead, retryAfter]);
      assert.match(error.message, says);
      assert.ok(!error.message.includes(TOKEN) && !String(error.stack).includes(TOKEN));
      return true;
    });
  });
}

test('a redirect is not followed: the token stays here', async () => {
  server.replies.push({ status: 302, headers: { location: `${server.api}/elsewhere` }, body: {} });
  await assert.rejects(send(), NotTaken);
  assert.equal(server.asked.length, 1);
});

test('nobody there: the reason says so, without the token', async () => {
  await assert.rejects(channel({ api: 'http://127.0.0.1:1' }).send(message(), signal), (error) => {
    assert.ok(error instanceof NotTaken && !error.dead);
    assert.match(error.message, /^Telegram could not be reached/);
    assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes(TOKEN));
    return true;
  });
});

test('a server that says nothing is given up after a while', async () => {
  server.replies.push({ status: 0, silent: true });
  const slow = telegram({ token: TOKEN, chat_id: CHAT, api: server.api }, 100);
  await assert.rejects(slow.send(message(), signal), (error) => {
    assert.ok(error instanceof NotTaken && !error.dead);
    assert.equal(error.message, 'Telegram did not answer within 0.1 s');
    return true;
  });
});

test('a server that says nothing is left when we are asked to stop', async () => {
  server.replies.push({ status: 0, silent: true });
  const stop = new AbortController();
  server.onAnswer = () => stop.abort(new Error('stopped'));
  await assert.rejects(channel().send(message(), stop.signal), /stopped/);
  server.onAnswer = () => undefined;
});

/** The lanes over a real store and real servers on this machine. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Config, Level } from '#contract';
import { configSchema } from '#contract/schema';
import { type Counters, counters } from '#lib/counters';
import { encodeBatch, headsIn, openSqliteStore, type OutboxEntry, type Store } from '#store';
import { deliver, type DeliverOptions } from './notifier.ts';
import { createSourceBoard } from './source-board.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 14, 12);
const TOKEN = '42:canary-token';
/** A status that is never sent. */
const SILENT = 0;
const PACE = { look: 5, quiet: 30_000, base: 5, cap: 20, sweep: 5 };

/** What a provider answers, and what it was asked. One stands for Telegram, one for ntfy: both take JSON. */
interface Provider {
  readonly url: string;
  /** Last lines of the messages that were taken, and the messages whole. */
  readonly texts: string[];
  readonly bodies: string[];
  /** Status and headers of the next answers; 200 where there is none. */
  readonly answers: { readonly status: number; readonly headers?: Record<string, string> }[];
  /** The status after `answers`. */
  usual: number;
  asked: number;
}

interface House {
  readonly store: Store;
  readonly telegram: Provider;
  readonly ntfy: Provider;
  readonly counters: Counters;
  readonly board: ReturnType<typeof createSourceBoard>;
  clock: number;
  /** Resolves once the condition holds; looked at after every answer, every row of the board and every change of the store. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  start(changes?: Partial<DeliverOptions>): () => Promise<void>;
  queue(...texts: string[]): Promise<void>;
  /** Messages of one commit: [text, level]. */
  queueAt(...messages: (readonly [string, Level])[]): Promise<void>;
}

async function provider(context: TestContext, onAnswer: () => void): Promise<Provider> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { text?: string; message?: string };
      const { status, headers } = state.answers.shift() ?? { status: state.usual };
      state.asked++;
      if (status === SILENT) return onAnswer();
      const said = body.text ?? body.message ?? '';
      if (status === 200) {
        state.bodies.push(said);
        state.texts.push(said.split('\n').at(-1) ?? '');
      }
      response.writeHead(status, headers).end(JSON.stringify({ ok: status === 200 }), onAnswer);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: Provider = { url, texts: [], bodies: [], answers: [], usual: 200, asked: 0 };
  return state;
}

const entry = (channel: string, text: string, level: Level): OutboxEntry => ({
  alertId: '1',
  channel,
  title: 'Honeypot Connection',
  text,
  level,
});

async function house(context: TestContext): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-notifier-'));
  const store = await openSqliteStore(join(folder, 'porchlight.db'));
  const looks = new Set<() => void>();
  const look = (): void => looks.forEach((one) => one());
  const [telegram, ntfy] = [await provider(context, look), await provider(context, look)];
  const rows = createSourceBoard();
  const ends: (() => Promise<void>)[] = [];
  const tally = counters();
  let batch = 0;
  const own: House = {
    store,
    telegram,
    ntfy,
    counters: tally,
    clock: NOON,
    board: {
      ...rows,
      set(id, state, reason) {
        rows.set(id, state, reason);
        look();
      },
    },
    until: (condition) =>
      new Promise((resolve, reject) => {
        const state = (): string => JSON.stringify([rows.rows(), telegram, ntfy]);
        const patience = setTimeout(
          () => reject(new Error(`It did not come: ${String(condition)} ${state()}`)),
          120_000,
        );
        const check = (): void => {
          Promise.resolve(condition()).then((holds) => {
            if (!holds) return;
            looks.delete(check);
            clearTimeout(patience);
            resolve();
          }, reject);
        };
        looks.add(check);
        check();
      }),
    start(changes = {}) {
      const stop = new AbortController();
      const watched: DeliverOptions['store'] = {
        outbox: (...args) => store.outbox(...args),
        delivered: (id) => store.delivered(id).finally(look),
        postponed: (...args) => store.postponed(...args).finally(look),
      };
      const config = notifyConfig({ ntfy: { url: `${ntfy.url}/t` }, telegram: telegramOf(telegram) });
      const now = (): number => own.clock;
      const base = { config, store: watched, board: own.board, counters: tally, now, signal: stop.signal, pace: PACE };
      const ended = deliver({ ...base, ...changes });
      const end = (): Promise<void> => {
        stop.abort(new Error('stopped'));
        return ended();
      };
      ends.push(end);
      return end;
    },
    queue: (...texts) => own.queueAt(...texts.map((text) => [text, 'high'] as const)),
    async queueAt(...messages) {
      const outbox = messages.flatMap(([text, level]) => [entry('telegram', text, level), entry('ntfy', text, level)]);
      const empty = { events: encodeBatch([]), hits: 0, marks: [], alerts: [] };
      await store.commit({ batch: ++batch, received: own.clock, ...empty, outbox });
    },
  };
  context.after(async () => {
    for (const end of ends) await end();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return own;
}

const telegramOf = ({ url }: Provider) => ({ token: TOKEN, chat_id: 7, api: url });
const notifyConfig = (notify: object): Config['notify'] => configSchema.parse({ notify }).notify;
const row = ({ board }: House, channel: string) => board.rows().find(({ id }) => id === `notify:${channel}`);
const waiting = async ({ store }: House, channel?: string): Promise<string[]> =>
  (await store.outbox(Number.MAX_SAFE_INTEGER, 1000, channel)).map(({ text }) => text);

test('messages go out on every channel, in order, and leave the queue', async (context) => {
  const own = await house(context);
  const texts = Array.from({ length: 50 }, (_, i) => `message ${i}`);
  await own.queue(...texts);
  own.start();
  await own.until(async () => (await waiting(own)).length === 0);
  assert.deepEqual(own.telegram.texts, texts);
  assert.deepEqual(own.ntfy.texts, texts);
  const { state, records, last_seen } = row(own, 'telegram') ?? {};
  assert.deepEqual([state, records, last_seen], ['following', 50, new Date(NOON).toISOString()]);
  assert.equal(own.counters.get('notifications', 'ntfy_delivered'), 50);
});

test('a dead channel is shown with its reason and without its token, holds nobody up, and mends itself', async (context) => {
  const own = await house(context);
  own.telegram.usual = 401;
  await own.queue('a', 'b');
  own.start();
  await own.until(() => own.ntfy.texts.length === 2 && row(own, 'telegram')?.state === 'failed');
  assert.match(row(own, 'telegram')?.reason ?? '', /401: it does not know the token.*\. 2 wait; next try in about/);
  assert.ok(!JSON.stringify([own.board.rows(), own.counters.entries()]).includes(TOKEN));
  assert.deepEqual(await waiting(own, 'telegram'), ['a', 'b']);
  own.telegram.usual = 200;
  own.clock += 60_000;
  await own.until(() => row(own, 'telegram')?.state === 'following' && own.telegram.texts.length === 2);
  assert.deepEqual(own.telegram.texts, ['a', 'b']);
});

test('what fails first goes first: later messages do not overtake it', async (context) => {
  const own = await house(context);
  own.telegram.answers.push({ status: 500 }, { status: 200 }, { status: 502 });
  await own.queue('a', 'b', 'c');
  own.start();
  const hurry = setInterval(() => (own.clock += 1000), 5);
  context.after(() => clearInterval(hurry));
  await own.until(() => own.telegram.texts.length === 3);
  assert.deepEqual(own.telegram.texts, ['a', 'b', 'c']);
});

test('a provider that asks to wait is not asked before, and is not called broken', async (context) => {
  const own = await house(context);
  own.telegram.answers.push({ status: 429, headers: { 'retry-after': '3600' } });
  await own.queue('a');
  own.start();
  await own.until(() => row(own, 'telegram')?.reason.startsWith('it asks us to wait') === true);
  assert.equal(row(own, 'telegram')?.state, 'following');
  const [first] = await own.store.outbox(Number.MAX_SAFE_INTEGER, 1, 'telegram');
  const wait = (first?.nextAttempt ?? 0) - NOON;
  assert.ok(wait >= 3_600_000 && wait <= 3_600_000 + PACE.base + 1, String(wait));
});

test('a restart remembers how long to wait, and why', async (context) => {
  const own = await house(context);
  await own.queue('a', 'b');
  const [first] = await own.store.outbox(NOON, 1, 'telegram');
  await own.store.postponed(first?.id ?? 0, NOON + 60_000, 'Telegram answered 502');
  own.start();
  await own.until(() => own.ntfy.texts.length === 2);
  assert.deepEqual(own.telegram.texts, [], 'b does not overtake a');
  assert.deepEqual([row(own, 'telegram')?.state, row(own, 'telegram')?.reason], ['failed', 'Telegram answered 502']);
  own.clock = NOON + 60_000;
  await own.until(() => own.telegram.texts.length === 2);
});

test('each failure waits longer, up to a limit, and never the same twice', async (context) => {
  const own = await house(context);
  own.telegram.usual = 500;
  await own.queue('a');
  const waits: number[] = [];
  const pace = { ...PACE, base: 1000, cap: 8000 };
  own.start({ pace });
  for (let attempt = 1; attempt <= 12; attempt++) {
    await own.until(
      async () => (await own.store.outbox(Number.MAX_SAFE_INTEGER, 1, 'telegram'))[0]?.attempts === attempt,
    );
    const [first] = await own.store.outbox(Number.MAX_SAFE_INTEGER, 1, 'telegram');
    waits.push((first?.nextAttempt ?? 0) - own.clock);
    own.clock = first?.nextAttempt ?? 0;
  }
  assert.ok(
    waits.every((wait, i) => wait >= 1000 && wait <= 1000 + Math.min(8000, 1000 * 2 ** i)),
    waits.join(),
  );
  assert.ok(new Set(waits).size > 6 && Math.max(...waits) > 3000, waits.join());
});

test('what nobody takes for days is tried once more, given up and counted; what is younger stays', async (context) => {
  const own = await house(context);
  own.telegram.usual = 500;
  await own.queue('old', 'also old');
  own.clock += 8 * DAY;
  await own.queue('young');
  own.start();
  await own.until(() => /1 wait/.test(row(own, 'telegram')?.reason ?? ''));
  assert.deepEqual(await waiting(own, 'telegram'), ['young']);
  assert.equal(own.counters.get('notifications_dropped', 'telegram_given_up'), 2);
  await own.until(() => own.ntfy.texts.length === 3);
});

test('a channel that is switched off keeps its messages until they are too old', async (context) => {
  const own = await house(context);
  await own.queue('a');
  own.clock += DAY;
  await own.queue('b');
  const config = notifyConfig({ ntfy: { url: `${own.ntfy.url}/t` }, give_up_days: 7 });
  own.start({ config });
  await own.until(() => row(own, 'telegram')?.reason === 'switched off; 2 wait for it to come back');
  assert.equal(row(own, 'telegram')?.state, 'off');
  own.clock = NOON + 7 * DAY;
  await own.until(() => row(own, 'telegram')?.reason === 'switched off; 1 wait for it to come back');
  assert.deepEqual(await waiting(own, 'telegram'), ['b']);
});

test('a store that cannot note a delivery does not make it a second one', async (context) => {
  const own = await house(context);
  let refusals = 3;
  const { store } = own;
  await own.queue('a', 'b');
  own.start({
    store: {
      outbox: (...args) => store.outbox(...args),
      delivered: (id) => (refusals-- > 0 ? Promise.reject(new Error('disk full')) : store.delivered(id)),
      postponed: (...args) => store.postponed(...args),
    },
  });
  await own.until(() => own.telegram.texts.length === 2 && own.ntfy.texts.length === 2);
  assert.deepEqual(
    [own.telegram.texts, own.ntfy.texts],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  );
  assert.equal(own.counters.get('notifications', 'store_failed'), 3);
});

test('stopped in the middle of a message, the lane ends and the message stays as it was', async (context) => {
  const own = await house(context);
  own.telegram.usual = SILENT;
  await own.queue('a');
  const stop = own.start();
  await own.until(() => own.telegram.asked === 1);
  await stop();
  const [first] = await own.store.outbox(Number.MAX_SAFE_INTEGER, 1, 'telegram');
  assert.deepEqual([first?.text, first?.attempts], ['a', 0]);
});

test('quiet messages wait for each other and go out as one', async (context) => {
  const own = await house(context);
  await own.queueAt(['one', 'informational'], ['two', 'informational']);
  own.start();
  own.clock += PACE.quiet - 1;
  await own.queueAt(['three\nmore of three', 'informational']);
  assert.deepEqual(own.telegram.texts, []);
  own.clock += 1;
  await own.until(async () => (await waiting(own)).length === 0);
  assert.deepEqual(own.telegram.bodies, [
    '<b>3 quiet messages</b>\nHoneypot Connection: one\nHoneypot Connection: two\nHoneypot Connection: three',
  ]);
  assert.equal(row(own, 'telegram')?.records, 3);
});

test('a loud message does not wait, and takes the quiet ones before it along', async (context) => {
  const own = await house(context);
  await own.queueAt(['end', 'informational'], ['news', 'high'], ['later end', 'informational']);
  own.start();
  await own.until(async () => (await waiting(own)).length === 2);
  assert.deepEqual(
    [own.telegram.texts, own.ntfy.texts],
    [
      ['end', 'news'],
      ['end', 'news'],
    ],
  );
  own.clock += PACE.quiet;
  await own.until(async () => (await waiting(own)).length === 0);
  assert.deepEqual(own.telegram.texts, ['end', 'news', 'later end']);
});

test('quiet messages that are not taken stay, all of them, and go out as one later', async (context) => {
  const own = await house(context);
  own.telegram.answers.push({ status: 500 });
  await own.queueAt(['one', 'informational'], ['two', 'informational']);
  own.clock += PACE.quiet;
  own.start();
  await own.until(() => row(own, 'telegram')?.state === 'failed');
  assert.deepEqual(await waiting(own, 'telegram'), ['one', 'two']);
  own.clock += 60_000;
  await own.until(async () => (await waiting(own)).length === 0);
  assert.deepEqual(own.telegram.bodies, [
    '<b>2 quiet messages</b>\nHoneypot Connection: one\nHoneypot Connection: two',
  ]);
});

const HEAD = { seq: 412, hash: '6c1f'.repeat(16) };

test('a digest carries the head of the ledger, however long it is; the doctor understands it as it came', async (t) => {
  const own = await house(t);
  const long = 'ü'.repeat(300);
  await own.queueAt(...Array.from({ length: 12 }, (_, at): [string, Level] => [`${at} ${long}`, 'informational']));
  own.clock += PACE.quiet;
  const end = own.start({ head: () => HEAD });
  await own.until(() => own.telegram.bodies.length + own.ntfy.bodies.length >= 2);
  await end();
  for (const body of [...own.telegram.bodies, ...own.ntfy.bodies]) {
    assert.match(body, /\nand \d+ more\n\nHead of the ledger, to be kept:\n/);
    assert.deepEqual(headsIn(body), [HEAD]);
  }
});

test('the first quiet message of a day carries it, a loud one never, and before the first sealing there is none', async (t) => {
  const own = await house(t);
  const sealed: (typeof HEAD)[] = [];
  const end = own.start({ head: () => sealed[0] });
  const say = async (text: string, level: Level): Promise<string> => {
    await own.queueAt([text, level]);
    own.clock += PACE.quiet;
    await own.until(() => own.ntfy.bodies.some((body) => body.includes(text)));
    return own.ntfy.bodies.find((body) => body.includes(text)) ?? '';
  };
  assert.doesNotMatch(await say('nothing sealed', 'informational'), /ledger/);
  sealed.push(HEAD);
  assert.doesNotMatch(await say('loud', 'high'), /ledger/);
  assert.deepEqual(headsIn(await say('first of a day', 'informational')), [HEAD]);
  assert.deepEqual(headsIn(await say('second', 'informational')), []);
  own.clock += DAY;
  assert.deepEqual(headsIn(await say('next day', 'informational')), [HEAD]);
  await end();
});

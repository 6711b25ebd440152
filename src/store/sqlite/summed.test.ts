/** Answers from what was counted at sealing: the same as from the events, without them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import { encodeBatch } from '../encoded-batch.ts';
import type { Store } from '../store.ts';
import { dayPath } from './day-file.ts';
import { openSqliteStore } from './store.ts';
import { openUpkeep } from './upkeep.ts';
import { verifyStore } from './verify.ts';

const NOON = Date.UTC(2026, 2, 14, 12);
const HOUR = 3_600_000;
const USERS = ['root', 'anna', 'eve', 'backup', 'jonas'];

/** Three hours, an event a minute. */
const hours: readonly Event[] = Array.from({ length: 180 }, (_, n) =>
  Object.assign(newFields(), {
    '@timestamp': NOON + n * 60_000 + n,
    'event.ingested': NOON,
    message: `line ${n}`,
    'user.name': USERS[n % 5],
    ...(n % 3 === 0 ? {} : { 'event.outcome': n % 4 === 0 ? 'failure' : 'success' }),
    tags: n % 7 === 0 ? ['a', 'b', 'a'] : 'a',
  }),
);

interface House {
  readonly store: Store;
  readonly path: string;
  /** Runs SQL on the day's file. */
  readonly change: (sql: string) => void;
}

async function inHouse(sealed: boolean, use: (house: House) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-summed-'));
  const path = join(folder, 'porchlight.db');
  const store = await openSqliteStore(path);
  try {
    for (let batch = 1; batch <= 3; batch++) {
      const events = encodeBatch(hours.slice((batch - 1) * 60, batch * 60));
      await store.commit({ batch, received: NOON, events, hits: 0, marks: [], alerts: [], outbox: [] });
      if (!sealed) continue;
      const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
      upkeep.seal(NOON);
      upkeep.close();
    }
    await use({
      store,
      path,
      change(sql) {
        const day = new DatabaseSync(dayPath(folder, '2026-03-14'));
        day.exec(sql);
        day.close();
      },
    });
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const now = NOON + 4 * HOUR;
const day = { from: NOON - HOUR, to: now };

/** What a dashboard asks. */
const QUESTIONS: readonly { readonly what: string; readonly ask: (store: Store) => Promise<unknown> }[] = [
  { what: 'bars on minutes', ask: (store) => store.histogram({ q: '', bins: 100, now, ...day }) },
  { what: 'one bar', ask: (store) => store.histogram({ q: '', bins: 1, now, ...day }) },
  { what: 'values', ask: (store) => store.values({ q: '', field: 'user.name', limit: 3, ...day }) },
  { what: 'values of lists', ask: (store) => store.values({ q: '', field: 'tags', limit: 3, ...day }) },
  { what: 'values of a field some have', ask: (store) => store.values({ q: '', field: 'event.outcome', limit: 3 }) },
  { what: 'values of a field nobody has', ask: (store) => store.values({ q: '', field: 'process.name', limit: 3 }) },
  { what: 'a count', ask: (store) => store.table({ q: '| count', now, ...day }) },
  { what: 'a top table', ask: (store) => store.table({ q: '| top 2 user.name', now, ...day }) },
  { what: 'a count by lists', ask: (store) => store.table({ q: '| count by tags', now }) },
  { what: 'bars of a table', ask: (store) => store.table({ q: '| histogram 5m', now, ...day }) },
  { what: 'bars by outcome', ask: (store) => store.table({ q: '| histogram 5m by event.outcome', now, ...day }) },
  { what: 'bars of a day', ask: (store) => store.table({ q: '| histogram 1d by event.outcome', now, ...day }) },
];

test('dashboards never scan: they are answered when the events of the blocks are gone', () =>
  inHouse(false, ({ store: hot }) =>
    inHouse(true, async ({ store, change }) => {
      change("UPDATE block SET events = x'', filter = x''");
      for (const { what, ask } of QUESTIONS) assert.deepEqual(await ask(store), await ask(hot), what);
    }),
  ));

/** What summaries cannot tell: these look at the events. */
const EDGES: typeof QUESTIONS = [
  ...QUESTIONS,
  ...[1, 59_999, 60_000, 90_500].flatMap((from) => [
    {
      what: `bars from ${from} on`,
      ask: (store: Store) => store.histogram({ q: '', bins: 7, now, from: NOON + from, to: NOON + 2 * HOUR + from }),
    },
    {
      what: `values from ${from} on`,
      ask: (store: Store) => store.values({ q: '', field: 'user.name', limit: 9, from: NOON + from }),
    },
    {
      what: `a table up to ${from}`,
      ask: (store: Store) =>
        store.table({ q: '| histogram 1m by event.outcome', now, from: NOON, to: NOON + HOUR + from }),
    },
  ]),
  { what: 'bars of seconds', ask: (store) => store.table({ q: '| histogram 90s', now, ...day }) },
  { what: 'bars by a field of no minutes', ask: (store) => store.table({ q: '| histogram 5m by user.name', now }) },
  { what: 'two fields', ask: (store) => store.table({ q: '| count by user.name,tags', now }) },
  { what: 'a filter', ask: (store) => store.values({ q: 'user.name:eve', field: 'event.outcome', limit: 9 }) },
];

test('sealed or not, answers are the same, whatever the span', () =>
  inHouse(false, ({ store: hot }) =>
    inHouse(true, async ({ store }) => {
      for (const { what, ask } of EDGES) assert.deepEqual(await ask(store), await ask(hot), what);
    }),
  ));

const LOSSES = [
  { why: 'gone', sql: 'DELETE FROM summary' },
  {
    why: 'damaged',
    sql: 'UPDATE summary SET counts = CAST(substr(counts, 1, length(counts) - 40) || zeroblob(40) AS BLOB)',
  },
  { why: 'empty', sql: "UPDATE summary SET counts = x''" },
  { why: 'of a version before there were any', sql: 'DROP TABLE summary; PRAGMA user_version = 1' },
];
for (const { why, sql } of LOSSES) {
  test(`summaries that are ${why} cost a scan, not an answer`, () =>
    inHouse(false, ({ store: hot }) =>
      inHouse(true, async ({ store, change }) => {
        change(sql);
        for (const { what, ask } of QUESTIONS) assert.deepEqual(await ask(store), await ask(hot), what);
      }),
    ));
}

test('a summary that was changed is found by verifying', () =>
  inHouse(true, async ({ store, path, change }) => {
    const verify = async (): Promise<readonly string[]> => {
      const { damages } = await verifyStore(path, new AbortController().signal);
      return damages.map(({ what, reason }) => `${what}: ${reason}`);
    };
    assert.deepEqual(await verify(), []);
    change('UPDATE summary SET counts = (SELECT counts FROM summary WHERE block = 1) WHERE block = 2');
    assert.deepEqual(await verify(), ['the counts of block 2 of 2026-03-14: they are not what its events add up to']);
    assert.equal((await store.values({ q: '', field: 'user.name', limit: 1 })).distinct, 5);
  }));

const WORDS = [
  'line',
  '*in*',
  '*nowhere*',
  '"line 17"',
  '/l.ne 3/',
  '/nobody|jonas/',
  'user.name:*ona*',
  'user.name:/^e/',
];

test('what words are made of says no without the events, and never wrongly', () =>
  inHouse(false, ({ store: hot }) =>
    inHouse(true, async ({ store, change }) => {
      const ask = async (of: Store) => Promise.all(WORDS.map(async (q) => of.events({ q, limit: 500 })));
      const expected = await ask(hot);
      assert.deepEqual(await ask(store), expected);
      change("UPDATE block SET events = x'', filter = x''");
      for (const q of ['*nowhere*', '/no(w|body)here/', 'user.name:*nowhere*'])
        assert.deepEqual(await store.events({ q, limit: 1 }), { items: [], next: null });
    }),
  ));

for (const { why, sql } of [
  { why: 'gone', sql: 'DELETE FROM grams' },
  { why: 'damaged', sql: 'UPDATE grams SET bits = CAST(substr(bits, 1, length(bits) - 4) || zeroblob(4) AS BLOB)' },
  { why: 'empty', sql: "UPDATE grams SET bits = x''" },
  { why: 'of a version before there were any', sql: 'DROP TABLE grams; PRAGMA user_version = 3' },
])
  test(`lists of what words are made of that are ${why} cost a look, not an answer`, () =>
    inHouse(false, ({ store: hot }) =>
      inHouse(true, async ({ store, change }) => {
        change(sql);
        for (const q of WORDS)
          assert.deepEqual(await store.events({ q, limit: 500 }), await hot.events({ q, limit: 500 }), q);
      }),
    ));

test('a list of what words are made of that was changed is found by verifying', () =>
  inHouse(true, async ({ path, change }) => {
    change(`UPDATE grams SET bits = (SELECT counts FROM summary WHERE block = 2) WHERE block = 2;
      UPDATE grams SET bits = x'00' WHERE block = 3`);
    const { damages } = await verifyStore(path, new AbortController().signal);
    assert.deepEqual(
      damages.map(({ what }) => what),
      ['the words of block 3 of 2026-03-14', 'the words of block 2 of 2026-03-14'],
    );
  }));

test('a day’s file of the version before gets summaries for what is added', () =>
  inHouse(true, async ({ store, path, change }) => {
    change('DROP TABLE summary; DROP TABLE owner; DROP TABLE grams; PRAGMA user_version = 1');
    const events = encodeBatch(hours.slice(0, 60));
    await store.commit({ batch: 4, received: NOON, events, hits: 0, marks: [], alerts: [], outbox: [] });
    const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
    upkeep.seal(NOON);
    upkeep.close();
    change("UPDATE block SET events = x'' WHERE id = 4");
    const { total } = await store.table({ q: '| histogram 5m by event.outcome', now, ...day });
    assert.equal(total, 240);
  }));

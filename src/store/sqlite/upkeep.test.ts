/** Sealing and throwing away, beside a store that goes on. What a reader sees of it is in test/conformance. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import { alertOf } from '../alert.fixture.ts';
import { decodeBatch, encodeBatch } from '../encoded-batch.ts';
import type { Commit, Store } from '../store.ts';
import { openReader } from './reader.ts';
import { copyStore } from './backup.ts';
import { openSqliteStore } from './store.ts';
import { type Limits, openUpkeep, type Upkeep } from './upkeep.ts';
import { verifyStore } from './verify.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 14, 12);
const NO_LIMIT: Limits = { days: 0, bytes: 0, free: 0 };

function commitOf(batch: number, times: readonly number[], rest: Partial<Commit> = {}): Commit {
  const events = times.map((time, n): Event =>
    Object.assign(newFields(), { '@timestamp': time, 'event.ingested': NOON, message: `batch ${batch}/${n}` }),
  );
  const base = { batch, received: NOON, events: encodeBatch(events), hits: 0, marks: [], alerts: [], outbox: [] };
  return { ...base, ...rest };
}

interface House {
  readonly store: Store;
  readonly path: string;
  readonly keep: (limits: Limits) => Upkeep;
  readonly files: () => Promise<string[]>;
}

async function inHouse(use: (house: House) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-upkeep-'));
  const path = join(folder, 'porchlight.db');
  const store = await openSqliteStore(path);
  const open: Upkeep[] = [];
  const keep = (limits: Limits): Upkeep => {
    const upkeep = openUpkeep(path, limits);
    open.push(upkeep);
    return upkeep;
  };
  const files = async (): Promise<string[]> =>
    (await readdir(folder)).filter((name) => name.startsWith('events-')).toSorted();
  try {
    await use({ store, path, keep, files });
  } finally {
    for (const upkeep of open) upkeep.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const messages = async (store: Store): Promise<unknown[]> =>
  (await store.events({ q: '', limit: 100, after: '0-0' })).items.map(({ event }) => event['message']);

test('events of one batch go to the files of their days, and are found as before', () =>
  inHouse(async ({ store, keep, files }) => {
    await store.commit(commitOf(1, [NOON, NOON - DAY, NOON + 1, Date.UTC(9999, 0, 1)]));
    const upkeep = keep(NO_LIMIT);
    assert.deepEqual(upkeep.hot(), { events: 4, oldest: NOON, planned: false });
    assert.deepEqual(upkeep.seal(NOON), { events: 4, through: 1, damaged: [] });
    assert.deepEqual(upkeep.hot(), { events: 0, oldest: 0, planned: false });
    assert.equal(upkeep.seal(NOON), undefined);
    assert.deepEqual(await files(), ['events-2026-03-13.db', 'events-2026-03-14.db']);
    assert.deepEqual(await messages(store), ['batch 1/0', 'batch 1/1', 'batch 1/2', 'batch 1/3']);
    const newest = await store.events({ q: '', limit: 2 });
    assert.deepEqual(
      newest.items.map(({ id }) => id),
      ['1-3', '1-2'],
    );
  }));

test('batches with correlation hits are put together again', () =>
  inHouse(async ({ store, keep }) => {
    for (let batch = 1; batch <= 4; batch++)
      await store.commit(commitOf(batch, [NOON, NOON - DAY, NOON + 1], { hits: batch % 2 }));
    const before = await store.correlatedBatches(10, 10);
    keep(NO_LIMIT).seal(NOON);
    const after = await store.correlatedBatches(10, 10);
    assert.deepEqual(
      after.map(({ batch, received }) => [batch, received]),
      [
        [3, NOON],
        [1, NOON],
      ],
    );
    assert.deepEqual(
      after.map(({ events }) => decodeBatch(events.bytes)),
      before.map(({ events }) => decodeBatch(events.bytes)),
    );
    assert.deepEqual(
      (await store.correlatedBatches(3, 10)).map(({ batch }) => batch),
      [1],
    );
  }));

test('an interrupted sealing is ended with the bounds it began with, and counts once', () =>
  inHouse(async ({ store, path, keep }) => {
    await store.commit(commitOf(1, [NOON]));
    await store.commit(commitOf(2, [NOON + 1]));
    const db = new DatabaseSync(path);
    // As a kill after the day's file was written leaves it.
    db.exec(`CREATE TRIGGER stop BEFORE INSERT ON sealing BEGIN SELECT RAISE(ABORT, 'killed'); END`);
    const upkeep = keep(NO_LIMIT);
    assert.throws(() => upkeep.seal(NOON), /killed/);
    assert.deepEqual(await messages(store), ['batch 1/0', 'batch 2/0']);
    await store.commit(commitOf(3, [NOON + 2]));
    assert.equal(upkeep.hot().planned, true);
    db.exec('DROP TRIGGER stop');
    db.close();
    assert.deepEqual(upkeep.seal(NOON), { events: 2, through: 2, damaged: [] });
    assert.deepEqual(await messages(store), ['batch 1/0', 'batch 2/0', 'batch 3/0']);
    assert.deepEqual(upkeep.seal(NOON), { events: 1, through: 3, damaged: [] });
    assert.deepEqual(await messages(store), ['batch 1/0', 'batch 2/0', 'batch 3/0']);
  }));

test('days that are too old are thrown away; alerts and their evidence stay', () =>
  inHouse(async ({ store, keep, files }) => {
    const upkeep = keep({ days: 3, bytes: 0, free: 0 });
    const event: Event = Object.assign(newFields(), {
      '@timestamp': NOON - 2 * DAY,
      'event.ingested': NOON,
      message: 'kept',
    });
    const change = { alert: alertOf(1), evidence: [{ slot: 0, id: '1-0', event } as const], history: [] };
    await store.commit(commitOf(1, [NOON - 2 * DAY, NOON - DAY, NOON], { alerts: [change] }));
    upkeep.seal(NOON);
    assert.equal((await files()).length, 3);
    assert.deepEqual(upkeep.retain(NOON), []);
    const gone = upkeep.retain(NOON + 2 * DAY);
    assert.deepEqual(
      gone.map(({ day, events, reason }) => [day, events, reason]),
      [['2026-03-12', 1, 'age']],
    );
    assert.deepEqual(await files(), ['events-2026-03-13.db', 'events-2026-03-14.db']);
    assert.deepEqual(await messages(store), ['batch 1/1', 'batch 1/2']);
    assert.equal((await store.alert('1'))?.evidence[0]?.event['message'], 'kept');
  }));

test('too many bytes, or too little room, takes the oldest days but never the newest', () =>
  inHouse(async ({ store, keep, files }) => {
    await store.commit(commitOf(1, [NOON - 2 * DAY, NOON - DAY, NOON]));
    keep(NO_LIMIT).seal(NOON);
    const gone = keep({ days: 0, bytes: 1, free: 0 }).retain(NOON);
    assert.deepEqual(
      gone.map(({ day, reason }) => [day, reason]),
      [
        ['2026-03-12', 'size'],
        ['2026-03-13', 'size'],
      ],
    );
    assert.deepEqual(keep({ days: 0, bytes: 0, free: Number.MAX_SAFE_INTEGER }).retain(NOON), []);
    assert.deepEqual(await files(), ['events-2026-03-14.db']);
  }));

test('a day whose file outlived a kill is swept away; a file that nobody knows of is not ours to remove', () =>
  inHouse(async ({ store, path, keep, files }) => {
    await store.commit(commitOf(1, [NOON - DAY, NOON]));
    keep(NO_LIMIT).seal(NOON);
    const yesterday = join(path, '..', 'events-2026-03-13.db');
    const bytes = await readFile(yesterday);
    keep({ days: 0, bytes: 1, free: 0 }).retain(NOON);
    await writeFile(yesterday, bytes);
    await writeFile(join(path, '..', 'events-2020-01-01.db'), '');
    keep(NO_LIMIT).retain(NOON);
    assert.deepEqual(await files(), ['events-2020-01-01.db', 'events-2026-03-14.db']);
  }));

test('a day that was thrown away and is just being made again is not read yet', () =>
  inHouse(async ({ store, path, keep }) => {
    await store.commit(commitOf(1, [NOON - DAY, NOON]));
    keep(NO_LIMIT).seal(NOON);
    keep({ days: 0, bytes: 1, free: 0 }).retain(NOON);
    // As a sealing of a late event makes it, and as a kill leaves it: its tables come with the first transaction.
    await writeFile(join(path, '..', 'events-2026-03-13.db'), '');
    assert.deepEqual(await messages(store), ['batch 1/1']);
  }));

test('a day that a full disk had emptied under its readers is gone for them, and nothing else is', () =>
  inHouse(async ({ store, path, keep }) => {
    const many = Array.from({ length: 600 }, (_, n) => NOON - DAY + n);
    await store.commit(commitOf(1, [...many, NOON]));
    keep(NO_LIMIT).seal(NOON);
    assert.equal((await store.events({ q: 'batch', limit: 1000 })).items.length, 601);
    const day = join(path, '..', 'events-2026-03-13.db');
    await rename(day, `${day}.thrown`);
    await truncate(`${day}.thrown`);
    assert.deepEqual(await messages(store), ['batch 1/600']);
    assert.equal((await store.events({ q: 'batch', limit: 10 })).items.length, 1);
    keep(NO_LIMIT).retain(NOON);
    assert.deepEqual(await messages(store), ['batch 1/600']);
  }));

test('a day that was thrown away and begun again between two searches is read anew', () =>
  inHouse(async ({ store, keep }) => {
    await store.commit(commitOf(1, [NOON - DAY, NOON]));
    keep(NO_LIMIT).seal(NOON);
    assert.deepEqual(await messages(store), ['batch 1/0', 'batch 1/1']);
    await store.commit(commitOf(2, [NOON - DAY]));
    keep({ days: 0, bytes: 1, free: 0 }).retain(NOON);
    keep(NO_LIMIT).seal(NOON);
    assert.deepEqual(await messages(store), ['batch 1/1', 'batch 2/0']);
    const newest = await store.events({ q: '', limit: 10 });
    assert.deepEqual(
      newest.items.map(({ id }) => id),
      ['1-1', '2-0'],
    );
  }));

test('who begins anew beside the files of an old store loses none of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-anew-'));
  const path = join(folder, 'porchlight.db');
  const sealOne = async (batches: number): Promise<void> => {
    const store = await openSqliteStore(path);
    const upkeep = openUpkeep(path, { days: 90, bytes: 0, free: 0 });
    for (let batch = 1; batch <= batches; batch++) await store.commit(commitOf(batch, [NOON]));
    upkeep.retain(NOON);
    upkeep.seal(NOON);
    upkeep.retain(NOON);
    upkeep.close();
    await store.close();
  };
  try {
    await sealOne(2);
    await rename(path, join(folder, 'damaged.db'));
    // The same number of batches: only the owner's name tells the two apart.
    await sealOne(2);
    const aside = join(folder, 'events-2026-03-14.of-another-store-1.db');
    const db = new DatabaseSync(aside, { readOnly: true });
    assert.equal(db.prepare('SELECT sum(count) AS n FROM block').get()?.['n'], 2);
    db.close();
    const store = await openSqliteStore(path);
    assert.deepEqual(await messages(store), ['batch 1/0', 'batch 2/0']);
    await store.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a batch that cannot be read is put by as it is, and told of', () =>
  inHouse(async ({ store, path, keep }) => {
    for (let batch = 1; batch <= 3; batch++) await store.commit(commitOf(batch, [NOON + batch]));
    const db = new DatabaseSync(path);
    db.exec(`UPDATE batch SET events = x'0102' WHERE id = 2`);
    const upkeep = keep(NO_LIMIT);
    assert.deepEqual(upkeep.seal(NOON), { events: 2, through: 3, damaged: [2] });
    assert.deepEqual(await messages(store), ['batch 1/0', 'batch 3/0']);
    const kept = db.prepare('SELECT id, received, count, hex(events) AS events FROM damaged').all();
    assert.deepEqual(
      kept.map((row) => ({ ...row })),
      [{ id: 2, received: NOON, count: 1, events: '0102' }],
    );
    db.close();
    const { damages } = await verifyStore(path, new AbortController().signal);
    assert.deepEqual(
      damages.map(({ what }) => what),
      ['batch 2'],
    );
  }));

test('a copy made before a sealing was settled goes on as any store', () =>
  inHouse(async ({ store, path, keep }) => {
    const copy = await mkdtemp(join(tmpdir(), 'porchlight-copy-'));
    try {
      await store.commit(commitOf(1, [NOON]));
      const upkeep = keep(NO_LIMIT);
      upkeep.seal(NOON);
      await store.commit(commitOf(2, [NOON + 1]));
      const db = new DatabaseSync(path);
      db.exec(`CREATE TRIGGER stop BEFORE INSERT ON sealing BEGIN SELECT RAISE(ABORT, 'killed'); END`);
      assert.throws(() => upkeep.seal(NOON), /killed/);
      db.exec('DROP TRIGGER stop');
      db.close();
      await copyStore(path, copy, new AbortController().signal, () => undefined);
      const file = join(copy, 'porchlight.db');
      const again = await openSqliteStore(file);
      const its = openUpkeep(file, NO_LIMIT);
      assert.deepEqual(its.seal(NOON), { events: 1, through: 2, damaged: [] });
      assert.deepEqual(await messages(again), ['batch 1/0', 'batch 2/0']);
      its.close();
      await again.close();
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }));

for (const again of [false, true]) {
  const what = again ? 'and begun again by a late event ' : '';
  test(`a day that is thrown away ${what}while a copy is made is missed by it, and the copy is whole`, () =>
    inHouse(async ({ store, path, keep }) => {
      const copy = await mkdtemp(join(tmpdir(), 'porchlight-copy-'));
      try {
        await store.commit(commitOf(1, [NOON - DAY, NOON]));
        keep(NO_LIMIT).seal(NOON);
        await store.commit(commitOf(2, [NOON - DAY]));
        let meanwhile = (): void => {
          keep({ days: 0, bytes: 1, free: 0 }).retain(NOON);
          if (again) keep(NO_LIMIT).seal(NOON);
          meanwhile = () => undefined;
        };
        const { missed } = await copyStore(path, copy, new AbortController().signal, () => meanwhile());
        assert.deepEqual(missed, ['2026-03-13']);
        const file = join(copy, 'porchlight.db');
        const { damages } = await verifyStore(file, new AbortController().signal);
        assert.deepEqual(damages, []);
        const made = await openSqliteStore(file);
        assert.deepEqual(await messages(made), ['batch 1/1', 'batch 2/0']);
        await made.close();
      } finally {
        await rm(copy, { recursive: true, force: true });
      }
    }));
}

const files: readonly { readonly what: string; readonly change: string; readonly says: RegExp }[] = [
  { what: 'a newer version', change: 'PRAGMA user_version = 99', says: /written by a newer Porchlight \(format 99\)/ },
  { what: 'another program', change: 'PRAGMA application_id = 7', says: /is another program’s/ },
];
for (const { what, change, says } of files) {
  test(`a day’s file of ${what} is refused`, () =>
    inHouse(async ({ store, path, keep }) => {
      await store.commit(commitOf(1, [NOON]));
      const upkeep = keep(NO_LIMIT);
      upkeep.seal(NOON);
      const db = new DatabaseSync(join(path, '..', 'events-2026-03-14.db'));
      db.exec(change);
      db.close();
      await assert.rejects(store.events({ q: '', limit: 1 }), says);
      await store.commit(commitOf(2, [NOON]));
      assert.throws(() => upkeep.seal(NOON), says);
    }));
}

test('a block with a flipped bit is told of and passed over; the rest is found', () =>
  inHouse(async ({ store, path, keep }) => {
    const upkeep = keep(NO_LIMIT);
    for (let batch = 1; batch <= 3; batch++) {
      await store.commit(commitOf(batch, [NOON + batch]));
      upkeep.seal(NOON);
    }
    const db = new DatabaseSync(join(path, '..', 'events-2026-03-14.db'));
    const bytes = db.prepare('SELECT events FROM block WHERE id = 2').get()?.['events'];
    assert.ok(bytes instanceof Uint8Array);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    db.prepare('UPDATE block SET events = ? WHERE id = 2').run(bytes);
    db.close();
    assert.deepEqual(await messages(store), ['batch 1/0', 'batch 3/0']);
    assert.deepEqual(
      (await store.events({ q: 'batch', limit: 9 })).items.map(({ id }) => id),
      ['3-0', '1-0'],
    );
  }));

test('a search over more days than are kept open finds what is in each', () =>
  inHouse(async ({ store, path, keep }) => {
    const times = Array.from({ length: 7 }, (_, day) => NOON - day * DAY);
    await store.commit(commitOf(1, times));
    keep(NO_LIMIT).seal(NOON);
    const reader = openReader(path, { openDays: 2 });
    try {
      for (const range of [{}, { after: '0-0' as const }]) {
        const { items } = await reader.events({ q: 'batch', limit: 100, ...range });
        assert.deepEqual(
          items.map(({ event }) => event['@timestamp']),
          times,
        );
      }
    } finally {
      reader.close();
    }
  }));

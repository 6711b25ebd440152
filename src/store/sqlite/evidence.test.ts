/** Evidence while batches come, are sealed and are damaged: what a naive model keeps is what the store tells. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type AlertChange,
  type Event,
  EVIDENCE,
  type EventId,
  evidenceSlot,
  type Evidence,
  newFields,
} from '#contract';
import { alertOf } from '../alert.fixture.ts';
import { encodeBatch } from '../encoded-batch.ts';
import type { Commit, Store } from '../store.ts';
import { openSqliteStore } from './store.ts';
import { openUpkeep, type Upkeep } from './upkeep.ts';
import { verifyStore } from './verify.ts';

const NOON = Date.UTC(2026, 2, 14, 12);

const eventOf = (batch: number, ordinal: number): Event =>
  Object.assign(newFields(), {
    // Out of order, and some at the same time.
    '@timestamp': NOON + ((batch * 7 + ordinal * 3) % 11),
    'event.ingested': NOON,
    message: `event ${batch}-${ordinal}`,
    'host.name': 'nas',
  });

const evidenceOf = (slot: number, batch: number, ordinal: number): Evidence => ({
  slot,
  id: `${batch}-${ordinal}`,
  event: eventOf(batch, ordinal),
});

interface Told {
  readonly alert: number;
  readonly evidence: readonly Evidence[];
}

/** As the pipeline's thread sends it: evidence of this batch by its place, the rest with its event. */
function commitOf(batch: number, count: number, told: readonly Told[]): Commit {
  const isOwn = ({ id }: Evidence): boolean => id.startsWith(`${batch}-`);
  const held = told.flatMap(({ evidence }) => {
    const own = evidence.filter(isOwn);
    return [own.length, ...own.flatMap(({ slot, id, event }) => [slot, Number(id.split('-')[1]), event['@timestamp']])];
  });
  const alerts = told.map(({ alert, evidence }): AlertChange => ({
    alert: alertOf(alert),
    evidence: evidence.filter((one) => !isOwn(one)),
    history: [],
  }));
  const events = encodeBatch(Array.from({ length: count }, (_, ordinal) => eventOf(batch, ordinal)));
  const rest = { hits: 0, marks: [], outbox: [] };
  return { batch, received: NOON, events, alerts, held: Float64Array.from(held), ...rest };
}

interface House {
  readonly store: Store;
  readonly upkeep: Upkeep;
  readonly path: string;
  readonly reported: string[];
}

async function inHouse(use: (house: House) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-evidence-'));
  const path = join(folder, 'porchlight.db');
  const reported: string[] = [];
  const store = await openSqliteStore(path, { onDamage: ({ reason }) => void reported.push(reason) });
  const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
  try {
    await use({ store, upkeep, path, reported });
  } finally {
    upkeep.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const bySlot = ({ slot: a }: Evidence, { slot: b }: Evidence): number => a - b;

async function evidenceIn(store: Store, alert: number): Promise<Evidence[]> {
  const found = (await store.alert(String(alert)))?.evidence ?? [];
  const times = found.map(({ event }) => event['@timestamp']);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  return found.toSorted(bySlot);
}

const ALERTS = [1, 2, 3];
const step = fc.oneof(
  { weight: 1, arbitrary: fc.constant('seal' as const) },
  {
    weight: 3,
    arbitrary: fc.array(
      fc.record({
        alert: fc.constantFrom(...ALERTS),
        // Of the first ones, which stay, and of the ring behind them.
        slot: fc.integer({ min: EVIDENCE.first - 3, max: EVIDENCE.first + 4 }),
        back: fc.nat(3),
        ordinal: fc.nat(3),
      }),
      { maxLength: 8 },
    ),
  },
);

test('an alert has the latest evidence of each slot, wherever its event lies', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), (steps) =>
      inHouse(async ({ store, upkeep }) => {
        const model = new Map(ALERTS.map((alert) => [alert, new Map<number, Evidence>()]));
        let batch = 0;
        for (const one of steps) {
          if (one === 'seal') upkeep.seal(NOON);
          else {
            batch++;
            const told = new Map<number, Map<number, Evidence>>();
            for (const { alert, slot, back, ordinal } of one) {
              if (slot < EVIDENCE.first && model.get(alert)?.has(slot)) continue;
              const evidence = evidenceOf(slot, Math.max(1, batch - back), ordinal);
              told.set(alert, (told.get(alert) ?? new Map<number, Evidence>()).set(slot, evidence));
              model.get(alert)?.set(slot, evidence);
            }
            const changes = [...told].map(([alert, slots]): Told => ({ alert, evidence: [...slots.values()] }));
            await store.commit(commitOf(batch, 4, changes));
          }
          for (const alert of ALERTS) {
            const expected = [...(model.get(alert)?.values() ?? [])].toSorted(bySlot);
            assert.deepEqual(await evidenceIn(store, alert), expected);
          }
        }
      }),
    ),
    { seed: 1, numRuns: 60 },
  );
});

test('of many commits the newest tell the ring, and the oldest the first', () =>
  inHouse(async ({ store }) => {
    const seen = 400;
    for (let batch = 1; batch * 4 <= seen; batch++) {
      const evidence = [0, 1, 2, 3].map((n) => evidenceOf(evidenceSlot(batch * 4 - 4 + n), batch, n));
      await store.commit(commitOf(batch, 4, [{ alert: 1, evidence }]));
    }
    const numbers = [...Array(EVIDENCE.first).keys(), ...Array.from({ length: EVIDENCE.last }, (_, n) => seen - 1 - n)];
    const expected = numbers.map((n) => `${Math.floor(n / 4) + 1}-${n % 4}`);
    assert.deepEqual((await idsOf(store, 1)).toSorted(), expected.toSorted());
  }));

const idsOf = async (store: Store, alert: number): Promise<EventId[]> =>
  (await evidenceIn(store, alert)).map(({ id }) => id);

test('a damaged batch takes its own evidence with it and no other, and the sealing goes on', () =>
  inHouse(async ({ store, upkeep, path, reported }) => {
    await store.commit(commitOf(1, 4, [{ alert: 1, evidence: [evidenceOf(20, 1, 0), evidenceOf(21, 1, 1)] }]));
    await store.commit(commitOf(2, 4, [{ alert: 1, evidence: [evidenceOf(21, 2, 0), evidenceOf(22, 2, 1)] }]));
    await store.commit(commitOf(3, 4, [{ alert: 1, evidence: [evidenceOf(23, 3, 3)] }]));
    const db = new DatabaseSync(path);
    db.exec(`UPDATE batch SET events = x'0101' WHERE id = 2`);
    db.close();
    assert.deepEqual(await idsOf(store, 1), ['1-0', '3-3']);
    assert.match(reported.join('\n'), /evidence of alert 1: .*shorter than its header/);
    assert.deepEqual(upkeep.seal(NOON), { events: 8, through: 3, damaged: [2] });
    // What was there before comes back: better than nothing, and it is the alert's own.
    assert.deepEqual(await idsOf(store, 1), ['1-0', '1-1', '3-3']);
  }));

test('copies that are damaged are reported, and newer ones are kept all the same', () =>
  inHouse(async ({ store, upkeep, path, reported }) => {
    await store.commit(commitOf(1, 4, [{ alert: 1, evidence: [evidenceOf(0, 1, 0)] }]));
    upkeep.seal(NOON);
    const db = new DatabaseSync(path);
    db.exec(`UPDATE evidence_kept SET events = x'01' WHERE alert = 1`);
    db.close();
    await store.commit(commitOf(2, 4, [{ alert: 1, evidence: [evidenceOf(1, 2, 2)] }]));
    assert.deepEqual(await idsOf(store, 1), ['2-2']);
    assert.match(reported.join('\n'), /evidence of alert 1/);
    upkeep.seal(NOON);
    assert.deepEqual(await idsOf(store, 1), ['2-2']);
  }));

/** Sealed, beside that of an alert that stays whole, and not sealed yet. */
for (const { what, change, says } of [
  { what: 'nothing', change: 'SELECT 1', says: [] },
  { what: 'kept copies', change: `UPDATE evidence_kept SET events = x'01'`, says: [/^evidence of alert 1: /] },
  {
    what: 'one bit of kept copies',
    change: `UPDATE evidence_kept SET events = (SELECT flipped(events) FROM evidence_kept WHERE alert = 1)`,
    says: [/^evidence of alert 1: /],
  },
  {
    what: 'kept places',
    change: `UPDATE evidence_kept SET places = '[0,1,0,5'`,
    says: [/^evidence of alert 1: .*JSON/],
  },
  {
    what: 'a kept place too few',
    change: `UPDATE evidence_kept SET places = '[0,1,0,5]'`,
    says: [/2 copies are there of 1/],
  },
  {
    what: 'a kept place too many',
    change: `UPDATE evidence_kept SET places = '[0,1,0,5,1,1,1,5,2,1,1,5]'`,
    says: [/2 copies are there of 3/],
  },
  { what: 'hot copies', change: `UPDATE evidence_hot SET events = x'01'`, says: [/^evidence of alert 3: /] },
] as const) {
  test(`looking for damage in evidence: ${what}`, () =>
    inHouse(async ({ store, upkeep, path }) => {
      const two = [evidenceOf(0, 1, 0), evidenceOf(1, 1, 1)];
      await store.commit(
        commitOf(
          1,
          4,
          [1, 2].map((alert) => ({ alert, evidence: two })),
        ),
      );
      upkeep.seal(NOON);
      await store.commit(commitOf(2, 4, [{ alert: 3, evidence: [evidenceOf(0, 1, 2), evidenceOf(1, 2, 2)] }]));
      const db = new DatabaseSync(path);
      db.function('flipped', (bytes) => {
        assert.ok(bytes instanceof Uint8Array);
        const flipped = Uint8Array.from(bytes);
        flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
        return flipped;
      });
      db.exec(change.startsWith('UPDATE evidence_kept') ? `${change} WHERE alert = 1` : change);
      db.close();
      const { damages } = await verifyStore(path, new AbortController().signal);
      assert.equal(damages.length, says.length);
      for (const [at, pattern] of says.entries()) assert.match(`${damages[at]?.what}: ${damages[at]?.reason}`, pattern);
    }));
}

test('evidence that an earlier release wrote lies under what came later', () =>
  inHouse(async ({ store, upkeep, path }) => {
    await store.commit(commitOf(1, 4, [{ alert: 1, evidence: [] }]));
    const db = new DatabaseSync(path);
    const old = db.prepare('INSERT INTO evidence (alert, slot, batch, ordinal, time, event) VALUES (1, ?, 1, ?, ?, ?)');
    for (const n of [0, 1, 2]) old.run(n, n, eventOf(1, n)['@timestamp'], JSON.stringify(eventOf(1, n)));
    db.close();
    await store.commit(commitOf(2, 4, [{ alert: 1, evidence: [evidenceOf(1, 2, 3)] }]));
    const expected = [evidenceOf(0, 1, 0), evidenceOf(1, 2, 3), evidenceOf(2, 1, 2)];
    assert.deepEqual(await evidenceIn(store, 1), expected);
    upkeep.seal(NOON);
    assert.deepEqual(await evidenceIn(store, 1), expected);
  }));

test('a place that points at no event, and an older copy that is no JSON, are reported and hold nothing up', () =>
  inHouse(async ({ store, upkeep, path, reported }) => {
    await store.commit(commitOf(1, 4, [{ alert: 1, evidence: [evidenceOf(20, 1, 0), evidenceOf(21, 1, 3)] }]));
    const db = new DatabaseSync(path);
    db.exec(`UPDATE evidence_hot SET places = '[20,1,0,1,21,1,7,1]';
      INSERT INTO evidence (alert, slot, batch, ordinal, time, event) VALUES (1, 0, 1, 0, 0, '{"message')`);
    db.close();
    assert.deepEqual(await idsOf(store, 1), ['1-0']);
    assert.match(reported.join('\n'), /evidence of alert 1: .*no event 7/);
    assert.match(reported.join('\n'), /evidence of alert 1: .*JSON/);
    assert.equal((await store.alerts({ q: '', limit: 10 })).items.length, 1);
    assert.deepEqual(upkeep.seal(NOON), { events: 4, through: 1, damaged: [] });
    assert.deepEqual(await idsOf(store, 1), ['1-0']);
  }));

test('places without a copy, in a row of copies, shift no other', () =>
  inHouse(async ({ store, upkeep, path }) => {
    await store.commit(commitOf(1, 4, [{ alert: 1, evidence: [evidenceOf(20, 1, 0), evidenceOf(21, 1, 1)] }]));
    upkeep.seal(NOON);
    const db = new DatabaseSync(path);
    const places = [evidenceOf(20, 1, 0), evidenceOf(21, 1, 1), evidenceOf(22, 1, 2)].flatMap(({ slot, id, event }) => [
      slot,
      1,
      Number(id.split('-')[1]),
      event['@timestamp'],
    ]);
    // The last one has no copy.
    db.exec(`UPDATE evidence_kept SET places = '${JSON.stringify(places)}'`);
    db.close();
    await store.commit(commitOf(2, 4, [{ alert: 1, evidence: [evidenceOf(23, 2, 3)] }]));
    upkeep.seal(NOON);
    const found = await evidenceIn(store, 1);
    assert.deepEqual(
      found.map(({ id, event }) => [id, event['message']]),
      ['1-0', '1-1', '2-3'].map((id) => [id, `event ${id}`]),
    );
  }));

test('evidence that is damaged is found when everything is read', () =>
  inHouse(async ({ store, upkeep, path }) => {
    await store.commit(commitOf(1, 4, [{ alert: 1, evidence: [evidenceOf(0, 1, 0)] }]));
    await store.commit(commitOf(2, 4, [{ alert: 2, evidence: [evidenceOf(0, 2, 1), evidenceOf(1, 1, 1)] }]));
    upkeep.seal(NOON);
    await store.commit(commitOf(3, 4, [{ alert: 3, evidence: [evidenceOf(0, 3, 1), evidenceOf(1, 1, 1)] }]));
    const damages = async (): Promise<string[]> =>
      (await verifyStore(path, new AbortController().signal)).damages.map(({ what, reason }) => `${what}: ${reason}`);
    assert.deepEqual(await damages(), []);
    const db = new DatabaseSync(path);
    const flip = (table: string, alert: number): void => {
      const row = db.prepare(`SELECT events FROM ${table} WHERE alert = ?`).get(alert);
      const bytes = Uint8Array.from(row?.['events'] as Uint8Array);
      bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 4;
      db.prepare(`UPDATE ${table} SET events = ? WHERE alert = ?`).run(bytes, alert);
    };
    flip('evidence_kept', 2);
    flip('evidence_hot', 3);
    db.exec(`UPDATE evidence_kept SET places = '[0,1,9' WHERE alert = 1;
      INSERT INTO evidence_hot (alert, batch, places) VALUES (4, 3, '[0,3,9,1]'), (5, 3, '[0,7,0,1]');
      INSERT INTO evidence (alert, slot, batch, ordinal, time, event) VALUES (6, 0, 1, 0, 0, '{"message')`);
    db.close();
    const found = await damages();
    assert.deepEqual(
      found.map((text) => text.replace(/:.*/s, '')),
      [6, 1, 2, 3, 4, 5].map((alert) => `evidence of alert ${alert}`),
      found.join('\n'),
    );
  }));

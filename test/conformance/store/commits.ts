import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBatch } from '#store';
import { allPages, type OpenStore, withStore } from './harness.ts';
import { alertOf, changeOf, commitOf, eventAt, messageOf, NOON } from './make.ts';

export function commitConformance(name: string, open: OpenStore): void {
  test(`${name}: a new store is empty`, () =>
    withStore(open, async ({ store }) => {
      const empty = { lastBatch: 0, lastReceived: 0, eventCount: 0, marks: [], alerts: [], lastAlertId: 0 };
      assert.deepEqual(await store.recover(), empty);
      assert.deepEqual(await store.events({ q: '', limit: 10 }), { items: [], next: null });
      assert.deepEqual(await store.outbox(Number.MAX_SAFE_INTEGER, 10), []);
      assert.equal(await store.alert('1'), undefined);
    }));

  test(`${name}: everything of a commit is there after a restart`, () =>
    withStore(open, async ({ store, reopen }) => {
      const mark = { key: 'file:1:2', mark: 512, detail: '{"path":"/var/log/auth.log"}' };
      const alert = alertOf(7);
      const events = [eventAt(NOON, { message: 'one' }), eventAt(NOON + 1, { message: 'two' })];
      const rest = { marks: [mark], alerts: [changeOf(alert)], outbox: [messageOf('7')], hits: 2 };
      await store.commit(commitOf(1, events, rest));
      const brief = { key: 'post:local:k', mark: 1, detail: '1' };
      await store.commit(commitOf(2, [eventAt(NOON)], { marks: [{ ...mark, mark: 700 }, brief] }));
      await store.commit(commitOf(3, [], { forgotten: [brief.key] }));
      const again = await reopen();
      assert.deepEqual(await again.recover(), {
        lastBatch: 3,
        lastReceived: NOON + 3,
        eventCount: 3,
        marks: [{ ...mark, mark: 700 }],
        alerts: [alert],
        lastAlertId: 7,
      });
      assert.deepEqual(
        (await again.outbox(NOON, 10)).map((message) => message.alertId),
        ['7'],
      );
      assert.equal((await again.events({ q: '', limit: 10 })).items.length, 3);
    }));

  test(`${name}: recovery gives back unfinished alerts and the highest number ever`, () =>
    withStore(open, async ({ store }) => {
      const alerts = [alertOf(1), alertOf(2, { status: 'acknowledged' }), alertOf(3, { status: 'closed' })];
      await store.commit(commitOf(1, [], { alerts: alerts.map((alert) => changeOf(alert)) }));
      const { alerts: unfinished, lastAlertId } = await store.recover();
      assert.deepEqual(
        unfinished.map(({ id }) => id),
        ['1', '2'],
      );
      assert.equal(lastAlertId, 3);
    }));

  const refused = [
    { why: 'a batch twice', batch: 1, rest: {} },
    { why: 'a gap', batch: 3, rest: {} },
    { why: 'an alert that has no number', batch: 2, rest: { alerts: [changeOf({ ...alertOf(5), id: 'five' })] } },
    {
      why: 'evidence that has no place',
      batch: 2,
      rest: { alerts: [changeOf(alertOf(5), [{ slot: 0, id: 'x-y' as '1-1', event: eventAt(NOON) }])] },
    },
  ];
  for (const { why, batch, rest } of refused) {
    test(`${name}: ${why} is refused and leaves nothing`, () =>
      withStore(open, async ({ store }) => {
        await store.commit(commitOf(1, [eventAt(NOON)]));
        const before = await store.recover();
        const parts = { marks: [{ key: 'k', mark: 1, detail: '' }], outbox: [messageOf('5')], ...rest };
        const commit = commitOf(batch, [eventAt(NOON, { message: 'half' })], parts);
        await assert.rejects(store.commit(commit));
        assert.deepEqual(await store.recover(), before);
        assert.deepEqual((await store.events({ q: 'half', limit: 10 })).items, []);
        assert.deepEqual(await store.outbox(NOON, 10), []);
        assert.equal(await store.alert('5'), undefined);
        await store.commit(commitOf(2, [eventAt(NOON)]));
        assert.equal((await store.recover()).lastBatch, 2);
      }));
  }

  test(`${name}: batches with correlation hits come back newest first, as they were`, () =>
    withStore(open, async ({ store }) => {
      for (let batch = 1; batch <= 6; batch++) {
        await store.commit(commitOf(batch, [eventAt(NOON + batch, { 'user.name': `u${batch}` })], { hits: batch % 2 }));
      }
      const found = await store.correlatedBatches(6, 2);
      assert.deepEqual(
        found.map(({ batch, received }) => [batch, received]),
        [
          [5, NOON + 5],
          [3, NOON + 3],
        ],
      );
      const [first] = found;
      assert.ok(first !== undefined);
      assert.equal(first.events.count, 1);
      assert.equal(first.events.minTime, NOON + 5);
      assert.deepEqual(decodeBatch(first.events.bytes), [eventAt(NOON + 5, { 'user.name': 'u5' })]);
      assert.deepEqual(
        (await store.correlatedBatches(3, 9)).map(({ batch }) => batch),
        [1],
      );
    }));

  test(`${name}: hostile names and values come back as they went in`, () =>
    withStore(open, async ({ store, reopen }) => {
      const hostile = eventAt(NOON, { constructor: 'a', prototype: 'b', 'a"b\\c': 'NUL \u0000 BEL \u0007 \u2028 ' });
      Object.defineProperty(hostile, '__proto__', {
        value: 'polluted',
        enumerable: true,
        configurable: true,
        writable: true,
      });
      const lone = eventAt(NOON, { message: 'lone \ud800 surrogate', größe: ['\u202e', null, 1.5e300, false] });
      const wide = eventAt(NOON, Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`field${at}`, at])));
      const long = eventAt(NOON, { message: 'é'.repeat(10_000) });
      const events = [hostile, lone, wide, long];
      await store.commit(commitOf(1, events));
      const found = await allPages(await reopen(), { q: '', limit: 3, after: '0-0' });
      assert.deepEqual(
        found.map(({ event }) => event),
        events,
      );
      assert.equal(Reflect.get({}, 'polluted'), undefined);
    }));
}

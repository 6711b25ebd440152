import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Alert, EVIDENCE, type Evidence, evidenceSlot, type HistoryEntry } from '#contract';
import type { AlertQuery, Store } from '#store';
import { type OpenStore, withStore } from './harness.ts';
import { alertOf, changeOf, commitOf, eventAt, messageOf, NOON } from './make.ts';

const evidenceOf = (n: number): Evidence => ({
  slot: evidenceSlot(n),
  id: `1-${n}`,
  event: eventAt(NOON + n, { message: `line ${n}` }),
});

async function idsOf(store: Store, query: Partial<AlertQuery>): Promise<string[]> {
  return (await store.alerts({ q: '', limit: 100, ...query })).items.map(({ alert }) => alert.id);
}

export function alertConformance(name: string, open: OpenStore): void {
  test(`${name}: a change twice is a change once`, () =>
    withStore(open, async ({ store }) => {
      const opened: HistoryEntry = { at: NOON, by: 'porchlight', action: 'opened', note: '' };
      const change = changeOf(alertOf(1, { count: 5, evidence_count: 2 }), [evidenceOf(0), evidenceOf(1)], [opened]);
      await store.commit(commitOf(1, [], { alerts: [change] }));
      const once = await store.alert('1');
      await store.commit(commitOf(2, [], { alerts: [change, change] }));
      assert.deepEqual(await store.alert('1'), once);
      assert.deepEqual(once, { alert: change.alert, evidence: change.evidence, history: [opened] });
    }));

  test(`${name}: a change replaces the alert and adds to its history`, () =>
    withStore(open, async ({ store }) => {
      const opened: HistoryEntry = { at: NOON, by: 'porchlight', action: 'opened', note: '' };
      const closed: HistoryEntry = { at: NOON + 9, by: 'ada', action: 'closed', note: 'my own \u0000 scanner' };
      await store.commit(commitOf(1, [], { alerts: [changeOf(alertOf(1), [], [opened])] }));
      const after = alertOf(1, { status: 'closed', level: 'critical', entity: 'a\u0000b \ud800', count: 12 });
      await store.commit(commitOf(2, [], { alerts: [changeOf(after, [], [closed])] }));
      assert.deepEqual(await store.alert('1'), { alert: after, evidence: [], history: [opened, closed] });
      assert.deepEqual(await idsOf(store, { status: 'open' }), []);
    }));

  test(`${name}: evidence keeps the first and the last, in time order; a list shows 3 and 7`, () =>
    withStore(open, async ({ store }) => {
      const seen = 73;
      const evidence = Array.from({ length: seen }, (_, n) => evidenceOf(n));
      const alert = alertOf(1, { count: seen, evidence_count: seen });
      await store.commit(commitOf(1, [], { alerts: [changeOf(alert, evidence.slice(0, 40))] }));
      await store.commit(commitOf(2, [], { alerts: [changeOf(alert, evidence.slice(40))] }));
      const kept = [...evidence.slice(0, EVIDENCE.first), ...evidence.slice(-EVIDENCE.last)];
      assert.deepEqual((await store.alert('1'))?.evidence, kept);
      const listed = (await store.alerts({ q: '', limit: 1 })).items[0]?.evidence;
      assert.deepEqual(listed, [...kept.slice(0, 3), ...kept.slice(-7)]);
    }));

  const some: readonly Alert[] = [
    alertOf(1, { level: 'low', kind: 'Scans', entity: '198.51.100.1', title: 'Port scan' }),
    alertOf(2, { level: 'critical', status: 'acknowledged', host: 'router' }),
    alertOf(3, { level: 'medium', status: 'closed', sentence: 'Ärger auf dem Gerät.' }),
    alertOf(4, { level: 'high' }),
    alertOf(5, { level: 'informational', kind: 'Scans', last_seen: NOON - 1 }),
  ];
  const lists: readonly { readonly query: Partial<AlertQuery>; readonly ids: string }[] = [
    { query: {}, ids: '4 3 2 1 5' },
    { query: { status: 'open' }, ids: '4 1 5' },
    { query: { level: 'medium' }, ids: '4 3 2' },
    { query: { level: 'critical' }, ids: '2' },
    { query: { kind: 'Scans' }, ids: '1 5' },
    { query: { q: 'ROUTER' }, ids: '2' },
    { query: { q: 'ärger gerät' }, ids: '3' },
    { query: { q: 'scan 198.51' }, ids: '1' },
    { query: { q: "100% ' _ \u0000" }, ids: '' },
    { query: { q: 'guess', status: 'open', level: 'high' }, ids: '4' },
  ];
  test(`${name}: lists of alerts, newest first`, () =>
    withStore(open, async ({ store }) => {
      await store.commit(commitOf(1, [], { alerts: some.map((alert) => changeOf(alert)) }));
      for (const { query, ids } of lists) {
        assert.equal((await idsOf(store, query)).join(' '), ids, JSON.stringify(query));
      }
    }));

  test(`${name}: pages of alerts hold each once, ties included`, () =>
    withStore(open, async ({ store }) => {
      const alerts = Array.from({ length: 23 }, (_, at) => alertOf(at + 1, { last_seen: NOON + (at % 3) + 0.5 }));
      await store.commit(commitOf(1, [], { alerts: alerts.map((alert) => changeOf(alert)) }));
      const walked: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await store.alerts({ q: '', limit: 4, cursor });
        walked.push(...page.items.map(({ alert }) => alert.id));
        if (page.next === null) break;
        cursor = page.next;
      }
      const expected = alerts.toSorted((a, b) => b.last_seen - a.last_seen || Number(b.id) - Number(a.id));
      assert.deepEqual(
        walked,
        expected.map(({ id }) => id),
      );
      await assert.rejects(store.alerts({ q: '', limit: 4, cursor: 'elsewhere' }), { code: 'BAD_REQUEST' });
    }));

  test(`${name}: the summary`, () =>
    withStore(open, async ({ store }) => {
      await store.commit(commitOf(1, [], { alerts: some.map((alert) => changeOf({ ...alert, count: 10 })) }));
      const { worst, ...counts } = await store.summary(NOON);
      assert.deepEqual(counts, {
        levels: { informational: 1, low: 1, medium: 0, high: 1, critical: 0 },
        statuses: { open: 3, acknowledged: 1, closed: 1 },
        kinds: [
          { kind: 'Password guessing', count: 3 },
          { kind: 'Scans', count: 1 },
        ],
        folded: 40,
      });
      assert.equal(worst?.alert.id, '4');
    }));

  test(`${name}: messages wait until they are due and leave when delivered`, () =>
    withStore(open, async ({ store, reopen }) => {
      const outbox = ['1', '2', '3'].map((id) => messageOf(id, { text: `t\u0000${id}` }));
      await store.commit(commitOf(1, [], { outbox }));
      const [first, second] = await store.outbox(NOON, 2);
      assert.ok(first !== undefined && second !== undefined);
      const fresh = { id: first.id, attempts: 0, nextAttempt: 0, queued: NOON + 1, reason: '' };
      assert.deepEqual(first, { ...messageOf('1', { text: 't\u00001' }), ...fresh });
      await store.delivered(first.id);
      await store.postponed(second.id, NOON + 60_000, 'no route to host');
      const again = await reopen();
      assert.deepEqual(
        (await again.outbox(NOON, 9)).map(({ alertId }) => alertId),
        ['3'],
      );
      const later = await again.outbox(NOON + 60_000, 9);
      assert.deepEqual(
        later.map(({ alertId, attempts, reason }) => [alertId, attempts, reason]),
        [
          ['2', 1, 'no route to host'],
          ['3', 0, ''],
        ],
      );
    }));

  test(`${name}: each channel is a queue of its own`, () =>
    withStore(open, async ({ store }) => {
      const outbox = ['1', '2', '3', '4'].map((id) =>
        messageOf(id, { channel: Number(id) % 2 === 0 ? 'even' : 'odd' }),
      );
      await store.commit(commitOf(1, [], { outbox }));
      const of = async (limit: number, channel?: string): Promise<string[]> =>
        (await store.outbox(NOON, limit, channel)).map(({ alertId }) => alertId);
      assert.deepEqual(await of(9, 'even'), ['2', '4']);
      assert.deepEqual(await of(1, 'odd'), ['1']);
      assert.deepEqual(await of(9, 'none'), []);
      assert.deepEqual(await of(9), ['1', '2', '3', '4']);
    }));
}

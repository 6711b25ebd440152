/** Health of machines: in one transaction with the rest of the batch; the last look whole, the series thin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScoredSnapshot } from '#contract';
import { type OpenStore, withStore } from './harness.ts';
import { commitOf, NOON } from './make.ts';

function look(host: string, at: number, score: number): ScoredSnapshot {
  return {
    snapshot: {
      host,
      at,
      span: 10_000,
      cpus: 4,
      uptime: 1000,
      load: [score / 100, 0, 0],
      cpu: null,
      memory: { total: 1000, used: 613 },
      swap: null,
      disks: [],
      processes: [],
      connections: host === 'mac' ? null : { established: 144, peers: [] },
      listeners: [],
      network: null,
      logins: [],
    },
    auth: { lines: 0, failed: 0, failedBy: [], sudo: 0 },
    score: { score, band: 'normal', ledger: [], entries: [] },
  };
}

export function snapshotConformance(name: string, open: OpenStore): void {
  test(`${name}: the last look at each machine is kept whole, a late one does not replace it`, () =>
    withStore(open, async ({ store, reopen }) => {
      await store.commit(commitOf(1, [], { snapshots: [look('nas', NOON, 90), look('mac', NOON, 80)] }));
      await store.commit(commitOf(2, [], { snapshots: [look('nas', NOON - 5000, 10)] }));
      const again = await reopen();
      assert.deepEqual(await again.snapshots(), [look('mac', NOON, 80), look('nas', NOON, 90)]);
    }));

  test(`${name}: the series is oldest first, the newest so many of the time asked for`, () =>
    withStore(open, async ({ store }) => {
      const looks = [0, 1, 2, 3, 4].map((n) => look('nas', NOON + n * 10_000, 90 + n));
      await store.commit(commitOf(1, [], { snapshots: [...looks, look('mac', NOON, 50)] }));
      const scores = async (from?: number, to?: number) =>
        (await store.metrics({ host: 'nas', from, to, limit: 3 })).map((point) => point.score);
      assert.deepEqual(await scores(), [92, 93, 94]);
      assert.deepEqual(await scores(NOON + 10_000, NOON + 30_000), [91, 92]);
      assert.deepEqual(await store.metrics({ host: 'mac', limit: 1 }), [
        { at: NOON, score: 50, load: 0.5, cpus: 4, memory_pct: 61.3, connections: null },
      ]);
    }));

  test(`${name}: the score of a moment is the last one before it, not too long before`, () =>
    withStore(open, async ({ store }) => {
      await store.commit(commitOf(1, [], { snapshots: [look('nas', NOON, 90), look('nas', NOON + 10_000, 80)] }));
      assert.equal(await store.scoreAt('nas', NOON + 9_999, 60_000), 90);
      assert.equal(await store.scoreAt('nas', NOON + 10_000, 60_000), 80);
      assert.equal(await store.scoreAt('nas', NOON + 80_000, 60_000), undefined);
      assert.equal(await store.scoreAt('mac', NOON, 60_000), undefined);
    }));

  test(`${name}: a refused batch leaves no look behind`, () =>
    withStore(open, async ({ store }) => {
      await assert.rejects(store.commit(commitOf(7, [], { snapshots: [look('nas', NOON, 90)] })));
      assert.deepEqual(await store.snapshots(), []);
      assert.deepEqual(await store.metrics({ host: 'nas', limit: 10 }), []);
    }));
}

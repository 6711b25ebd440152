/** Agents: who may send, changed by transactions of its own; the account of what they sent, in one transaction with the batch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentReport } from '#contract';
import type { AgentCommit, AgentEntry, AgentKey, Store } from '#store';
import { type OpenStore, withStore } from './harness.ts';
import { commitOf, NOON } from './make.ts';

const keyOf = (id: string, lastUsed: number | null = null): AgentKey => ({
  id,
  digest: id.repeat(8),
  created: NOON,
  lastUsed,
});

const entryOf = (name: string, rest: Partial<AgentEntry> = {}): AgentEntry => ({
  name,
  added: NOON,
  revoked: false,
  rotating: false,
  invitation: null,
  keys: [],
  ...rest,
});

const batchOf = (agent: string, rest: Partial<AgentCommit> = {}): AgentCommit => ({
  agent,
  epoch: 'e1',
  key: 'k1',
  sources: [],
  gaps: [],
  ...rest,
});

const report: AgentReport = {
  version: '1.0.0',
  platform: 'linux',
  host: 'nas.lan',
  started: NOON,
  always_on: true,
  spool: { records: 3, bytes: 300, oldest: NOON, quarantined: 0, parked: 0 },
  sources: [],
};

async function commits(store: Store, ...agents: readonly AgentCommit[]): Promise<void> {
  for (const [i, agent] of agents.entries()) await store.commit(commitOf(i + 1, [], { agents: [agent] }));
}

export function agentConformance(name: string, open: OpenStore): void {
  test(`${name}: an agent's entry is kept as it is and replaced whole`, () =>
    withStore(open, async ({ store, reopen }) => {
      const invited = entryOf('nas', { invitation: { digest: 'abc', expires: NOON + 1 } });
      await store.saveAgent(invited);
      await store.saveAgent(entryOf('mac', { keys: [keyOf('m1'), keyOf('m2')], rotating: true }));
      await store.saveAgent(entryOf('mac', { keys: [keyOf('m2'), keyOf('m3')], revoked: true }));
      const again = await reopen();
      assert.deepEqual(await again.agents(), [
        entryOf('mac', { keys: [keyOf('m2'), keyOf('m3')], revoked: true }),
        invited,
      ]);
    }));

  test(`${name}: an invitation is good for one key, and takes the place of all before`, () =>
    withStore(open, async ({ store }) => {
      const before = {
        invitation: { digest: 'abc', expires: NOON },
        keys: [keyOf('old')],
        revoked: true,
        rotating: true,
      };
      await store.saveAgent(entryOf('nas', before));
      assert.equal(await store.redeemInvitation('nas', 'xyz', keyOf('k0')), false);
      assert.equal(await store.redeemInvitation('mac', 'abc', keyOf('k0')), false);
      assert.deepEqual(await store.agents(), [entryOf('nas', before)]);
      const both = await Promise.all([
        store.redeemInvitation('nas', 'abc', keyOf('k1')),
        store.redeemInvitation('nas', 'abc', keyOf('k2')),
      ]);
      assert.deepEqual(both, [true, false]);
      assert.deepEqual(await store.agents(), [entryOf('nas', { keys: [keyOf('k1')] })]);
    }));

  test(`${name}: a commit says when a key was last used, and a later entry does not take that back`, () =>
    withStore(open, async ({ store }) => {
      await store.saveAgent(entryOf('nas', { keys: [keyOf('k1'), keyOf('k2')] }));
      await commits(store, batchOf('nas'));
      const used = [keyOf('k1', NOON + 1), keyOf('k2')];
      assert.deepEqual((await store.agents())[0]?.keys, used);
      await store.saveAgent(entryOf('nas', { keys: [keyOf('k1'), keyOf('k2')], rotating: true }));
      assert.deepEqual((await store.agents())[0]?.keys, used);
    }));

  test(`${name}: what is stored is summed by source, what is lost by range`, () =>
    withStore(open, async ({ store, reopen }) => {
      const gap = { epoch: 'e1', from: 5, to: 9, reason: 'damaged', at: NOON };
      await commits(
        store,
        batchOf('nas', { sources: [{ source: 'journald', stored: 2, dropped: { blank: 1 } }], skew: -40, report }),
        batchOf('nas', { sources: [{ source: 'journald', stored: 3, dropped: { blank: 2, older: 1 } }], gaps: [gap] }),
        batchOf('mac', { sources: [{ source: 'journald', stored: 7, dropped: {} }] }),
      );
      const again = await reopen();
      const { epoch: _, ...range } = gap;
      assert.deepEqual(await again.ledgers(), [
        {
          agent: 'mac',
          epoch: 'e1',
          seen: NOON + 3,
          skew: null,
          report: undefined,
          sources: [{ source: 'journald', stored: 7, dropped: {} }],
          lost: 0,
          gaps: [],
        },
        {
          agent: 'nas',
          epoch: 'e1',
          seen: NOON + 2,
          skew: -40,
          report,
          sources: [{ source: 'journald', stored: 5, dropped: { blank: 3, older: 1 } }],
          lost: 4,
          gaps: [range],
        },
      ]);
    }));

  test(`${name}: a new spool begins a new account; gaps of the old one stay`, () =>
    withStore(open, async ({ store }) => {
      const sources = [{ source: 'a', stored: 1, dropped: {} }];
      await commits(
        store,
        batchOf('nas', { sources }),
        batchOf('nas', { epoch: 'e2', gaps: [{ epoch: 'e1', from: 1, to: 4, reason: 'missing', at: NOON }] }),
      );
      const [ledger] = await store.ledgers();
      assert.deepEqual([ledger?.epoch, ledger?.sources, ledger?.lost], ['e2', [], 0]);
      assert.deepEqual(ledger?.gaps, [{ from: 1, to: 4, reason: 'missing', at: NOON }]);
    }));

  test(`${name}: an agent that names ever new spools, sources and gaps fills nothing`, () =>
    withStore(open, async ({ store }) => {
      const sources = Array.from({ length: 600 }, (_, i) => ({ source: `s${i}`, stored: 1, dropped: { blank: 1 } }));
      const gaps = Array.from({ length: 300 }, (_, i) => ({
        epoch: 'e1',
        from: i,
        to: i + 1,
        reason: 'damaged',
        at: i,
      }));
      const more = Array.from({ length: 20 }, (_, i) => batchOf('nas', { epoch: `x${i}` }));
      await commits(store, batchOf('nas', { sources, gaps }));
      const [ledger] = await store.ledgers();
      assert.equal(ledger?.sources.length, 513);
      assert.deepEqual(ledger?.sources[0], { source: '(others)', stored: 88, dropped: { blank: 88 } });
      assert.equal(ledger?.lost, 300);
      assert.deepEqual([ledger?.gaps.length, ledger?.gaps.at(-1)?.from], [200, 299]);
      for (const [i, one] of more.entries()) await store.commit(commitOf(i + 2, [], { agents: [one] }));
      // The first spool was forgotten long ago: it would begin anew.
      await store.commit(commitOf(22, [], { agents: [batchOf('nas')] }));
      assert.deepEqual((await store.ledgers())[0]?.sources, []);
    }));

  test(`${name}: a number that no machine counts to does not break the account`, () =>
    withStore(open, async ({ store }) => {
      const gap = { epoch: 'e1', from: 0, to: Number.MAX_SAFE_INTEGER, reason: 'damaged', at: NOON };
      await commits(store, batchOf('nas', { gaps: [gap] }), batchOf('nas', { gaps: [gap] }));
      assert.equal((await store.ledgers())[0]?.lost, Number.MAX_SAFE_INTEGER);
    }));

  test(`${name}: a refused batch leaves no account behind, a removed agent neither`, () =>
    withStore(open, async ({ store }) => {
      await assert.rejects(store.commit(commitOf(7, [], { agents: [batchOf('nas', { report })] })));
      assert.deepEqual(await store.ledgers(), []);
      await store.saveAgent(entryOf('nas', { keys: [keyOf('k1')] }));
      await commits(store, batchOf('nas', { sources: [{ source: 'a', stored: 1, dropped: {} }], report }));
      await store.removeAgent('nas');
      assert.deepEqual([await store.agents(), await store.ledgers()], [[], []]);
      await store.saveAgent(entryOf('nas'));
      assert.deepEqual((await store.agents())[0]?.keys, []);
    }));
}

/** The store thread: serves one Store. `workerData.path` is its commit point. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteStore, type Store } from '#store';
import { unpackEvidence } from './evidence-text.ts';
import { giveBackWhenQuiet } from './give-back.ts';
import { type Port, serve } from './rpc.ts';

const { path } = workerData as { readonly path: string };
const opening = openSqliteStore(path);
// The first call reports a failed opening to whoever waits for it; without this it would also end the thread.
opening.catch(() => undefined);

const method =
  <A extends readonly unknown[]>(call: (store: Store, args: A) => Promise<unknown>) =>
  async (args: readonly unknown[]): Promise<unknown> =>
    call(await opening, args as A);

giveBackWhenQuiet();
serve(parentPort as Port, {
  opened: method(async () => undefined),
  recover: method((store) => store.recover()),
  correlatedBatches: method<Parameters<Store['correlatedBatches']>>((store, args) => store.correlatedBatches(...args)),
  events: method<Parameters<Store['events']>>((store, args) => store.events(...args)),
  commit: method<Parameters<Store['commit']>>((store, [commit]) => store.commit(unpackEvidence(commit))),
  searches: method((store) => store.searches()),
  saveSearch: method<Parameters<Store['saveSearch']>>((store, args) => store.saveSearch(...args)),
  removeSearch: method<Parameters<Store['removeSearch']>>((store, args) => store.removeSearch(...args)),
  alerts: method<Parameters<Store['alerts']>>((store, args) => store.alerts(...args)),
  alert: method<Parameters<Store['alert']>>((store, args) => store.alert(...args)),
  summary: method<Parameters<Store['summary']>>((store, args) => store.summary(...args)),
  outbox: method<Parameters<Store['outbox']>>((store, args) => store.outbox(...args)),
  delivered: method<Parameters<Store['delivered']>>((store, args) => store.delivered(...args)),
  postponed: method<Parameters<Store['postponed']>>((store, args) => store.postponed(...args)),
  snapshots: method((store) => store.snapshots()),
  metrics: method<Parameters<Store['metrics']>>((store, args) => store.metrics(...args)),
  scoreAt: method<Parameters<Store['scoreAt']>>((store, args) => store.scoreAt(...args)),
  agents: method((store) => store.agents()),
  saveAgent: method<Parameters<Store['saveAgent']>>((store, args) => store.saveAgent(...args)),
  redeemInvitation: method<Parameters<Store['redeemInvitation']>>((store, args) => store.redeemInvitation(...args)),
  removeAgent: method<Parameters<Store['removeAgent']>>((store, args) => store.removeAgent(...args)),
  ledgers: method((store) => store.ledgers()),
  close: method((store) => store.close()),
});

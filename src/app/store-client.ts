/** The Store as the main thread sees it: the same interface, every call a message to the store thread. */
import type { Store } from '#store';
import type { ReaderThread } from './reader-thread.ts';
import type { Remote } from './rpc.ts';

/** Events of a batch. Where so many come at once, the first who looks at them would wait longest for a reader to begin. */
const FLOOD = 1000;

export function createStoreClient(call: Remote['call'], reader: ReaderThread): Store {
  return {
    recover: () => call('recover', []),
    correlatedBatches: (before, limit) => call('correlatedBatches', [before, limit]),
    commit(commit) {
      if (commit.events.count >= FLOOD) reader.expect();
      return call('commit', [commit], { transfer: [commit.events.bytes.buffer] });
    },
    events: (query, signal) => reader.call('events', [query], { signal }),
    histogram: (query, signal) => reader.call('histogram', [query], { signal }),
    values: (query, signal) => reader.call('values', [query], { signal }),
    table: (query, signal) => reader.call('table', [query], { signal }),
    fields: (signal) => reader.call('fields', [], { signal }),
    searches: () => call('searches', []),
    saveSearch: (search) => call('saveSearch', [search]),
    removeSearch: (name) => call('removeSearch', [name]),
    alerts: (query) => call('alerts', [query]),
    alert: (id) => call('alert', [id]),
    summary: (since) => call('summary', [since]),
    outbox: (now, limit, channel) => call('outbox', [now, limit, channel]),
    delivered: (id) => call('delivered', [id]),
    postponed: (id, nextAttempt, reason) => call('postponed', [id, nextAttempt, reason]),
    snapshots: () => call('snapshots', []),
    metrics: (query) => call('metrics', [query]),
    scoreAt: (host, at, within) => call('scoreAt', [host, at, within]),
    agents: () => call('agents', []),
    saveAgent: (entry) => call('saveAgent', [entry]),
    redeemInvitation: (name, digest, key) => call('redeemInvitation', [name, digest, key]),
    removeAgent: (name) => call('removeAgent', [name]),
    ledgers: () => call('ledgers', []),
    close: async () => {
      await reader.close();
      await call('close', []);
    },
  };
}

/** A desk over real threads, a real store and real TLS, in a folder of its own. For tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CommitNotice } from '#api';
import type { AgentMessage } from '#contract';
import { configSchema } from '#contract/schema';
import { type Counters, counters as createCounters } from '#lib/counters';
import type { Commit, Store } from '#store';
import { createHub, type Hub } from '../hub.ts';
import { readRules } from '../rule-catalogue.ts';
import { createSourceBoard, type SourceBoard } from '../source-board.ts';
import { startPipelineThread, startStoreThread } from '../threads.ts';
import { type OpenDesk, openDesk } from './desk.ts';
import { type Door, openDoor, tokenOf } from './door.fixture.ts';

const RULES = readRules([fileURLToPath(new URL('../../../rules', import.meta.url))]).documents;

export interface Bench {
  readonly hub: Hub;
  readonly store: Store;
  readonly board: SourceBoard;
  readonly counters: Counters;
  readonly folder: string;
  readonly faults: unknown[];
  readonly messages: AgentMessage[];
  desk(): OpenDesk;
  /** Closes the desk and opens it again over the same store, as a restart does. */
  restart(): Promise<OpenDesk>;
  /** Invites and enrols; the door it came by. */
  enrolled(name?: string): Promise<{ readonly door: Door; readonly key: string }>;
  /** Messages of stored events, oldest first. */
  stored(q?: string): Promise<string[]>;
  snapshots: NonNullable<CommitNotice['snapshots']>[number][];
}

export interface BenchOptions {
  readonly agents?: Record<string, unknown>;
  readonly http?: Record<string, unknown>;
  /** Gets the name of every call of the store. */
  readonly calls?: string[];
  /** Stands between the hub and the store. */
  readonly commit?: (commit: Commit, real: Store['commit']) => Promise<void>;
}

export async function deskBench(
  t: TestContext,
  { agents = {}, http = {}, commit, calls = [] }: BenchOptions = {},
): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-desk-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const config = configSchema.parse({ agents: { listen: '127.0.0.1:0', ...agents }, http });
  const thread = startStoreThread(folder);
  t.after(async () => {
    await thread.store.close();
    await thread.stop();
  });
  const real = thread.store.commit;
  const watched = Object.entries(thread.store).map(([name, call]) => [
    name,
    (...args: unknown[]) => {
      calls.push(name);
      return (call as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  const all = Object.fromEntries(watched) as Store;
  const store: Store = { ...all, ...(commit === undefined ? {} : { commit: (batch) => commit(batch, real) }) };
  const [counters, board] = [createCounters(), createSourceBoard()];
  const hub = await createHub({
    store,
    startPipeline: () =>
      startPipelineThread({
        rules: RULES,
        hostName: 'house',
        timezone: 'UTC',
        ownAddresses: [],
        backfill: 86_400_000,
        notifyLevel: 'high',
        channels: ['ntfy'],
        score: config.monitor,
      }),
    counters,
    now: Date.now,
    onRecords: (source, count) => board.heard(source, count, Date.now()),
    onTrouble: () => undefined,
  });
  t.after(() => hub.close());
  const faults: unknown[] = [];
  const messages: AgentMessage[] = [];
  const snapshots: Bench['snapshots'] = [];
  hub.onCommit((notice) => snapshots.push(...(notice.snapshots ?? [])));
  const open = async (): Promise<OpenDesk> => {
    const onFault = (fault: unknown): void => void faults.push(fault);
    const parts = {
      config,
      dataFolder: folder,
      hostName: 'house',
      hub,
      store,
      board,
      counters,
      now: Date.now,
      onFault,
    };
    const desk = await openDesk(parts);
    desk.onChange((message) => messages.push(message));
    return desk;
  };
  let desk = await open();
  t.after(() => desk.close());
  return {
    hub,
    store,
    board,
    counters,
    folder,
    faults,
    messages,
    snapshots,
    desk: () => desk,
    async restart() {
      await desk.close();
      desk = await open();
      return desk;
    },
    async enrolled(name = 'attic') {
      const token = tokenOf((await desk.add(name, false)).token);
      const door = await openDoor(token);
      return { door, key: (await door.enroll(token.secret)).key };
    },
    async stored(q = '') {
      const { items } = await store.events({ q, limit: 1000, after: '0-0' });
      return items.map(({ event }) => String(event['message']));
    },
  };
}

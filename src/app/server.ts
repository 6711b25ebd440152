/** Builds the server from its rooms: threads, hub, sources, API. The only place that knows all of them. */
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type AgentDesk, type Backend, createApi, logFault } from '#api';
import type { Config, RuleList, RulesConfig } from '#contract';
import { type Counters, counters as createCounters } from '#lib/counters';
import { openDesk } from './agents/desk.ts';
import { backtests } from './backtest/serve.ts';
import { lastBackup } from './backup/last.ts';
import { collect } from './collect.ts';
import { type DamageBook, damageBook } from './damage-book.ts';
import { openDataFolder } from './data-folder.ts';
import { type Hub, openHub } from './hub.ts';
import { monitorFiles } from './monitor-files.ts';
import { channelsOf, deliver } from './notifier.ts';
import { readKnownAddresses } from './known-addresses.ts';
import { ownAddresses } from './own-addresses.ts';
import { keepRules, type RuleKeeper } from './rules/keeper.ts';
import type { PipelineOptions } from './pipeline.ts';
import { type SourceBoard, createSourceBoard } from './source-board.ts';
import { type PipelineThread, type ReadyPipeline, startPipelineThread, startStoreThread } from './threads.ts';
import { type Housekeeper, keepHouse, limitsOf } from './upkeep.ts';
import { VERSION } from './version.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly dataFolder: string;
  readonly now: () => number;
  /** Reads the rules part of the configuration anew; throws CodedError CONFIG. Absent: there is no file to read. */
  readonly rereadRules?: () => RulesConfig;
  /** A thread whose program is on its way already, for the first pipeline. */
  readonly pipeline?: ReadyPipeline;
  /** The configuration's file: a change of it is noticed. */
  readonly configPath?: string;
}

export interface Server {
  readonly api: { readonly address: string; readonly port: number };
  readonly honeypot: { readonly address: string; readonly port: number } | undefined;
  readonly hostName: string;
  readonly backend: Backend;
  readonly rules: RuleList;
  /** Rejects when the server cannot go on. */
  readonly failed: Promise<never>;
  /** Reads settings and rules of rules anew, and puts them in force. Never rejects: what went wrong stands among the sources. */
  reloadRules(): Promise<void>;
  close(): Promise<void>;
}

const WEB_ROOT = fileURLToPath(new URL('../../dist/web', import.meta.url));

export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, dataFolder, now } = options;
  const started = now();
  const stopping = new AbortController();
  const counters = createCounters();
  const hostName = config.host.name ?? hostname();
  openDataFolder(dataFolder);
  const known = readKnownAddresses(config.enrich);
  const damages = damageBook();
  const storeThread = startStoreThread(dataFolder, (damage) => {
    counters.add('store_places_damaged', 'read');
    damages.found(damage);
  });
  const board = createSourceBoard();
  const rules = keepRules({
    config: config.rules,
    dataFolder,
    configPath: options.configPath,
    reread: options.rereadRules,
    onTrouble: (reason) => (reason === undefined ? board.remove('rules') : board.set('rules', 'failed', reason)),
  });
  const closers: (() => Promise<unknown>)[] = [() => storeThread.stop(), () => storeThread.store.close()];
  const close = async (): Promise<void> => {
    stopping.abort();
    for (const closer of closers.toReversed()) await closer();
  };
  let prepared = options.pipeline;
  const startPipeline = (pipeline: PipelineOptions): PipelineThread => {
    const thread = prepared?.start(pipeline) ?? startPipelineThread(pipeline);
    prepared = undefined;
    return thread;
  };
  try {
    // It reads the store and compiles the rules while we go on. Nobody is let in before it is done.
    const hub = openHub({
      store: storeThread.store,
      memory: storeThread.memory,
      startPipeline: () =>
        startPipeline({
          rules: rules.places(),
          hostName,
          timezone: config.sources.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
          ownAddresses: ownAddresses(),
          known,
          backfill: config.sources.backfill_hours * 3_600_000,
          notifyLevel: config.notify.level,
          channels: channelsOf(config.notify),
          score: config.monitor,
        }),
      counters,
      now,
      onRecords: (source, count) => board.heard(source, count, now()),
      // No source, but the place where people look when events are missing. There only while there is something to mend.
      onTrouble: (reason) => (reason === undefined ? board.remove('store') : board.set('store', 'failed', reason)),
    });
    closers.push(() => hub.close());
    keepMonitorFiles(hub, dataFolder, hostName, counters);
    const house = keepHouse({
      folder: dataFolder,
      limits: limitsOf(config.retention),
      heads: config.ledger.heads,
      counters,
      now,
      busy: () => hub.busy(),
      onDamage: (found, oldest) => damages.known(found, oldest),
      onTrouble: (reason) => (reason === undefined ? board.remove('upkeep') : board.set('upkeep', 'failed', reason)),
    });
    hub.onCommit(({ eventCount }) => house.committed(eventCount), { preview: false });
    closers.push(() => house.close());
    rules.watch(hub, stopping.signal);
    const agents = await openDesk({
      config,
      dataFolder,
      hostName,
      hub,
      store: storeThread.store,
      board,
      counters,
      now,
      onFault: logFault,
    });
    closers.push(() => agents.close());
    const backend = createBackend({
      agents,
      hub,
      house,
      damages,
      lastBackup: () => lastBackup(dataFolder, config.backup.remind_days, now()),
      board,
      counters,
      rules,
      hostName,
      started,
      checkEvery: config.monitor.interval * 1000,
      store: storeThread.store,
      backtest: backtests({ dataFolder, places: () => rules.places(), notifyLevel: config.notify.level }),
    });
    const collecting = collect({ config, hostName, hub, board, counters, now, signal: stopping.signal });
    const collected = collecting.then(
      ({ ended }) => ended,
      () => undefined,
    );
    closers.push(() => collected);
    const api = await createApi({ backend, config: config.http, webRoot: WEB_ROOT, now });
    closers.push(() => api.close());
    await hub.ready;
    const address = await api.listen();
    const sources = await collecting;
    closers.push(
      deliver({
        config: config.notify,
        store: storeThread.store,
        board,
        counters,
        now,
        head: () => house.head(),
        signal: stopping.signal,
      }),
    );
    return {
      api: address,
      honeypot: sources.honeypot,
      hostName,
      backend,
      rules: hub.rules(),
      failed: storeThread.crashed,
      reloadRules: () =>
        rules.reload().then(
          () => undefined,
          () => undefined,
        ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each look at this machine goes into the monitor's files once it is committed. A full disk costs a line, not the server. */
function keepMonitorFiles(hub: Hub, folder: string, hostName: string, counters: Counters): void {
  const files = monitorFiles(folder);
  hub.onCommit(
    ({ snapshots = [] }) => {
      for (const scored of snapshots) {
        if (scored.snapshot.host !== hostName) continue;
        try {
          files.write(scored);
        } catch {
          counters.add('monitor_lines_lost', 'write_failed');
        }
      }
    },
    { preview: false },
  );
}

interface BackendParts {
  readonly agents: AgentDesk;
  readonly hub: Hub;
  readonly house: Housekeeper;
  readonly damages: DamageBook;
  readonly lastBackup: Backend['lastBackup'];
  readonly board: SourceBoard;
  readonly counters: Counters;
  readonly rules: RuleKeeper;
  readonly hostName: string;
  readonly started: number;
  readonly checkEvery: number;
  readonly store: Backend['store'];
  readonly backtest: Backend['backtest'];
}

function createBackend({ hub, house, damages, board, counters, rules, store, ...facts }: BackendParts): Backend {
  return {
    version: VERSION,
    ...facts,
    store,
    counters,
    sources: () => board.rows(),
    rules: () => hub.rules(),
    switchRule: (id, to) => rules.switchRule(id, to),
    reloadRules: () => rules.reload(),
    lastBatch: () => hub.lastBatch(),
    eventCount: () => hub.eventCount(),
    kept: () => house.kept(),
    damages: () => damages.all(),
    submit: (submission) => hub.submit(submission),
    setAlertStatus: (id, status, by, note) => hub.setStatus(id, status, by, note),
    onCommit: (listener) => hub.onCommit(listener),
  };
}

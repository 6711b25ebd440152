/**
 * Old files into the store, without a server: the same pipeline and the same store, in this process.
 *
 *   monitor_metrics.jsonl ─────────────────────────────────▶ commits of points     history.ts
 *   monitor_alerts.jsonl, logs ──▶ hub ──▶ pipeline thread ──▶ commits of events   records.ts, windows-log.ts
 *
 * Invariants
 * - Nothing is pushed: there are no channels, and what the rules find in old lines is marked historic.
 * - A commit holds lines and the place they end at. Stopped at any moment, the same command goes on where it was.
 * - A log that the server follows, or will, is left to it from where it begins: no line comes twice.
 */
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CodedError, type Mark, type RawRecord } from '#contract';
import { counters } from '#lib/counters';
import { followedAs, followedTo } from '#sources';
import type { Store } from '#store';
import { openDataFolder } from '../data-folder.ts';
import { createHub, type Hub } from '../hub.ts';
import { readKnownAddresses } from '../known-addresses.ts';
import { ownAddresses } from '../own-addresses.ts';
import { type RulePlaces, rulePlaces } from '../rules/places.ts';
import { startPipelineThread, startStoreThread, startUpkeepThread } from '../threads.ts';
import { limitsOf } from '../upkeep.ts';
import { contentOf, fingerprintOf, type Source } from './content.ts';
import { openFile } from './entries.ts';
import { appender, importHistory } from './history.ts';
import type { Job, Means } from './job.ts';
import { lengthsOf, streamOf } from './known.ts';
import { reasonOf } from './reason.ts';
import { importRecords } from './records.ts';
import { newTally, type Tally } from './tally.ts';
import { CHUNKS, importWindowsLog } from './windows-log.ts';

export interface Outcome {
  /** In the order in which they were read. */
  readonly tallies: readonly Tally[];
  /** The signal ended it. */
  readonly stopped: boolean;
}

/** Throws CodedError where the store cannot be had or cannot keep anything. */
export async function importFiles(files: readonly string[], dataFolder: string, means: Means): Promise<Outcome> {
  const tallies: Tally[] = [];
  const opened = await openAll(files, tallies, means);
  tallies.push(...opened.map(({ tally }) => tally));
  if (opened.length === 0) return { tallies, stopped: means.signal.aborted };
  openDataFolder(dataFolder);
  const thread = startStoreThread(dataFolder);
  try {
    await unlessInUse(thread.store.recover());
    await importAll(opened, thread.store, { ...means, rules: rulePlaces(means.config.rules, dataFolder) });
    await sealAll(dataFolder, means);
    return { tallies, stopped: false };
  } catch (error) {
    if (!means.signal.aborted) throw error;
    return { tallies, stopped: true };
  } finally {
    await thread.store.close().catch(() => undefined);
    await thread.stop();
  }
}

/** What a year of logs takes is taken now, not by the next start of the server. */
async function sealAll(folder: string, { config, now, signal, say }: Means): Promise<void> {
  say('packing …');
  const thread = startUpkeepThread(folder, limitsOf(config.retention));
  try {
    const stopped = once(signal, 'abort');
    await Promise.race([thread.tidy(now()), stopped]);
  } finally {
    await thread.stop();
  }
}

async function unlessInUse<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof CodedError && error.detail.includes('in use by another'))) throw error;
    const how =
      'import writes the store itself. Stop the server, import, and start it again: it loses no line by that.';
    throw new CodedError('DATA_FOLDER', `${error.detail} ${how}`, { cause: error });
  }
}

interface Opened {
  readonly source: Source;
  readonly tally: Tally;
}

/** Oldest first, as they were written. What cannot be read is told in its tally, and left out. */
async function openAll(files: readonly string[], tallies: Tally[], { signal }: Means): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  for (const file of files) {
    try {
      const { source, kind } = await openFile(resolve(file), signal);
      opened.push({ source, tally: newTally(file, kind) });
    } catch (error) {
      if (signal.aborted) break;
      tallies.push({ ...newTally(file, 'lines'), failed: reasonOf(error) });
    }
  }
  return opened.toSorted((a, b) => a.source.modified - b.source.modified);
}

/** Reads one file; a fault of the file ends the file, a fault of the store everything. */
async function read(
  { source, tally }: Opened,
  marks: readonly Mark[],
  means: Means,
  work: (job: Job) => Promise<void>,
) {
  const { now, signal, host, say } = means;
  say(`${tally.file} …`);
  try {
    const fingerprint = await fingerprintOf(contentOf(source, signal), lengthsOf(marks));
    const whose = tally.kind === 'lines' || tally.kind === 'evtx' ? '' : host;
    const stream = streamOf(fingerprint, whose, marks, { file: source.path, now: now() });
    await work({ source, tally, stream, head: fingerprint.head, size: fingerprint.size });
  } catch (error) {
    if (signal.aborted) throw error;
    tally.failed = reasonOf(error);
  }
}

/** With the rules of the data folder, chosen as for the server. */
type MeansAndRules = Means & { readonly rules: RulePlaces };

async function importAll(opened: readonly Opened[], store: Store, means: MeansAndRules): Promise<void> {
  const append = await appender(store, means.now);
  for (const one of opened.filter(({ tally }) => tally.kind === 'metrics')) {
    const { marks } = await store.recover();
    await read(one, marks, means, (job) => importHistory(job, means, store, append));
  }
  const others = opened.filter(({ tally }) => tally.kind !== 'metrics');
  if (others.length === 0) return;
  // The hub numbers the commits while it lives: nothing else may commit then.
  const left = await throughHub(others, store, means);
  if (left.length > 0) await (await appender(store, means.now))({ marks: left });
}

/** Returns the marks that leave the files that are followed to the follower. */
async function throughHub(others: readonly Opened[], store: Store, means: MeansAndRules): Promise<readonly Mark[]> {
  const left: Mark[] = [];
  let current: Tally | undefined;
  const hub = await openHub(store, means, (count) => {
    if (current !== undefined) current.taken += count;
  });
  try {
    for (const one of others) {
      current = one.tally;
      await read(one, hub.marks(''), means, async (job) => {
        const mark = await importThrough(hub, job, means);
        if (mark !== undefined) left.push(mark);
      });
    }
  } finally {
    // Commits what has arrived: the last file still counts.
    await hub.close();
  }
  return left;
}

async function importThrough(hub: Hub, job: Job, means: Means): Promise<Mark | undefined> {
  const { source, tally, head, size } = job;
  const follower = hub.marks('file:');
  const candidate = tally.kind === 'lines' && source.packing === 'plain' ? await candidateOf(source, means) : undefined;
  const mine = candidate !== undefined && followedAs(head, size, follower) === undefined;
  const put = (records: readonly RawRecord[]): Promise<void> => hub.put(records, means.signal);
  if (tally.kind === 'evtx') {
    await importWindowsLog(job, means, put, hub.marks(CHUNKS));
    await hub.settled();
    return undefined;
  }
  const through = await importRecords(job, means, { put, follower, growing: mine });
  await hub.settled();
  return mine ? followedTo(candidate, head, through, means.now()) : undefined;
}

/** The path under which the server follows this very file, if it does. */
async function candidateOf({ path }: Source, { config }: Means): Promise<string | undefined> {
  const place = await realpath(path);
  for (const candidate of config.sources.log_candidates) {
    const followed = join(config.host.root, candidate);
    if ((await realpath(followed).catch(() => undefined)) === place) return followed;
  }
  return undefined;
}

function openHub(store: Store, means: MeansAndRules, onTaken: (count: number) => void): Promise<Hub> {
  const { config, rules, host, timezoneOf, now, say } = means;
  return createHub({
    store,
    startPipeline: () =>
      startPipelineThread({
        rules,
        hostName: host,
        timezone: timezoneOf(''),
        ownAddresses: ownAddresses(),
        known: readKnownAddresses(config.enrich),
        backfill: Infinity,
        historic: true,
        notifyLevel: 'critical',
        channels: [],
        score: config.monitor,
      }),
    counters: counters(),
    now,
    onRecords: (_, count) => onTaken(count),
    onTrouble: (reason) => reason !== undefined && say(`${reason} Trying again; Ctrl-C stops, and nothing is lost.`),
  });
}

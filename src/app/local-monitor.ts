/**
 * The monitor without a server, for `porchlight top`: looks at this machine, reads the last authentication lines, scores, keeps the
 * monitor's files and tells people. No rules run and nothing is stored but those files.
 */
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { summaries, type Told } from '#alerts';
import {
  type Config,
  type Event,
  type HostSnapshot,
  type ScoredSnapshot,
  type SourceStatus,
  type SourceTag,
  toWire,
  type WireEvent,
} from '#contract';
import { authWindow, score } from '#detect';
import { normalize } from '#normalize';
import { type Notifier, notifiers } from '#notify';
import { type Candidate, discover, hostState, takeSnapshot } from '#sources';
import type { LocalMonitor, Point } from '#ui/tui';
import { standing } from './collect-files.ts';
import { openDataFolder } from './data-folder.ts';
import { METRICS_FILE, monitorFiles } from './monitor-files.ts';
import { VERSION } from './version.ts';

export interface LocalMonitorOptions {
  readonly config: Config;
  readonly dataFolder: string;
  readonly now: () => number;
  /** ms between two looks. */
  readonly every: number;
}

/** Lines that the score goes by, and what is read of the file for them. */
const LINES = 300;
const TAIL_BYTES = 128 * 1024;
/** ms that the first rates cover. */
const SAMPLING = 400;
/** Looks kept for the sparklines. */
const HISTORY = 60;

export async function openLocalMonitor({ config, dataFolder, now, every }: LocalMonitorOptions): Promise<LocalMonitor> {
  openDataFolder(dataFolder);
  const host = config.host.name ?? hostname();
  const state = hostState({ host, root: config.host.root, alwaysOn: config.host.always_on, now });
  const files = monitorFiles(dataFolder);
  const channels = notifiers(config.notify);
  const candidates = await discover(config.sources.log_candidates, { root: config.host.root, now });
  const log = candidates.find(({ carriesAuthentication, state: is }) => carriesAuthentication && is === 'follow');
  const history: Point[] = await earlier(dataFolder);
  // Rates are differences: the first look that is shown comes a moment after one that is not.
  await takeSnapshot(state);
  let ready: Promise<unknown> | undefined = setTimeout(SAMPLING);
  let told: readonly Told[] = [];
  let events: readonly Event[] = [];

  async function look(signal: AbortSignal): Promise<ScoredSnapshot> {
    await ready;
    ready = undefined;
    const snapshot = await takeSnapshot(state);
    events = log === undefined ? [] : await lastEvents(log, host, config, now());
    const window = authWindow();
    for (const event of events) window.take(event);
    const auth = window.summary(events.at(-1)?.['host.name']?.toString() ?? host);
    const scored: ScoredSnapshot = { snapshot, auth, score: score(snapshot, auth, [], config.monitor) };
    files.write(scored);
    history.push(pointOf(snapshot, scored.score.score));
    if (history.length > HISTORY) history.shift();
    const news = summaries(
      host,
      told,
      scored.score.entries.filter(({ level }) => level === 'alert'),
    );
    told = news.told;
    for (const message of news.pushes)
      await tell(channels, { ...message, key: `monitor-${snapshot.at.toString(36)}` }, signal);
    return scored;
  }

  return {
    host,
    version: VERSION,
    every,
    look,
    history: () => history,
    alerts: () => ({ missing: 'no rules run without a server: npm start' }),
    authEvents: () =>
      log === undefined
        ? { missing: 'no file with logins was found' }
        : { value: events.map((event, i): WireEvent => toWire(event, `0-${i}`)).toReversed() },
    sources: () => ({
      value: candidates.map((candidate): SourceStatus => ({ ...standing(candidate), records: 0, last_seen: null })),
    }),
    close: async () => undefined,
  };
}

/** A channel that does not answer is tried again with the next news; the picture does not wait for a retry. */
async function tell(
  channels: readonly Notifier[],
  message: Parameters<Notifier['send']>[0],
  signal: AbortSignal,
): Promise<void> {
  await Promise.allSettled(channels.map((channel) => channel.send(message, signal)));
}

/** The events of the log's last lines, oldest first. */
async function lastEvents({ path, file }: Candidate, host: string, config: Config, received: number): Promise<Event[]> {
  const tag: SourceTag = { id: `file:${path}`, agent: 'local', host, path };
  const timezone = config.sources.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const context = { timezone, historic: true, count: () => undefined };
  return (await lastLines(file, LINES)).flatMap((text) => normalize({ source: tag, received, text }, context) ?? []);
}

async function lastLines(file: string, most: number): Promise<string[]> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    const length = Math.min(size, TAIL_BYTES);
    const buffer = Buffer.alloc(length);
    await handle.read(buffer, 0, length, size - length);
    const lines = buffer
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    // The first one is cut where the file is longer.
    return (size > length ? lines.slice(1) : lines).slice(-most);
  } catch {
    return [];
  }
}

/** What an earlier run, or a server, left in the monitor's file: score and load, for the sparklines. */
async function earlier(folder: string): Promise<Point[]> {
  const lines = await lastLines(join(folder, METRICS_FILE), HISTORY);
  return lines.flatMap((line): Point | [] => {
    try {
      return pointOfLine(JSON.parse(line) as OldLine);
    } catch {
      return [];
    }
  });
}

interface OldLine {
  readonly timestamp: string;
  readonly security_score: number;
  readonly entries: readonly { readonly metric: string; readonly value: number }[];
}

function pointOfLine({ timestamp, security_score, entries }: OldLine): Point {
  const of = (metric: string): number => entries.find((entry) => entry.metric === metric)?.value ?? 0;
  return {
    at: new Date(timestamp.replace(' ', 'T')).getTime(),
    score: security_score,
    load: of('cpu_load'),
    memory: of('memory_used_pct'),
    connections: of('established_connections'),
    in: null,
    out: null,
  };
}

const pointOf = ({ at, load, memory, connections, network }: HostSnapshot, value: number): Point => ({
  at,
  score: value,
  load: load[0],
  memory: memory.total === 0 ? 0 : (memory.used / memory.total) * 100,
  connections: connections?.established ?? null,
  in: network?.in ?? null,
  out: network?.out ?? null,
});

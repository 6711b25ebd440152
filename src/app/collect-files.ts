/** Follows the log files that were found, and those that match a path with wildcards as they come and go. */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { SourceStatus, SourceTag } from '#contract';
import { sleep } from '#lib/backoff';
import type { Counters } from '#lib/counters';
import {
  type Candidate,
  discoverOne,
  fileTail,
  followedBefore,
  globChanges,
  type TailCount,
  type TailShare,
  tailShare,
} from '#sources';
import type { MachineOptions } from './collect.ts';
import { supervise, unlessAborted } from './supervise.ts';

export type Standing = Pick<SourceStatus, 'id' | 'state' | 'reason'>;

const STATES: Readonly<Record<Candidate['state'], SourceStatus['state']>> = {
  follow: 'following',
  stale: 'following',
  waiting: 'waiting',
  denied: 'denied',
  off: 'off',
};

export function standing({ path, state, reason, journal }: Candidate): Standing {
  if (journal !== undefined) return { id: 'journald', state: STATES[state], reason: `${path}. ${reason}` };
  return { id: `file:${path}`, state: STATES[state], reason };
}

/** The account we run as; undefined where the system does not say (a container without a passwd entry). */
export function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** ms that the row of a file stays after it is gone: it may be rotated, and its last lines are still read. */
const GONE = 120_000;

/** Of the descriptors we may have, some are for the store and for visitors; a tail takes two while it looks around. */
function openFiles(): number {
  const limits = existsSync('/proc/self/limits') ? readFileSync('/proc/self/limits', 'latin1') : '';
  const most = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 256);
  return Math.max(16, Math.min(512, Math.floor((most - 128) / 2)));
}

/** Resolves when every file has ended after the signal. */
export async function followFiles(options: MachineOptions, candidates: readonly Candidate[]): Promise<void> {
  const share = tailShare({ watch: options.config.sources.watch, open: openFiles() });
  const journalIsRead = candidates.some(({ journal }) => journal !== undefined);
  const follow = (candidate: Candidate, signal: AbortSignal, appeared?: number): Promise<void> =>
    followFile(options, share, candidate, signal, appeared);
  const single = candidates.filter(({ journal, wild, matchOf }) => (journal ?? wild ?? matchOf) === undefined);
  const wild = candidates.map((candidate) =>
    candidate.wild === undefined
      ? undefined
      : followWild(options, share, { candidate, pattern: candidate.wild, all: candidates, journalIsRead, follow }),
  );
  await Promise.all([...single.map((candidate) => follow(candidate, options.signal)), ...wild]);
}

interface Wild {
  readonly candidate: Candidate;
  readonly pattern: NonNullable<Candidate['wild']>;
  readonly all: readonly Candidate[];
  readonly journalIsRead: boolean;
  follow(candidate: Candidate, signal: AbortSignal, appeared?: number): Promise<void>;
}

interface Followed {
  readonly stop: AbortController;
  readonly running: Promise<void>;
  /** Since when it is gone, ms. */
  gone?: number;
}

async function followWild(
  options: MachineOptions,
  share: TailShare,
  { candidate, pattern, all, journalIsRead, follow }: Wild,
): Promise<void> {
  const { config, hub, board, now, signal } = options;
  const { root } = config.host;
  const { poll } = config.sources;
  const wasFollowed = followedBefore({ root, wasFollowed: (file) => hub.marks(`file:${file}@`).length > 0 });
  const row = standing(candidate);
  const followed = new Map<string, Followed>();
  const forgetting: Promise<void>[] = [];
  board.set(row.id, row.state, row.reason);

  function start(one: Candidate, appeared?: number): void {
    const stop = new AbortController();
    const running = follow({ ...one, matchOf: candidate.path }, AbortSignal.any([signal, stop.signal]), appeared);
    followed.set(one.path, { stop, running });
  }

  async function forgetGone(): Promise<void> {
    for (const [path, { stop, running, gone }] of followed) {
      if (gone === undefined || now() - gone < GONE) continue;
      followed.delete(path);
      stop.abort();
      await running;
      board.remove(`file:${path}`);
    }
  }

  for (const one of all) if (one.matchOf === candidate.path) start(one);
  const known = { known: pattern.matches, since: pattern.looked };
  const taken = new Set(all.filter(({ matchOf }) => matchOf !== candidate.path).map(({ path }) => path));
  const changes = globChanges(candidate.path, { ...known, root, now, poll, share, wasFollowed }, signal);
  for await (const { appeared, gone, since } of changes) {
    // What a newcomer may have been called before must be committed: it goes on at that mark.
    if (appeared.length > 0 && !(await hasSettled(hub, signal))) break;
    for (const path of appeared.filter((one) => !taken.has(one))) {
      const back = followed.get(path);
      if (back === undefined) start(await discoverOne(path, journalIsRead, { root, now, user: userName() }), since);
      else delete back.gone;
    }
    for (const path of gone) Object.assign(followed.get(path) ?? {}, { gone: now() });
    if (gone.length > 0) forgetting.push(sleep(GONE, signal).then(forgetGone, () => undefined));
    const there = [...followed.values()].filter((one) => one.gone === undefined).length;
    board.set(row.id, there > 0 ? 'following' : 'waiting', `${there} ${there === 1 ? 'file matches' : 'files match'}.`);
  }
  await Promise.all([...forgetting, ...[...followed.values()].map(({ running }) => running)]);
}

/** False when the signal ended first. */
const hasSettled = (hub: MachineOptions['hub'], signal: AbortSignal): Promise<boolean> =>
  unlessAborted(hub.settled(), signal).then(
    () => true,
    () => false,
  );

function followFile(
  { config, hostName, hub, board, counters, now, onGap }: MachineOptions,
  share: TailShare,
  candidate: Candidate,
  signal: AbortSignal,
  appeared?: number,
): Promise<void> {
  const { path, file, matchOf = path } = candidate;
  const { id, state, reason } = standing(candidate);
  board.set(id, state, reason);
  if (state !== 'following' && state !== 'waiting') return Promise.resolve();
  const { poll, timezones, multiline: multilines } = config.sources;
  const timezone = timezones[path] ?? timezones[matchOf] ?? config.sources.timezone;
  const multiline = multilines[path] ?? multilines[matchOf];
  const tag: SourceTag = { id, agent: 'local', host: hostName, path, ...(timezone === undefined ? {} : { timezone }) };
  const onCount = (what: TailCount, by: number): void => {
    count(counters, what, by);
    const lost = LOSSES[what];
    if (lost === undefined) return;
    board.set(id, state, lost);
    onGap?.(id, lost);
  };
  return supervise(
    {
      name: id,
      open: (inner) =>
        fileTail({ path: file, tag, known: hub.marks('file:'), poll, now, share, multiline, appeared, onCount }, inner),
      put: hub.put,
      settled: hub.settled,
      onState: (to, why) => board.set(id, to === 'failed' ? to : state, why === '' ? reason : why),
    },
    signal,
    now,
  );
}

/** Where lines may be missing, for the file's row. */
const LOSSES: Readonly<Partial<Record<TailCount, string>>> = {
  truncated: 'It was truncated, and no copy of it is there: what was not read by then is lost.',
  vanished: 'The file that was read last is gone: what was written to it after that is lost.',
  gzip_damaged: 'A compressed rotation of it is damaged: what comes after the damage is lost.',
};

function count(counters: Counters, what: TailCount, by: number): void {
  switch (what) {
    case 'invalid_utf8':
    case 'invalid_utf16':
      return counters.add('records_mended', what, by);
    case 'nul_bytes':
    case 'cut_bytes':
      return counters.add('file_bytes_skipped', what, by);
    case 'truncated_bytes':
      return counters.add('file_bytes_lost', what, by);
    case 'truncated':
    case 'vanished':
    case 'gzip_damaged':
      return counters.add('file_losses', what, by);
  }
}

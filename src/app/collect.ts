/** Starts this machine's sources under supervision: the log files that were found or the journal, and the honeypot. */
import type { Config, SourceTag } from '#contract';
import type { Counters } from '#lib/counters';
import { type Candidate, discover, honeypot, hostMetrics, journald, type JournalLoss } from '#sources';
import { followFiles, type Standing, standing, userName } from './collect-files.ts';
import { listenForSyslog } from './collect-syslog.ts';
import { followWindows } from './collect-windows.ts';
import type { Hub } from './hub.ts';
import type { SourceBoard } from './source-board.ts';
import { supervise } from './supervise.ts';

/** Where records go: a server's hub, or an agent's spool. */
export type Intake = Pick<Hub, 'put' | 'settled' | 'marks'>;

/** What the logs and the look at this machine need, on a server and in an agent alike. */
export interface MachineOptions {
  readonly config: {
    readonly sources: Omit<Config['sources'], 'syslog'>;
    readonly host: Config['host'];
    readonly monitor: Pick<Config['monitor'], 'interval'>;
  };
  readonly hostName: string;
  readonly hub: Intake;
  readonly board: SourceBoard;
  readonly counters: Counters;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** A source could not read something that was there. */
  readonly onGap?: (source: string, reason: string) => void;
}

export interface CollectOptions extends MachineOptions {
  readonly config: Config;
  readonly hub: Intake & Pick<Hub, 'ready'>;
}

export interface Place {
  readonly address: string;
  readonly port: number;
}

export interface Collection {
  /** Where the honeypot listens; undefined while it does not. */
  readonly honeypot: Place | undefined;
  /** Resolves when every source has ended after the signal. */
  readonly ended: Promise<unknown>;
}

export async function collect(options: CollectOptions): Promise<Collection> {
  options.board.set('http', 'following', 'POST /api/logs');
  // A process that takes its time to start; all others go on from the marks.
  const trapped = setTrap(options);
  await options.hub.ready.catch(async (error: unknown) => {
    await (
      await trapped
    ).running;
    throw error;
  });
  const { running: files } = await collectLogs(options);
  const windows = followWindows(options);
  const monitor = watchHost(options);
  const trap = await trapped;
  const syslog = await listenForSyslog(options);
  return { honeypot: trap.place, ended: Promise.all([...files, windows, monitor, trap.running, syslog.running]) };
}

/** Follows the files or the journal. `running`: each resolves when its source has ended after the signal. */
export async function collectLogs(
  options: MachineOptions,
): Promise<{ readonly candidates: readonly Candidate[]; readonly running: readonly Promise<void>[] }> {
  const candidates = await look(options.config, options.now, (file) => options.hub.marks(`file:${file}@`).length > 0);
  const journals = candidates.flatMap((candidate) =>
    candidate.journal === undefined ? [] : followJournal(options, candidate, candidate.journal),
  );
  return { candidates, running: [followFiles(options, candidates), ...journals] };
}

const look = (
  config: MachineOptions['config'],
  now: () => number,
  wasFollowed?: (file: string) => boolean,
): Promise<readonly Candidate[]> =>
  discover(config.sources.log_candidates, {
    root: config.host.root,
    now,
    user: userName(),
    ...(wasFollowed === undefined ? {} : { wasFollowed }),
  });

/** How the logs of this machine stand, as a start would say it; nothing is started. */
export async function findSources(config: Config, now: () => number): Promise<readonly Standing[]> {
  return (await look(config, now)).map(standing);
}

type Journal = NonNullable<Candidate['journal']>;

const LOSSES: Readonly<Record<JournalLoss, string>> = {
  cursor:
    'The entry read last is gone from the journal; it is read on from that time, and what was deleted before is lost.',
  unreadable: 'A line of journalctl could not be understood.',
};

function followJournal(options: MachineOptions, candidate: Candidate, journal: Journal): Promise<void> {
  const { config, hostName, hub, board, counters, now, signal } = options;
  const { id, reason } = standing(candidate);
  const tag: SourceTag = { id, agent: 'local', host: hostName, type: 'journald' };
  const backfill = config.sources.backfill_hours * 3_600_000;
  let shown = reason;
  board.set(id, 'following', shown);
  const onLost = (loss: JournalLoss): void => {
    counters.add('journal_losses', loss);
    options.onGap?.(id, LOSSES[loss]);
    shown = `${candidate.path}. ${LOSSES[loss]}`;
    board.set(id, 'following', shown);
  };
  return supervise(
    {
      name: id,
      open(inner) {
        const { journalctl, args, id: machine } = journal;
        return journald(
          { journalctl, args, journal: machine, tag, known: hub.marks('journald:'), backfill, now, onLost },
          inner,
        );
      },
      put: hub.put,
      settled: hub.settled,
      onState: (state, why) => board.set(id, state, why === '' ? shown : why),
    },
    signal,
    now,
  );
}

/** Looks at this machine every few seconds. */
export function watchHost({ config, hostName, hub, board, now, signal }: MachineOptions): Promise<void> {
  const { interval } = config.monitor;
  const { root, always_on: alwaysOn } = config.host;
  const tag: SourceTag = { id: 'monitor', agent: 'local', host: hostName, type: 'snapshot' };
  const looking = `looks at this machine every ${interval} s`;
  board.set('monitor', 'following', looking);
  return supervise(
    {
      name: 'monitor',
      open: (inner) => hostMetrics({ host: hostName, root, alwaysOn, now, interval: interval * 1000, tag }, inner),
      put: hub.put,
      settled: hub.settled,
      onState: (state, reason) => board.set('monitor', state, reason === '' ? looking : reason),
    },
    signal,
    now,
  );
}

/** Resolves once the honeypot listens or has failed for the first time; a port that is taken is tried again. */
async function setTrap(options: CollectOptions): Promise<{ place: Place | undefined; running: Promise<void> }> {
  const { config, hostName, hub, board, counters, now, signal } = options;
  if (!config.honeypot.enabled) {
    board.set('honeypot', 'off', 'switched off');
    return { place: undefined, running: Promise.resolve() };
  }
  const tag: SourceTag = { id: 'honeypot', agent: 'local', host: hostName, type: 'honeypot' };
  const first = Promise.withResolvers<Place | undefined>();
  const onListening = (place: Place): void => {
    board.set('honeypot', 'following', `listens on ${place.address}:${place.port}`);
    first.resolve(place);
  };
  const onDiscarded = (reason: string): void => counters.add('honeypot_lines_dropped', reason);
  const running = supervise(
    {
      name: 'honeypot',
      open: (inner) => honeypot({ config: config.honeypot, tag, now, onListening, onDiscarded }, inner),
      put: hub.put,
      settled: hub.settled,
      onState(state, reason) {
        if (state !== 'failed') return;
        board.set('honeypot', 'failed', reason);
        first.resolve(undefined);
      },
    },
    signal,
    now,
  );
  void running.then(() => first.resolve(undefined));
  return { place: await first.promise, running };
}

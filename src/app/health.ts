/**
 * The health of machines, in the pipeline: counts what authentication lines say, scores each snapshot that passes, and says what a
 * person has to hear of it. Runs in the pipeline thread; all of its state comes back from the store.
 */
import { type Push, summaries, type Told } from '#alerts';
import {
  type Alert,
  type Event,
  levelRank,
  SNAPSHOT_DATASET,
  type ScoredSnapshot,
  type ScoreSettings,
} from '#contract';
import { authWindow, score, snapshotOf } from '#detect';

export interface HealthOptions {
  readonly settings: ScoreSettings;
  /** This machine; every open alert of the house counts against it, against others only their own. */
  readonly hostName: string;
  /** Those that may count, in any order. */
  readonly alerts: () => Iterable<Alert>;
}

export interface HealthRecovery {
  /** The last look at each machine: what its alert-level entries say was told. */
  readonly snapshots: readonly ScoredSnapshot[];
  /** The last authentication events, oldest first. */
  readonly auth: readonly Event[];
}

export interface Health {
  /** Every event, in order. Gives the scored look where the event is one. */
  take(event: Event): { readonly scored: ScoredSnapshot; readonly pushes: readonly Push[] } | undefined;
}

export function createHealth({ settings, hostName, alerts }: HealthOptions, recovery: HealthRecovery): Health {
  const auth = authWindow();
  for (const event of recovery.auth) auth.take(event);
  const told = new Map<string, readonly Told[]>(
    recovery.snapshots
      .filter(({ historic }) => historic !== true)
      .map(({ snapshot, score: { entries } }) => [snapshot.host, entries.filter(isAlert)]),
  );

  return {
    take(event) {
      if (event['event.dataset'] !== SNAPSHOT_DATASET) {
        auth.take(event);
        return undefined;
      }
      const snapshot = snapshotOf(event);
      if (snapshot === undefined) return undefined;
      const { host, at } = snapshot;
      const summary = auth.summary(host);
      const open = Array.from(alerts()).filter(
        (alert) => counts(alert, at) && (host === hostName || alert.host === host),
      );
      const scored: ScoredSnapshot = { snapshot, auth: summary, score: score(snapshot, summary, open, settings) };
      const news = summaries(host, told.get(host) ?? [], scored.score.entries.filter(isAlert));
      told.set(host, news.told);
      return { scored, pushes: news.pushes };
    },
  };
}

const isAlert = ({ level }: { readonly level: string }): boolean => level === 'alert';

/** What old lines told counts while it is news: months of them, imported, say nothing of how the house stands today. */
const HISTORIC = 24 * 3_600_000;

const counts = ({ status, level, historic, last_seen }: Alert, now: number): boolean =>
  status === 'open' && levelRank(level) >= levelRank('high') && (!historic || last_seen >= now - HISTORIC);

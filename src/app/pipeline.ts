/**
 * The stages between a record and a commit, in order: drop repeats → normalize → enrich → detect → fold → encode.
 * Runs in the pipeline thread; knows nothing of threads. All its state (marks, correlation windows, open alerts) can be
 * rebuilt from the store, which is what happens at start and after a failed commit.
 */
import { folder, type Folder, type Push, route } from '#alerts';
import {
  type Fields,
  type Level,
  type RawRecord,
  type RuleDocument,
  type RuleList,
  SNAPSHOT_DATASET,
  type ScoredSnapshot,
  type ScoreSettings,
} from '#contract';
import type { Detector, Match, Windows } from '#detect';
import type { KnownAddresses } from '#enrich';
import { type Counters, counters } from '#lib/counters';
import { unreachable } from '#lib/unreachable';
import {
  type AgentCommit,
  type Commit,
  decodeBatch,
  batchEncoder,
  type OutboxEntry,
  type Recovery,
  type StoredBatch,
  type StoredEvent,
} from '#store';
import { createHealth, type Health, type HealthRecovery } from './health.ts';
import { createMarks, type Marks, type Verdict } from './marks.ts';
import { receiveAgent } from './pipeline/agent.ts';
import type { CountName, Intake, Taken } from './pipeline/intake.ts';
import { matchNoter } from './pipeline/note-matches.ts';
import { PlacedEvent } from './pipeline/placed-event.ts';
import { receivePost } from './pipeline/post.ts';
import { understanding } from './pipeline/understand.ts';
import type { Work, WorkResult } from './pipeline/work.ts';
import { unpackRecords } from './record-batch.ts';
import { type LoadedRules, rulesFrom } from './rules/load.ts';
import type { RulePlaces } from './rules/places.ts';

export interface PipelineOptions {
  /** Rules as they are, or where to read them: thousands are better read by the thread that runs them. */
  readonly rules: readonly RuleDocument[] | RulePlaces;
  readonly hostName: string;
  /** IANA zone for stamps without one. */
  readonly timezone: string;
  readonly ownAddresses: readonly string[];
  /** Databases, devices and lists from the settings. */
  readonly known?: KnownAddresses | undefined;
  /** Lines of a newly found file that are older than this are not stored, ms. */
  readonly backfill: number;
  /** Everything is read long after it was written: however old a stamp is, it is believed. */
  readonly historic?: true;
  /** Alerts of this level and higher go to every channel. */
  readonly notifyLevel: Level;
  readonly channels: readonly string[];
  readonly score: ScoreSettings;
}

const VERDICT_COUNTS = {
  repeat: 'records_repeated',
  gap: 'records_lost',
  overlap: 'records_mended',
} as const satisfies Record<Exclude<Verdict, 'new'>, CountName>;

interface SourceCount {
  readonly id: string;
  count: number;
}

export interface Processed {
  readonly commit: Commit;
  /** One a piece of work, in order. */
  readonly results: readonly WorkResult[];
  /** For the live views; empty where nobody watches. */
  readonly preview: readonly StoredEvent[];
  /** Records per source id, for source health. */
  readonly perSource: readonly Readonly<SourceCount>[];
  /** What was dropped or mended, by reason. */
  readonly counts: ReturnType<Counters['entries']>;
}

export interface Pipeline {
  readonly list: RuleList;
  /** How long a correlation may remember, ms: a rebuild reads twice as far back. */
  readonly horizon: number;
  /** Forgets everything and continues from the store's state; `rebuild` follows. */
  reset(recovery: Recovery, health: HealthRecovery): void;
  /** The correlation windows, for the pipeline that takes this one's place. */
  handover(): Windows;
  /** Takes the place of another pipeline, before its own first event: the store's state, and the other's windows. */
  adopt(recovery: Recovery, health: HealthRecovery, windows: Windows): void;
  /** Fills the correlation windows from stored batches, oldest first. */
  rebuild(batches: readonly StoredBatch[]): void;
  /** `watched`: somebody wants to see a few of the events at once. */
  process(batch: number, received: number, work: readonly Work[], watched?: boolean): Processed;
}

/** How many events of a commit the live views get. */
const PREVIEW = 50;

interface Running {
  readonly detector: Detector;
  /** Ids of rules whose matches are only noted on the event. */
  readonly quiet: ReadonlySet<string>;
}

interface State extends Running {
  readonly health: Health;
  readonly marks: Marks;
  readonly folder: Folder;
  /** Running totals of what detection and folding let go, as last reported. */
  readonly lost: Map<string, number>;
}

/** The event is the pipeline's own until it is encoded. */
function setIngested(event: Fields, at: number): void {
  event['event.ingested'] = at;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { list, ...first } = loaded();
  let counts = counters();
  const count = (name: CountName, reason: string, by = 1): void => counts.add(name, reason, by);
  const understand = understanding(options, count);
  const noteMatches = matchNoter();
  let state: State = fresh({ marks: [], alerts: [], lastAlertId: 0 }, { snapshots: [], auth: [] }, first);
  /** The detector has seen events, so its windows are not empty. */
  let used = false;

  /** No more of the rules than is needed to run them, and to say once what they are. */
  function loaded(): Running & Pick<LoadedRules, 'list'> & Pick<Pipeline, 'horizon'> {
    const { compiled, list: all, quiet } = rulesFrom(options.rules);
    return { detector: compiled.detector, horizon: compiled.horizonSeconds * 1000, list: all, quiet };
  }

  function fresh(
    recovery: Pick<Recovery, 'marks' | 'alerts' | 'lastAlertId'>,
    health: HealthRecovery,
    { detector, quiet }: Running,
  ): State {
    const alerts = folder({ alerts: recovery.alerts, lastAlertId: recovery.lastAlertId });
    const { score: settings, hostName } = options;
    return {
      marks: createMarks(recovery.marks),
      folder: alerts,
      health: createHealth({ settings, hostName, alerts: () => alerts.held() }, health),
      detector,
      quiet,
      lost: new Map(Object.entries(detector.dropped())),
    };
  }

  function process(batch: number, received: number, work: readonly Work[], watched = false): Processed {
    const events = batchEncoder();
    let latest: StoredEvent[] = [];
    const sources = new Map<string, SourceCount>();
    let source: SourceCount | undefined;
    const snapshots: ScoredSnapshot[] = [];
    const pushes: Push[] = [];
    const agents: AgentCommit[] = [];
    let hits = 0;

    /** Records of one source come one after the other. */
    function countSource(id: string): void {
      if (source?.id !== id) sources.set(id, (source = sources.get(id) ?? { id, count: 0 }));
      source.count++;
    }

    function take(record: RawRecord, ingested = record.received): Taken {
      if (record.position !== undefined) {
        const verdict = state.marks.accept(record.position);
        if (verdict !== 'new') count(VERDICT_COUNTS[verdict], verdict);
        if (verdict === 'repeat') return verdict;
      }
      if (record.cut === true) count('records_mended', 'cut');
      const event = understand(record);
      if (event === undefined) return 'blank';
      if (record.backfill === true && event['@timestamp'] < record.received - options.backfill) {
        count('records_dropped', 'older_than_backfill');
        return 'older_than_backfill';
      }
      if (ingested !== record.received) setIngested(event, ingested);
      countSource(record.source.id);
      const located = new PlacedEvent(batch, events.count, event);
      hits += recognise(located, record.backfill === true);
      events.add(event);
      if (watched) {
        latest.push(located);
        if (latest.length >= 2 * PREVIEW) latest = latest.slice(PREVIEW);
      }
      const health = state.health.take(event);
      if (health !== undefined) {
        snapshots.push(health.scored);
        pushes.push(...health.pushes);
      }
      return 'stored';
    }

    const results = work.map((one) => perform(one, { marks: state.marks, take, count }, agents));
    const alerts = state.folder.take();
    // Looks at machines are for the charts; in a feed they would be noise.
    const preview = latest
      .slice(-PREVIEW)
      .filter(({ event }) => event['event.dataset'] !== SNAPSHOT_DATASET)
      .map(({ id, event }) => ({ id, event }));
    countLosses();
    const { moved: marks, forgotten } = state.marks.take();
    const counted = counts.entries();
    counts = counters();
    return {
      commit: {
        batch,
        received,
        events: events.finish(),
        hits,
        marks,
        forgotten,
        alerts,
        outbox: outboxOf([...route(alerts, { level: options.notifyLevel }), ...pushes]),
        snapshots,
        ...(agents.length === 0 ? {} : { agents }),
      },
      results,
      preview,
      perSource: [...sources.values()],
      counts: counted,
    };
  }

  function recognise(located: StoredEvent, historic: boolean): 0 | 1 {
    let matches: readonly Match[];
    let hit: boolean;
    used = true;
    try {
      ({ matches, hit } = state.detector.detect(located));
    } catch {
      count('detections_dropped', 'detect_failed');
      return 0;
    }
    if (matches.length === 0) return hit ? 1 : 0;
    noteMatches(located.event, matches);
    const loud = state.quiet.size === 0 ? matches : matches.filter(({ rule }) => !state.quiet.has(rule.id));
    if (loud.length > 0) state.folder.fold(loud, { historic });
    return hit ? 1 : 0;
  }

  function perform(work: Work, intake: Intake, agents: AgentCommit[]): WorkResult {
    switch (work.kind) {
      case 'records':
        for (const record of unpackRecords(work.records)) intake.take(record);
        return { kind: 'records' };
      case 'post':
        return receivePost(work, options.hostName, intake);
      case 'agent': {
        const { outcome, account } = receiveAgent(work, intake);
        if (account !== undefined) agents.push(account);
        return { kind: 'agent', outcome };
      }
      case 'status':
        return { kind: 'status', found: setStatus(work) };
      default:
        return unreachable(work);
    }
  }

  function setStatus({ id, status, by, note, at, stored }: Work & { kind: 'status' }): boolean {
    return state.folder.setStatus(id, status, by, note, at, stored);
  }

  /** What detection and folding let go since the last batch: theirs are running totals. */
  function countLosses(): void {
    const totals = { ...state.detector.dropped(), alert_released: state.folder.released };
    for (const [reason, total] of Object.entries(totals)) {
      const before = state.lost.get(reason) ?? 0;
      if (total > before) count('detections_dropped', reason, total - before);
      state.lost.set(reason, total);
    }
  }

  function outboxOf(pushes: readonly Push[]): OutboxEntry[] {
    return pushes.flatMap((message) => options.channels.map((channel) => ({ ...message, channel })));
  }

  return {
    list,
    horizon: first.horizon,
    reset(recovery, health) {
      counts = counters();
      state = fresh(recovery, health, used ? loaded() : state);
      used = false;
    },
    handover: () => state.detector.handover(),
    adopt(recovery, health, windows) {
      state.detector.resume(windows);
      used = true;
      counts = counters();
      state = fresh(recovery, health, state);
    },
    rebuild(batches) {
      used = true;
      for (const { batch, events } of batches) {
        for (const [ordinal, event] of decodeBatch(events.bytes).entries())
          state.detector.detect({ id: `${batch}-${ordinal}`, event });
      }
    },
    process,
  };
}

/**
 * The stages between a record and a commit, in order: drop repeats → normalize → enrich → detect → fold → encode.
 * Runs in the pipeline thread; knows nothing of threads. All its state (marks, correlation windows, open alerts) can be
 * rebuilt from the store, which is what happens at start and after a failed commit.
 */
import { folder, type Folder, type Push, route } from '#alerts';
import {
  type Alert,
  type AlertStatus,
  type Event,
  type EventId,
  type Level,
  type RawRecord,
  type RuleDocument,
  type RuleInfo,
  type RuleProblem,
  SNAPSHOT_DATASET,
  type ScoredSnapshot,
  type ScoreSettings,
  type SourceTag,
} from '#contract';
import { compile, type Detector, type Match } from '#detect';
import { addressBook, enrich, type KnownAddresses } from '#enrich';
import { type Counters, counters } from '#lib/counters';
import { unreachable } from '#lib/unreachable';
import { normalize } from '#normalize';
import { decodeBody } from '#sources';
import {
  type Commit,
  decodeBatch,
  encodeBatch,
  type OutboxEntry,
  type Recovery,
  type StoredBatch,
  type StoredEvent,
} from '#store';
import { createHealth, type Health, type HealthRecovery } from './health.ts';
import { briefStream, createMarks, type Marks, type Verdict } from './marks.ts';
import { type RecordBatch, unpackRecords } from './record-batch.ts';

export interface PipelineOptions {
  readonly rules: readonly RuleDocument[];
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

export type Work =
  | { readonly kind: 'records'; readonly records: RecordBatch }
  | {
      readonly kind: 'post';
      readonly body: Uint8Array<ArrayBuffer>;
      readonly agent: string;
      readonly idempotencyKey: string | undefined;
      readonly received: number;
    }
  | {
      readonly kind: 'status';
      readonly id: string;
      readonly status: AlertStatus;
      readonly by: string;
      readonly note: string;
      readonly at: number;
      /** The alert as the store has it: closed ones are not kept in the pipeline's memory. */
      readonly stored: Alert | undefined;
    };

export type WorkResult =
  | { readonly kind: 'records' }
  | {
      readonly kind: 'post';
      readonly accepted: number;
      readonly rejected: readonly { index: number; reason: string }[];
    }
  | { readonly kind: 'bad-body' }
  | { readonly kind: 'status'; readonly found: boolean };

/** Counter names: what never got in, what came twice, what was kept but changed, what detection had to let go. */
type CountName = 'records_lost' | 'records_dropped' | 'records_repeated' | 'records_mended' | 'detections_dropped';

const VERDICT_COUNTS = {
  repeat: 'records_repeated',
  gap: 'records_lost',
  overlap: 'records_mended',
} as const satisfies Record<Exclude<Verdict, 'new'>, CountName>;

export interface Processed {
  readonly commit: Commit;
  /** One a piece of work, in order. */
  readonly results: readonly WorkResult[];
  readonly preview: readonly StoredEvent[];
  /** Records per source id, for source health. */
  readonly perSource: readonly { readonly id: string; readonly count: number }[];
  /** What was dropped or mended, by reason. */
  readonly counts: ReturnType<Counters['entries']>;
}

export interface Pipeline {
  readonly rules: readonly RuleInfo[];
  readonly problems: readonly RuleProblem[];
  /** How long a correlation may remember, ms: a rebuild reads twice as far back. */
  readonly horizon: number;
  /** Forgets everything and continues from the store's state; `rebuild` follows. */
  reset(recovery: Recovery, health: HealthRecovery): void;
  /** Fills the correlation windows from stored batches, oldest first. */
  rebuild(batches: readonly StoredBatch[]): void;
  process(batch: number, received: number, work: readonly Work[]): Processed;
}

/** How many events of a commit the live views get. */
const PREVIEW = 50;

interface State {
  readonly health: Health;
  readonly marks: Marks;
  readonly folder: Folder;
  readonly detector: Detector;
  /** Running totals of what detection and folding let go, as last reported. */
  readonly lost: Map<string, number>;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const first = compile(options.rules);
  let counts = counters();
  const count = (name: CountName, reason: string, by = 1): void => counts.add(name, reason, by);
  const normalizing = {
    timezone: options.timezone,
    historic: options.historic === true,
    count: (reason: string) => count('records_mended', reason),
  };
  const enriching = {
    ownAddresses: new Set(options.ownAddresses),
    ...(options.known === undefined ? {} : { about: addressBook(options.known) }),
  };
  let state: State = fresh({ marks: [], alerts: [], lastAlertId: 0 }, { snapshots: [], auth: [] }, first);

  function fresh(
    recovery: Pick<Recovery, 'marks' | 'alerts' | 'lastAlertId'>,
    health: HealthRecovery,
    compiled = compile(options.rules),
  ): State {
    const alerts = folder({ alerts: recovery.alerts, lastAlertId: recovery.lastAlertId });
    const { score: settings, hostName } = options;
    return {
      marks: createMarks(recovery.marks),
      folder: alerts,
      health: createHealth({ settings, hostName, alerts: () => alerts.held() }, health),
      detector: compiled.detector,
      lost: new Map(),
    };
  }

  /** A stage that throws is a bug of ours; the record is kept as a plain event and the fault is counted. */
  function understand(record: RawRecord): Event | undefined {
    try {
      const event = normalize(record, normalizing);
      return event === undefined ? undefined : enrich(event, enriching);
    } catch {
      count('records_mended', 'normalize_failed');
      return {
        '@timestamp': record.received,
        'event.ingested': record.received,
        'host.name': record.source.host,
        'agent.id': record.source.agent,
        message: record.text,
      };
    }
  }

  function process(batch: number, received: number, work: readonly Work[]): Processed {
    const events: Event[] = [];
    const sources = new Map<string, number>();
    const snapshots: ScoredSnapshot[] = [];
    const pushes: Push[] = [];
    let hits = 0;

    function take(record: RawRecord): void {
      if (record.position !== undefined) {
        const verdict = state.marks.accept(record.position);
        if (verdict !== 'new') count(VERDICT_COUNTS[verdict], verdict);
        if (verdict === 'repeat') return;
      }
      if (record.cut === true) count('records_mended', 'cut');
      const event = understand(record);
      if (event === undefined) return;
      if (record.backfill === true && event['@timestamp'] < record.received - options.backfill) {
        count('records_dropped', 'older_than_backfill');
        return;
      }
      sources.set(record.source.id, (sources.get(record.source.id) ?? 0) + 1);
      const id: EventId = `${batch}-${events.length}`;
      events.push(event);
      hits += recognise({ id, event }, record.backfill === true);
      const health = state.health.take(event);
      if (health === undefined) return;
      snapshots.push(health.scored);
      pushes.push(...health.pushes);
    }

    const results = work.map((one) => perform(one, take));
    const alerts = state.folder.take();
    const shownFrom = Math.max(0, events.length - PREVIEW);
    // Looks at machines are for the charts; in a feed they would be noise.
    const preview = events
      .slice(shownFrom)
      .map((event, i): StoredEvent => ({ id: `${batch}-${shownFrom + i}`, event }))
      .filter(({ event }) => event['event.dataset'] !== SNAPSHOT_DATASET);
    countLosses();
    const { moved: marks, forgotten } = state.marks.take();
    const counted = counts.entries();
    counts = counters();
    return {
      commit: {
        batch,
        received,
        events: encodeBatch(events),
        hits,
        marks,
        forgotten,
        alerts,
        outbox: outboxOf([...route(alerts, { level: options.notifyLevel }), ...pushes]),
        snapshots,
      },
      results,
      preview,
      perSource: [...sources].map(([id, number]) => ({ id, count: number })),
      counts: counted,
    };
  }

  function recognise(located: StoredEvent, historic: boolean): 0 | 1 {
    let matches: readonly Match[];
    let hit: boolean;
    try {
      ({ matches, hit } = state.detector.detect(located));
    } catch {
      count('detections_dropped', 'detect_failed');
      return 0;
    }
    if (matches.length > 0) state.folder.fold(matches, { historic });
    return hit ? 1 : 0;
  }

  function perform(work: Work, take: (record: RawRecord) => void): WorkResult {
    switch (work.kind) {
      case 'records':
        for (const record of unpackRecords(work.records)) take(record);
        return { kind: 'records' };
      case 'post':
        return receive(work, take);
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

  function receive(post: Work & { kind: 'post' }, take: (record: RawRecord) => void): WorkResult {
    const tag: SourceTag = {
      id: post.agent === 'local' ? 'http' : `http:${post.agent}`,
      agent: post.agent,
      host: post.agent === 'local' ? options.hostName : post.agent,
    };
    const body = decodeBody(post.body, tag, post.received);
    if (body === undefined) return { kind: 'bad-body' };
    const { agent, idempotencyKey, received } = post;
    const stream = idempotencyKey === undefined ? undefined : briefStream(agent, idempotencyKey, received);
    for (const [i, record] of body.records.entries()) {
      take(stream === undefined ? record : { ...record, position: { stream, from: i, to: i + 1 } });
    }
    if (body.rejected.length > 0) count('records_dropped', 'rejected', body.rejected.length);
    return { kind: 'post', accepted: body.records.length, rejected: body.rejected };
  }

  function outboxOf(pushes: readonly Push[]): OutboxEntry[] {
    return pushes.flatMap((message) => options.channels.map((channel) => ({ ...message, channel })));
  }

  return {
    rules: first.rules,
    problems: first.problems,
    horizon: first.horizonSeconds * 1000,
    reset(recovery, health) {
      counts = counters();
      state = fresh(recovery, health);
    },
    rebuild(batches) {
      for (const { batch, events } of batches) {
        for (const [ordinal, event] of decodeBatch(events.bytes).entries())
          state.detector.detect({ id: `${batch}-${ordinal}`, event });
      }
    },
    process,
  };
}

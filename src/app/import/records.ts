/** Lines of logs, and warnings of an earlier monitor → records for the pipeline, each at its place in the content. */
import { isoTime, type Mark, type RawRecord, type SourceTag } from '#contract';
import { normalize } from '#normalize';
import { type Followed, followedAs } from '#sources';
import { contentOf } from './content.ts';
import { badLine, type Job, type Means, orderedZone } from './job.ts';
import { readAlerts } from './monitor-line.ts';
import { type Line, numberedLines } from './numbered-lines.ts';

const MONITOR_ALERT_DATASET = 'porchlight.monitor_alert';

export type Put = (records: readonly RawRecord[]) => Promise<void>;

export interface Way {
  readonly put: Put;
  /** The marks of all files that are followed. */
  readonly follower: readonly Mark[];
  /** A last line without an end is left to the follower. */
  readonly growing: boolean;
}

/** Returns the place of the last line. Ends at the signal with its reason; what was put stays put. */
export async function importRecords(job: Job, means: Means, { put, follower, growing }: Way): Promise<number> {
  const toRecord = job.tally.kind === 'alerts' ? warningReader(job, means) : lineReader(job, means, follower);
  const pace = pacer(job, means);
  const content = contentOf(job.source, means.signal);
  let through = 0;
  for await (const found of numberedLines(content, growing)) {
    const records: RawRecord[] = [];
    for (const line of found) {
      const record = toRecord(line);
      if (record !== undefined) records.push(record);
      through = line.to;
    }
    if (records.length > 0) await put(records);
    pace(content.read);
    means.signal.throwIfAborted();
  }
  return through;
}

/** Says how far it is, every few seconds. */
const PACE = 5000;

export function pacer({ source, tally }: Job, { now, say }: Means): (read: number) => void {
  let next = now() + PACE;
  return (read) => {
    if (now() < next) return;
    next = now() + PACE;
    say(`${tally.file}: ${Math.floor((100 * read) / Math.max(1, source.size))} %`);
  };
}

type ToRecord = (line: Line) => RawRecord | undefined;

function lineReader({ source, stream, tally, head, size }: Job, means: Means, follower: readonly Mark[]): ToRecord {
  const { host, timezoneOf, now, config } = means;
  const received = now();
  const tag: SourceTag = {
    id: `import:${tally.file}`,
    agent: 'local',
    host,
    path: source.path,
    timezone: timezoneOf(source.path),
    written: Math.min(source.modified, received),
  };
  const followed = followedAs(head, size, follower);
  const backfill = config.sources.backfill_hours * 3_600_000;
  return ({ text, from, to, cut }) => {
    const position = { stream: stream.tag, from, to };
    const record: RawRecord = { source: tag, received, text, position, backfill: true, ...(cut ? { cut } : {}) };
    if (to > stream.done && !(followed !== undefined && isFollowed(record, from, followed, backfill))) return record;
    tally.known++;
    return undefined;
  };
}

/** The follower took it, or will: all from where the file ended when it was first seen, and of what was before the last hours. */
function isFollowed(record: RawRecord, from: number, followed: Followed, backfill: number): boolean {
  if (from >= followed.backfill) return true;
  const context = { timezone: record.source.timezone ?? 'UTC', historic: true, count: () => undefined };
  const event = normalize(record, context);
  return event !== undefined && event['@timestamp'] >= followed.seen - backfill;
}

/** A type that may speak as Porchlight: these are our own words, or those of a monitor like us. */
function warningReader(job: Job, means: Means): ToRecord {
  const { stream, tally, source } = job;
  const { host, now } = means;
  const received = now();
  const reader = { zone: orderedZone(job, means), host, now: received };
  const tag: SourceTag = { id: `import:${tally.file}`, agent: 'local', host, type: 'snapshot', path: source.path };
  return ({ text, from, to, number }) => {
    const read = readAlerts(text, reader);
    if (to <= stream.done) {
      tally.known++;
      return undefined;
    }
    if (!read.ok) {
      badLine(means, job, number, read.reason);
      return undefined;
    }
    const fields = {
      '@timestamp': isoTime(read.value.at),
      'host.name': host,
      'event.dataset': MONITOR_ALERT_DATASET,
      'event.kind': 'alert',
      'event.category': ['host'],
      'event.type': ['info'],
      'labels.product': 'porchlight',
      'labels.service': 'monitor',
      message: read.value.alerts.join('; '),
      'porchlight.alerts': read.value.alerts,
    };
    const position = { stream: stream.tag, from, to };
    return { source: tag, received, text: JSON.stringify(fields), position, backfill: true };
  };
}

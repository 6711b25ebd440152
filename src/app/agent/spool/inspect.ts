/** Looks at a spool without touching it, while an agent writes it or when none runs. */
import { unlinkedWhileRead } from './unlinked.ts';
import { findLog, type Segment, segmentsOf, sizeOf, syncsOf } from './folder.ts';
import { load, readSegment } from './load.ts';
import { parkedCount, quarantined } from './quarantine.ts';

export interface SpoolView {
  readonly epoch: string;
  /** Records that were not taken yet. */
  readonly records: number;
  readonly bytes: number;
  /** Sequence numbers as the server knows them: what waits is [ack, next). */
  readonly ack: number;
  readonly next: number;
  readonly quarantined: number;
  readonly parked: number;
  readonly segments: readonly SegmentView[];
}

export interface SegmentView {
  readonly number: number;
  readonly bytes: number;
  readonly records: number;
  readonly damaged: number;
  /** ms of the first and the last frame; null in an empty segment. */
  readonly oldest: number | null;
  readonly newest: number | null;
}

const NOTHING = { epoch: '', records: 0, bytes: 0, ack: 0, next: 0, segments: [] } as const;

export function inspectSpool(spool: string): SpoolView {
  const counts = { quarantined: quarantined(spool), parked: parkedCount(spool) };
  const log = findLog(spool);
  if (log === undefined) return { ...NOTHING, ...counts };
  const syncs = syncsOf(log);
  const { state } = load(log, syncs, () => undefined, false);
  const segments = segmentsOf(log).flatMap((segment) => {
    const view = unlinkedWhileRead(() => viewOf(segment, syncs));
    return view === undefined ? [] : [view];
  });
  return {
    epoch: state.epoch,
    records: state.next - state.ack,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    ack: state.ack - state.base,
    next: state.next - state.base,
    ...counts,
    segments,
  };
}

function viewOf(segment: Segment, syncs: ReturnType<typeof syncsOf>): SegmentView {
  let [records, damaged] = [0, 0];
  let [oldest, newest]: [number | null, number | null] = [null, null];
  for (const item of readSegment(segment, syncs)) {
    if (item.kind === 'damaged') damaged += 1;
    if (item.kind !== 'frame' || item.frame.count === 0) continue;
    records += item.frame.count;
    oldest ??= item.frame.time;
    newest = item.frame.time;
  }
  return { number: segment.number, bytes: sizeOf(segment.path), records, damaged, oldest, newest };
}

export interface WaitingLine {
  readonly seq: number;
  readonly source: string;
  readonly received: number;
  readonly text: string;
}

/** What waits to be sent, in order. */
export function* waitingLines(spool: string): Generator<WaitingLine> {
  const log = findLog(spool);
  if (log === undefined) return;
  const syncs = syncsOf(log);
  const { state } = load(log, syncs, () => undefined, false);
  for (const segment of segmentsOf(log)) {
    for (const item of unlinkedWhileRead(() => [...readSegment(segment, syncs)]) ?? []) {
      if (item.kind !== 'frame' || item.frame.first + item.frame.count <= state.ack) continue;
      const { first, head, body } = item.frame;
      for (const [i, line] of body.toString().trimEnd().split('\n').entries()) {
        if (line === '' || first + i < state.ack) continue;
        const { s, r, t } = JSON.parse(line) as { readonly s: number; readonly r: number; readonly t: string };
        yield { seq: first + i - state.base, source: head.sources[s]?.id ?? '', received: r, text: t };
      }
    }
  }
}

/**
 * Follows systemd's journal through `journalctl`: no entry is lost and none comes twice, over restarts of ours and rotations
 * of the journal's. One child at a time:
 *
 *     first sight   --since (backfill) ──▶ end ──┐
 *     restart       --cursor C ─────────▶ end ──┴─▶ --cursor (last) --follow ──▶ …
 *                    ▲  └─ first entry is not C: ──▶ lost: --since (time of C), a new epoch
 *                    └─────────────────────────────── first entry is not (last)
 *
 * Invariants
 * - Entries are numbered from 0 in the stream `journald:<journal>@<epoch>`; entry n covers [n, n + 1). An epoch is named by the
 *   time when its numbering began, ms.
 * - Each entry's own stream tag holds its cursor and time, so a commit that ends at any entry is resumed right behind it.
 * - We seek to a cursor including its entry, and look whether that one comes. `--after-cursor` would not tell: where the entry
 *   is gone it goes to the next one there is, and passes over that too.
 * - Catching up reads all boots. systemd 250 to 256 follow one boot only, whatever they are told; nothing else is written to
 *   a machine's own journal. When an entry of another boot shows up there after all, we catch up again.
 * - A lost cursor is never silent. What was vacuumed away meanwhile cannot be had; another entry of the very microsecond of the
 *   lost one may come twice.
 */
import type { Mark, RawRecord, SourceTag } from '#contract';
import type { Entry } from './journald/entry-lines.ts';
import { type RunEnd, runJournalctl } from './journald/journalctl.ts';
import {
  advance,
  afterLoss,
  beginning,
  type Place,
  resumed,
  sameEntry,
  seekOption,
  streamTag,
} from './journald/place.ts';

/** `cursor`: the entry we stood at is gone. `unreadable`: a line of journalctl that is no entry was passed over. */
export type JournalLoss = 'cursor' | 'unreadable';

export interface JournaldOptions {
  /** The program, as an absolute path. */
  readonly journalctl: string;
  /** What it reads instead of this machine's journal: `--directory=…`, `--file=…`. */
  readonly args?: readonly string[];
  /** Whose journal: the machine's id. Part of the stream's key. */
  readonly journal: string;
  readonly tag: SourceTag;
  /** All marks of the store: those of other sources are passed over. */
  readonly known: readonly Mark[];
  /** ms that are read back at first sight. */
  readonly backfill: number;
  readonly now: () => number;
  readonly onLost: (loss: JournalLoss) => void;
  /** Called with each child's process id once it runs. */
  readonly onStarted?: (pid: number) => void;
  /** False: ends at the journal's end instead of waiting for more. */
  readonly follow?: boolean;
}

type Records = readonly RawRecord[];

const FOLLOW = ['--follow', '--no-tail'];

/** Throws when journalctl is missing, refuses, or ends although it should follow. */
export async function* journald(options: JournaldOptions, signal: AbortSignal): AsyncGenerator<Records> {
  const { journal, known, now, follow = true } = options;
  let place = resumed(known, journal) ?? beginning(journal, now(), options.backfill);
  let isThere = true;
  for (let followed = -1; !signal.aborted;) {
    ({ place, isThere } = yield* read(options, place, [], signal));
    if (signal.aborted) return;
    if (!isThere) {
      options.onLost('cursor');
      place = afterLoss(place, journal, now());
      continue;
    }
    if (!follow) return;
    if (place.next === followed)
      throw new Error('journalctl follows the journal from another place than it reads it to.');
    followed = place.next;
    ({ place, isThere } = yield* read(options, place, FOLLOW, signal));
    if (isThere && !signal.aborted) throw new Error('journalctl stopped following the journal.');
  }
}

/** One run of journalctl from `start` on. Ends at once, before any record, when the entry it should start at is not there. */
async function* read(
  options: JournaldOptions,
  start: Place,
  phase: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Records, { readonly place: Place; readonly isThere: boolean }> {
  const args = [...(options.args ?? []), seekOption(start), ...phase];
  const run = runJournalctl({ ...options, args }, signal);
  let place = start;
  let isThere = start.seek === 'time';
  try {
    let step: IteratorResult<readonly (Entry | 'unreadable')[], RunEnd>;
    while ((step = await run.next()).done !== true) {
      const records: RawRecord[] = [];
      for (const entry of step.value) {
        if (entry === 'unreadable') options.onLost('unreadable');
        else if (place.cursor !== undefined && sameEntry(entry.cursor, place.cursor)) isThere = true;
        else if (!isThere) return { place, isThere };
        else {
          place = advance(place, entry.cursor, entry.time);
          records.push(recordOf(entry, place, options));
        }
      }
      if (records.length > 0) yield records;
    }
    return { place, isThere: isThere && step.value === 'ended' };
  } finally {
    await run.return('ended');
  }
}

/** The record of the entry that we stand at. */
function recordOf({ text, time, cut }: Entry, place: Place, { tag, now }: JournaldOptions): RawRecord {
  return {
    source: tag,
    received: now(),
    text,
    position: { stream: streamTag(place), from: place.next - 1, to: place.next },
    ...(time < place.first * 1000 ? { backfill: true } : {}),
    ...(cut ? { cut: true } : {}),
  };
}

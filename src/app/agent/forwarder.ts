/**
 * Brings what is in the spool to the server, in order. While there is a backlog two batches are on their way, the later one on trust:
 * the server commits the one while the other travels. Their verdicts are heard in order.
 *
 *     batch ─▶ POST ─▶ taken ─────▶ the spool lets go of it
 *       ▲        │─▶ expected n ──▶ go back to n, or declare what is gone
 *       │        │─▶ too large ───▶ half of it
 *       │        │─▶ parked ──────▶ a file under parked/, and its numbers a declared gap
 *       └── wait ┴─▶ again, key refused, no answer
 *
 * A batch is held until one of these has happened to it. Whether a lost reply meant 'stored' is the server's to know: the same
 * numbers go out again, and it drops what it has. So it does no harm either when a batch that went ahead arrives late, or twice: a number
 * names the same record for ever.
 */
import { type AgentReport, type DeclaredGap, HEARTBEAT } from '#contract';
import { sleep } from '#lib/backoff';
import { unreachable } from '#lib/unreachable';
import { type Batch, createBatcher } from './batcher.ts';
import { type Ahead, type Answer, createDelivery, type DeliveryOptions, type Packed } from './delivery.ts';
import type { Link } from './link.ts';
import type { Spool } from './spool/spool.ts';

export interface ForwarderOptions extends Omit<DeliveryOptions, 'longDelay'> {
  readonly spool: Spool;
  readonly report: () => AgentReport;
  /** Keeps what the server refuses for good. */
  readonly park: (batch: Batch, reason: string) => void;
  /** The owner wants a new key. */
  readonly rotate: (link: Link) => Promise<void>;
  /** ms between two batches while little comes. */
  readonly pace?: number;
  readonly longDelay?: number;
}

const PACE = 1000;
/** ms until what could not be read is tried again. */
const UNREADABLE_DELAY = 500;
const LONG_DELAY = 30_000;
/** So many records do not wait for company. */
const ENOUGH = 1000;
const REPORT_EVERY = 5000;
/** After so many refused batches in a row it is more likely the address than the batch. */
const PARKED_IN_A_ROW = 3;

/** Ends with the signal. Rejects only on a bug. */
export async function forward(options: ForwarderOptions, signal: AbortSignal): Promise<void> {
  const { spool, protocol, links, pace = PACE, longDelay = LONG_DELAY } = options;
  const sending = createDelivery({ ...options, longDelay }, signal);
  const reader = spool.reader();
  const batcher = createBatcher({ reader, start: spool.state.ack, lost: (from) => spool.lost(from) });
  let most = protocol.limits.records;
  let declared: DeclaredGap | undefined;
  let lastReport = -Infinity;
  let isReportStale = false;
  let parkedInARow = 0;
  /** Of the batch that is next. */
  let ahead: Ahead | undefined;

  function reportDue(): AgentReport | undefined {
    if (!protocol.isEnrolled || performance.now() - lastReport < REPORT_EVERY) return undefined;
    return reported();
  }

  function reported(): AgentReport {
    lastReport = performance.now();
    isReportStale = false;
    return options.report();
  }

  /** ms until a heartbeat is due: when nothing was said for long, or soon after what was said is no longer true. */
  function untilHeartbeat(): number {
    const due = sending.lastHeard + HEARTBEAT - performance.now();
    return Math.max(0, isReportStale ? Math.min(due, lastReport + REPORT_EVERY - performance.now()) : due);
  }

  async function pack(batch: Batch, report = reportDue()): Promise<Packed> {
    const gap = joined(declared, batch.gap);
    const whole = gap === undefined ? batch : { ...batch, gap };
    return { batch: whole, message: protocol.message(whole, report), records: batch.to - batch.from };
  }

  async function nextPacked(): Promise<Packed | undefined> {
    const batch = batcher.next({ ...protocol.limits, records: most });
    if (batch === undefined) return undefined;
    spool.hold(batch.to);
    return pack(batch);
  }

  /** Packed and, where that may be, on its way behind the one that is. */
  async function following(): Promise<Packed | undefined> {
    const next = await nextPacked();
    ahead = next === undefined || next.batch.gap !== undefined ? undefined : sending.ahead(next);
    return next;
  }

  /** No records: it asks for the mark, and says how we are. */
  async function heartbeat(): Promise<Packed> {
    const { ack } = spool.state;
    const empty = { from: ack, to: ack, gap: declared, sources: [], lines: [], counts: new Map<string, number>() };
    return { batch: empty, message: protocol.message(empty, reported()), records: 0 };
  }

  /** True when the batch that was packed meanwhile still follows. */
  async function settle({ batch }: Packed, verdict: Answer): Promise<boolean> {
    switch (verdict.kind) {
      case 'taken':
        return taken(batch, verdict);
      case 'expected':
        return expected(verdict.seq);
      case 'too_large':
        most = Math.max(1, Math.floor((batch.to - batch.from) / 2));
        batcher.seek(batch.from);
        return false;
      case 'parked':
        return park(batch, verdict.reason);
      default:
        return unreachable(verdict);
    }
  }

  async function taken(batch: Batch, verdict: Answer & { kind: 'taken' }): Promise<boolean> {
    parkedInARow = 0;
    if (verdict.through > spool.state.next) return startAnew(batch.from);
    if (batch.gap !== undefined) declared = undefined;
    if (verdict.rotate) await rotate();
    for (const [source, count] of verdict.refused) spool.dropped(source, 'refused', count);
    const sent = new Map(batch.counts);
    for (const [source, count] of verdict.refused) sent.set(source, (sent.get(source) ?? 0) - count);
    if (batch.from < batch.to) most = Math.min(protocol.limits.records, most * 2);
    const jump = batch.from === batch.to && verdict.through > batcher.at;
    const skipped = jump ? batcher.skipTo(verdict.through) : new Map<string, number>();
    for (const [source, count] of skipped) sent.set(source, (sent.get(source) ?? 0) + count);
    // What lies between the two is the next batch's to count.
    spool.ack(jump ? verdict.through : batch.to, sent);
    isReportStale ||= sent.size > 0;
    return !jump;
  }

  /** A failure is no matter: the server asks again. */
  async function rotate(): Promise<void> {
    const { link } = sending;
    try {
      if (link !== undefined) await options.rotate(link);
    } catch (error) {
      sending.stand({ lastError: `the key could not be exchanged: ${(error as Error).message}` });
    }
  }

  /** The server has numbers that this spool never gave: it is an older copy of itself. */
  async function startAnew(from: number): Promise<boolean> {
    await spool.renumber(from, spool.state.server ?? '');
    declared = undefined;
    batcher.seek(spool.state.ack);
    return false;
  }

  function expected(seq: number): boolean {
    const { ack } = spool.state;
    batcher.seek(seq);
    const again = batcher.next({ ...protocol.limits, records: 1 });
    // What is still here goes out once more; what is not is declared.
    const first = again?.from ?? ack;
    declared = first > seq ? { from: seq, to: first, reason: seq >= ack ? spool.lost(seq) : 'missing' } : undefined;
    batcher.seek(first);
    return false;
  }

  async function park(batch: Batch, reason: string): Promise<boolean> {
    options.park(batch, reason);
    for (const [source, count] of batch.counts) spool.dropped(source, 'parked', count);
    sending.stand({ lastError: `${reason}; ${batch.to - batch.from} records are parked` });
    declared = joined(declared, joined(batch.gap, { from: batch.from, to: batch.to, reason: 'parked' }));
    spool.ack(batch.to, new Map());
    batcher.seek(batch.to);
    if (++parkedInARow >= PARKED_IN_A_ROW) await sleep(longDelay, signal);
    return false;
  }

  /** Until a batch is worth sending, or a heartbeat is due. */
  async function gather(): Promise<void> {
    if (spool.state.next <= batcher.at) {
      await spool.until(batcher.at, protocol.isEnrolled ? untilHeartbeat() : HEARTBEAT, signal);
    }
    const rest = sending.lastSend + pace - performance.now();
    if (rest > 0 && spool.state.next - batcher.at < ENOUGH) await sleep(rest, signal);
  }

  try {
    if (protocol.isEnrolled) {
      const hello = await heartbeat();
      await settle(hello, await sending.deliver(hello, heartbeat));
    }
    let ready: Packed | undefined;
    while (!signal.aborted) {
      if (ready === undefined) {
        await gather();
        signal.throwIfAborted();
        ready = await nextPacked();
        // There is something, and it cannot be read now: damaged up to its end, or no descriptor is free.
        if (ready === undefined && spool.state.next > batcher.at) await sleep(UNREADABLE_DELAY, signal);
      }
      if (ready === undefined && !(protocol.isEnrolled && untilHeartbeat() === 0)) continue;
      const current = ready ?? (await heartbeat());
      const again = (): Promise<Packed> => (current.records === 0 ? heartbeat() : pack(current.batch));
      const delivering = sending.deliver(current, again, ahead);
      ahead = undefined;
      const worth =
        spool.state.next - batcher.at >= ENOUGH && current.batch.gap === undefined && declared === undefined;
      const [verdict, next] = await Promise.all([delivering, worth ? following() : undefined]);
      ready = (await settle(current, verdict)) ? next : undefined;
      if (ready === undefined) ahead = undefined;
      if (ready === undefined) spool.hold(batcher.at);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    reader.close();
    for (const { close } of links) close();
  }
}

/** Two ranges that nothing lies between, as one. */
function joined(a: DeclaredGap | undefined, b: DeclaredGap | undefined): DeclaredGap | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const longer = b.to - b.from > a.to - a.from ? b : a;
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to), reason: longer.reason };
}

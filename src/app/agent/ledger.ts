/** The agent as it sees itself: per source what was read, spooled, sent and dropped, how far behind it is, and what it could not read. */
import { statSync } from 'node:fs';
import type { AgentReport, Mark, SourceAccount, SourceStatus } from '#contract';
import type { Spool } from './spool/spool.ts';
import { parkedCount, quarantined } from './spool/quarantine.ts';

export interface LedgerOptions {
  readonly spool: Pick<Spool, 'state' | 'queued' | 'marks' | 'bytes' | 'oldest'>;
  readonly spoolFolder: string;
  /** Bytes that the spool may hold. */
  readonly spoolLimit: number;
  readonly sources: () => readonly SourceStatus[];
  readonly facts: Pick<AgentReport, 'version' | 'platform' | 'host' | 'started' | 'always_on'>;
  readonly now: () => number;
}

export interface AgentLedger {
  gap(source: string, reason: string): void;
  report(): AgentReport;
}

const MOST_GAPS = 20;

export function agentLedger({ spool, spoolFolder, spoolLimit, sources, facts, now }: LedgerOptions): AgentLedger {
  const gaps = new Map<string, { readonly at: number; readonly reason: string }[]>();

  function account({ id, state, reason }: SourceStatus): SourceAccount {
    const { spooled, sent, dropped } = spool.state.tallies.get(id) ?? { spooled: 0, sent: 0, dropped: {} };
    // What was given up after it was spooled was read once.
    const lostBefore = Object.entries(dropped).reduce((sum, [why, n]) => sum + (LATER.has(why) ? 0 : n), 0);
    return {
      source: id,
      read: spooled + (spool.queued.get(id) ?? 0) + lostBefore,
      spooled,
      sent,
      dropped,
      gaps: gaps.get(id) ?? [],
      lag: lagOf(id, spool.marks),
      state: state === 'missing' ? 'waiting' : state,
      reason,
    };
  }

  return {
    gap(source, reason) {
      gaps.set(source, [...(gaps.get(source) ?? []), { at: now(), reason }].slice(-MOST_GAPS));
    },
    report() {
      const { next, ack, tallies } = spool.state;
      const standing = sources();
      const known = new Set(standing.map(({ id }) => id));
      // A source that is no longer configured keeps its account.
      const former = [...tallies.keys()]
        .filter((id) => !known.has(id))
        .map((id): SourceStatus => ({ id, state: 'off', reason: 'No longer read.', records: 0, last_seen: null }));
      return {
        ...facts,
        spool: {
          records: next - ack,
          bytes: spool.bytes,
          limit: spoolLimit,
          oldest: spool.oldest(),
          quarantined: quarantined(spoolFolder),
          parked: parkedCount(spoolFolder),
        },
        sources: [...standing, ...former].map(account),
      };
    },
  };
}

/** Reasons to drop what lay in the spool already. */
const LATER = new Set(['evicted', 'too_old', 'parked', 'refused']);

/** Bytes of a followed file behind its mark; 0 for what is no file, or not the file that was read last. */
function lagOf(id: string, marks: (prefix: string) => readonly Mark[]): number {
  if (!id.startsWith('file:')) return 0;
  const last = marks(`${id}@`).at(-1);
  if (last === undefined) return 0;
  try {
    const { path, inode } = JSON.parse(last.detail) as { readonly path?: unknown; readonly inode?: unknown };
    const found = statSync(typeof path === 'string' ? path : id.slice('file:'.length), { bigint: true });
    return `${found.ino}` === inode ? Math.max(0, Number(found.size) - last.mark) : Number(found.size);
  } catch {
    return 0;
  }
}

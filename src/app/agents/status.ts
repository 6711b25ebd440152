/** `GET /api/agents`: entries, ledgers and what the watch says, put together. */
import { type AgentState, type AgentStatus, isoTime, type SourceAccount } from '#contract';
import type { AgentEntry, AgentLedger } from '#store';
import type { Standing } from './watch.ts';

export function stateOf({ keys, invitation, revoked }: AgentEntry, standing: Standing): AgentState {
  if (keys.length > 0) return standing;
  return revoked && invitation === null ? 'revoked' : 'invited';
}

export function statusOf(entry: AgentEntry, ledger: AgentLedger | undefined, standing: Standing): AgentStatus {
  const report = ledger?.report;
  const sources = sourcesOf(ledger);
  const sum = (value: (one: Source) => number): number => sources.reduce((total, one) => total + value(one), 0);
  return {
    name: entry.name,
    state: stateOf(entry, standing),
    added: isoTime(entry.added),
    last_seen: ledger === undefined ? null : isoTime(ledger.seen),
    version: report?.version ?? null,
    platform: report?.platform ?? null,
    host: report?.host ?? null,
    always_on: report?.always_on ?? true,
    lag: sum(({ lag }) => lag),
    clock_skew: ledger?.skew ?? null,
    spool: report === undefined ? null : { ...report.spool, oldest: timeOrNull(report.spool.oldest) },
    sources,
    totals: {
      read: sum(({ read }) => read),
      spooled: sum(({ spooled }) => spooled),
      sent: sum(({ sent }) => sent),
      stored: sum(({ stored }) => stored),
      dropped: sum(({ dropped }) => Object.values(dropped).reduce((total, count) => total + count, 0)),
      lost: ledger?.lost ?? 0,
    },
    gaps: (ledger?.gaps ?? []).map((gap) => ({ ...gap, at: isoTime(gap.at) })),
    keys: entry.keys.map(({ id, created, lastUsed }) => ({
      id,
      created: isoTime(created),
      last_used: timeOrNull(lastUsed),
    })),
    rotating: entry.rotating,
    invitation: timeOrNull(entry.invitation?.expires ?? null),
  };
}

const timeOrNull = (at: number | null): string | null => (at === null ? null : isoTime(at));

type Source = AgentStatus['sources'][number];

/** As the agent counts them, with what the server stored and left out; a source the agent does not speak of has stored records all the same. */
function sourcesOf(ledger: AgentLedger | undefined): Source[] {
  if (ledger === undefined) return [];
  const stored = new Map(ledger.sources.map((one) => [one.source, one]));
  const reported = ledger.report?.sources ?? [];
  const known = new Set(reported.map(({ source }) => source));
  const silent = ledger.sources.filter(({ source }) => !known.has(source)).map(({ source }) => unspoken(source));
  return [...reported, ...silent].map((account) => {
    const ours = stored.get(account.source);
    const dropped: Record<string, number> = { ...account.dropped };
    for (const [reason, count] of Object.entries(ours?.dropped ?? {})) dropped[reason] = (dropped[reason] ?? 0) + count;
    return {
      ...account,
      stored: ours?.stored ?? 0,
      dropped,
      gaps: account.gaps.map((gap) => ({ ...gap, at: isoTime(gap.at) })),
    };
  });
}

const unspoken = (source: string): SourceAccount => ({
  source,
  read: 0,
  spooled: 0,
  sent: 0,
  dropped: {},
  gaps: [],
  lag: 0,
  state: 'following',
  reason: '',
});

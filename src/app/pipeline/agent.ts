/**
 * A batch of an agent: decides by its numbers what is new (the rules are in `#contract` agent-wire), hands that on, and keeps the
 * account. It is decided here and not where the request comes in, because two batches may be on their way to the commit: only
 * this thread knows of both.
 */
import type { DeclaredGap, RawRecord, SourceTag, WireSource } from '#contract';
import type { AgentCommit } from '#store';
import { type AgentBatch, BACKFILL, CUT, decodeAgentBatch } from './agent-batch.ts';
import { readReport } from './agent-report.ts';
import { inItsOwnName, isOurVoice } from './agent-voice.ts';
import type { Intake, Taken } from './intake.ts';
import { findSpool, leftBehind, moveSpool } from './spools.ts';
import type { AgentOutcome, Work } from './work.ts';

type AgentWork = Work & { readonly kind: 'agent' };

/** A spool holds no line longer than this; an older time is that of a clock that was not set. */
const OLDEST = 60 * 24 * 3_600_000;

export interface AgentResult {
  readonly outcome: AgentOutcome;
  /** What the commit keeps of it; undefined when nothing was taken. */
  readonly account: AgentCommit | undefined;
}

export function receiveAgent(work: AgentWork, intake: Intake): AgentResult {
  const { agent, key, received } = work;
  const { marks, count } = intake;
  const batch = decodeAgentBatch(work.body);
  if (typeof batch === 'string') return refusal({ kind: 'malformed', reason: batch });
  const { head } = batch;
  const { epoch, from, to, gap, sent } = head;
  const spool = findSpool(marks, agent, epoch);
  if (from > spool.mark && !covers(gap, spool.mark, from)) return refusal({ kind: 'sequence', expected: spool.mark });

  const report = readReport(head.report);
  if (report === undefined && head.report !== undefined) count('agent_reports_refused', agent);
  const gaps = [...leftBehind(marks, agent, spool, received)];
  if (from > spool.mark && gap !== undefined) gaps.push({ ...gap, epoch, at: received });
  for (const lost of gaps) count('records_lost', `agent_${lost.reason}`, lost.to - lost.from);

  const repeated = Math.min(spool.mark, to) - Math.min(spool.mark, from);
  if (repeated > 0) count('records_repeated', 'repeat', repeated);
  const mark = Math.max(spool.mark, to);
  moveSpool(marks, agent, spool, mark, received, report);
  const sources = takeAll(batch, repeated, work, intake);
  const skew =
    sent === undefined ? {} : { skew: Math.round(Math.max(-MOST_SKEW, Math.min(MOST_SKEW, sent - received))) };
  return {
    outcome: { kind: 'taken', accepted: batch.count - repeated, repeated, mark, report },
    account: { agent, epoch, key, sources, gaps, ...skew, ...(report === undefined ? {} : { report }) },
  };
}

/** A hundred years of ms: further off is no clock. */
const MOST_SKEW = 100 * 366 * 24 * 3_600_000;

const refusal = (outcome: AgentOutcome): AgentResult => ({ outcome, account: undefined });

const covers = (gap: DeclaredGap | undefined, mark: number, from: number): boolean =>
  gap !== undefined && gap.from === mark && gap.to === from;

/** Hands records on from the first new one, and counts what became of them, by source. */
function takeAll(
  batch: AgentBatch,
  from: number,
  { agent, received }: AgentWork,
  { take, count }: Intake,
): AgentCommit['sources'] {
  const { sources } = batch.head;
  const tags = sources.map((source) => tagOf(source, agent));
  const accounts = sources.map(({ id }) => ({ source: id, stored: 0, dropped: {} as Partial<Record<Taken, number>> }));
  for (let i = from; i < batch.count; i++) {
    const [at, wire] = [batch.source[i] ?? 0, batch.text[i] ?? ''];
    const [tag, account] = [tags[at], accounts[at]];
    if (tag === undefined || account === undefined) throw new RangeError('A record was not checked.');
    const text = tag.trusted === undefined ? wire : inItsOwnName(tag.trusted, wire, agent, received);
    if (text === undefined) count('records_mended', 'claimed_our_voice');
    const source = text === undefined ? tag.plain : tag.source;
    const taken = take(recordOf(batch, i, text ?? wire, source, received), received);
    if (taken === 'stored') account.stored++;
    else account.dropped[taken] = (account.dropped[taken] ?? 0) + 1;
  }
  return mergedById(accounts);
}

interface Tag {
  readonly source: SourceTag;
  /** Without its type, for what it may not say under it. */
  readonly plain: SourceTag;
  readonly trusted: string | undefined;
}

/** The agent is the key's, whatever is written in the batch. */
function tagOf({ host, type, path, timezone }: WireSource, agent: string): Tag {
  const plain: SourceTag = {
    id: `agent:${agent}`,
    agent,
    host: host ?? agent,
    ...(path === undefined ? {} : { path }),
    ...(timezone === undefined ? {} : { timezone }),
  };
  if (type === undefined || type === 'porchlight') return { source: plain, plain, trusted: undefined };
  return { source: { ...plain, type }, plain, trusted: isOurVoice(type) ? type : undefined };
}

/** It was received when the agent read it, as far as its clock can be believed: stamps without a year count from there. */
function recordOf({ read, flags }: AgentBatch, i: number, text: string, source: SourceTag, arrived: number): RawRecord {
  const at = read[i] ?? arrived;
  const received = at <= arrived && at > arrived - OLDEST ? Math.trunc(at) : arrived;
  const record: { -readonly [name in keyof RawRecord]: RawRecord[name] } = { source, received, text };
  const bits = flags[i] ?? 0;
  if ((bits & BACKFILL) !== 0) record.backfill = true;
  if ((bits & CUT) !== 0) record.cut = true;
  return record;
}

type Account = AgentCommit['sources'][number];

/** Two entries of one id (another host, another zone) are one source; those without a record are none. */
function mergedById(accounts: readonly Account[]): readonly Account[] {
  const byId = new Map<string, Account>();
  for (const account of accounts) {
    const before = byId.get(account.source);
    const dropped: Record<string, number> = { ...before?.dropped };
    for (const [reason, by] of Object.entries(account.dropped)) dropped[reason] = (dropped[reason] ?? 0) + by;
    const stored = (before?.stored ?? 0) + account.stored;
    if (stored > 0 || Object.keys(dropped).length > 0) byId.set(account.source, { ...account, stored, dropped });
  }
  return [...byId.values()];
}

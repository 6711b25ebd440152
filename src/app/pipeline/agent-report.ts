/**
 * What an agent says of itself, checked field by field: it comes from another machine, and is kept and shown. Only known fields are
 * taken over, texts are cut, lists are bounded. A report that is not whole is none; the records that came with it are not touched.
 */
import type { AgentReport, SourceAccount } from '#contract';

const MOST_SOURCES = 256;
const MOST_GAPS = 20;
const MOST_REASONS = 50;
const LONGEST = 300;
const STATES: readonly SourceAccount['state'][] = ['following', 'waiting', 'denied', 'off', 'failed'];

class Unfit extends Error {}

type Given = Readonly<Record<string, unknown>>;

function given(value: unknown): Given {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unfit();
  return value as Given;
}

function items(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new Unfit();
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Unfit();
  return value.slice(0, LONGEST);
}

function amount(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Unfit();
  return value;
}

/** ms since the epoch that a date can hold. */
function time(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 8.64e15)) throw new Unfit();
  return Math.trunc(value);
}

function truth(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Unfit();
  return value;
}

export function readReport(value: unknown): AgentReport | undefined {
  try {
    const { version, platform, host, started, always_on, spool, sources } = given(value);
    const held = given(spool);
    return {
      version: text(version),
      platform: text(platform),
      host: text(host),
      started: time(started),
      always_on: truth(always_on),
      spool: {
        records: amount(held['records']),
        bytes: amount(held['bytes']),
        ...(held['limit'] === undefined ? {} : { limit: amount(held['limit']) }),
        oldest: held['oldest'] === null ? null : time(held['oldest']),
        quarantined: amount(held['quarantined']),
        parked: amount(held['parked']),
      },
      sources: items(sources, MOST_SOURCES).map(account),
    };
  } catch (error) {
    if (error instanceof Unfit) return undefined;
    throw error;
  }
}

function account(value: unknown): SourceAccount {
  const { source, read, spooled, sent, dropped, gaps, lag, state, reason } = given(value);
  const standing = STATES.find((one) => one === state);
  if (standing === undefined) throw new Unfit();
  return {
    source: text(source),
    read: amount(read),
    spooled: amount(spooled),
    sent: amount(sent),
    dropped: byReason(given(dropped)),
    gaps: items(gaps, MOST_GAPS).map((gap) => ({ at: time(given(gap)['at']), reason: text(given(gap)['reason']) })),
    lag: amount(lag),
    state: standing,
    reason: text(reason),
  };
}

/** Reasons become labels of metrics. */
function byReason(dropped: Given): Record<string, number> {
  const entries = Object.entries(dropped);
  if (entries.length > MOST_REASONS || entries.some(([reason]) => !/^[a-z][a-z_]{0,39}$/.test(reason)))
    throw new Unfit();
  return Object.fromEntries(entries.map(([reason, count]) => [reason, amount(count)]));
}

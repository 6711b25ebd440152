/** `2025-11-30T11:25:10Z` or `-24h` → ms since the epoch. The route table has checked the form. */
import { CodedError } from '#contract';
import type { TimeRange } from '#store';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const RELATIVE = /^-(\d+)([smhd])$/;

export function timeBound(text: string, now: number): number {
  const relative = RELATIVE.exec(text);
  if (relative === null) return Date.parse(text);
  return now - Number(relative[1]) * (UNIT_MS[relative[2] ?? ''] ?? NaN);
}

export function timeRange(query: { from?: string | undefined; to?: string | undefined }, now: number): TimeRange {
  const from = query.from === undefined ? undefined : timeBound(query.from, now);
  const to = query.to === undefined ? undefined : timeBound(query.to, now);
  if (from !== undefined && to !== undefined && from > to) {
    throw new CodedError('BAD_REQUEST', `from (${query.from}) lies after to (${query.to}).`);
  }
  return { from, to };
}

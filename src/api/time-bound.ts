/** `2025-11-30T11:25:10Z`, `2025-11-30`, `now-2h` or `-24h` → ms since the epoch, as in queries. */
import { CodedError } from '#contract';
import { boundOf, type TimeRange } from '#store';

/** A day that is an end is meant to its own end. */
export function timeBound(text: string, now: number, side: 'from' | 'to'): number {
  const bound = boundOf(text, now, side);
  if (bound === undefined)
    throw new CodedError('BAD_REQUEST', `${side}: '${text}' is no time. Try -24h or 2026-03-14T08:00Z.`);
  return bound;
}

export function timeRange(query: { from?: string | undefined; to?: string | undefined }, now: number): TimeRange {
  const from = query.from === undefined ? undefined : timeBound(query.from, now, 'from');
  const to = query.to === undefined ? undefined : timeBound(query.to, now, 'to');
  if (from !== undefined && to !== undefined && from > to) {
    throw new CodedError('BAD_REQUEST', `from (${query.from}) lies after to (${query.to}).`);
  }
  return { from, to };
}

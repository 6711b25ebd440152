/** The times that a query's own terms leave open: only batches that overlap them need to be read. */
import type { TimeRange } from '../store.ts';
import type { Query } from './ast.ts';

/** Contains every time of a matching event; `{}` where the query says nothing of it. */
export function impliedRange(query: Query): TimeRange {
  if (query.kind === 'and') return query.parts.map(impliedRange).reduce(overlap, {});
  if (query.kind !== 'field' || query.name !== '@timestamp') return {};
  const { test } = query;
  if (test.kind !== 'range' || test.of === 'address') return {};
  // Numbers are ms too. `to` is exclusive; a moment may carry a fraction of a ms.
  return {
    ...(test.low === undefined ? {} : { from: Math.floor(test.low.value) }),
    ...(test.high === undefined ? {} : { to: Math.floor(test.high.value) + 1 }),
  };
}

export function overlap(a: TimeRange, b: TimeRange): TimeRange {
  const from = Math.max(a.from ?? -Infinity, b.from ?? -Infinity);
  const to = Math.min(a.to ?? Infinity, b.to ?? Infinity);
  return { ...(from === -Infinity ? {} : { from }), ...(to === Infinity ? {} : { to }) };
}

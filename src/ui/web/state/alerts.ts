/** A list of alerts that stays true while it is looked at. */
import { useState } from 'react';
import type { Problem, WireAlert } from '#contract';
import { type AlertFilter, applyAlerts } from '#ui/model';
import { api } from '../api.ts';
import { useLiveBatch } from '../live/react.ts';
import { useResource } from './resource.ts';

interface Loaded {
  readonly items: readonly WireAlert[];
  readonly next: string | null;
}

export interface AlertList {
  readonly items: readonly WireAlert[] | undefined;
  readonly problem: Problem | undefined;
  /** Fetches the next page; undefined when there is none. */
  readonly more: (() => void) | undefined;
  /** Puts a new state of an alert in, as a live change would. */
  readonly apply: (alert: WireAlert) => void;
}

const PAGE = 100;
/** Kept in the page at most; further back the filters lead. */
const BOUND = 500;
const API_MOST = 500;

/**
 * The newest alerts of a filter. With `worstFirst` the high and critical ones are asked for besides, so that no flood of small
 * ones hides them.
 */
export function useAlerts(filter: AlertFilter, worstFirst: boolean): AlertList {
  const { kinds, ...rest } = filter;
  const query = { ...rest, ...(kinds?.length === 1 ? { kind: kinds[0] } : {}) };
  const key = JSON.stringify([query, worstFirst]);
  const [depth, setDepth] = useState(PAGE);

  const list = useResource<Loaded>(key, async (signal) => {
    const ask = (extra: object, limit: number) =>
      api.call('listAlerts', { query: { ...withoutEmpty(query), ...extra, limit }, signal });
    const [page, worst] = await Promise.all([
      ask({}, Math.min(depth, API_MOST)),
      worstFirst && query.level === undefined ? ask({ level: 'high' }, PAGE) : undefined,
    ]);
    const items = applyAlerts(worst?.items ?? [], page.items, filter, BOUND);
    return { items, next: page.next };
  });
  useLiveBatch((batch) => {
    if (batch.resync) list.reload();
    if (batch.alerts.length > 0) {
      list.set((old) => ({ ...old, items: applyAlerts(old.items, batch.alerts, filter, BOUND) }));
    }
  });

  const cursor = list.key === key ? list.data?.next : undefined;
  const loadMore = async (from: string): Promise<void> => {
    const page = await api.call('listAlerts', { query: { ...withoutEmpty(query), limit: PAGE, cursor: from } });
    setDepth((old) => old + PAGE);
    list.set((old) => ({ items: applyAlerts(old.items, page.items, filter, BOUND), next: page.next }));
  };
  const full = (list.data?.items.length ?? 0) >= BOUND;
  return {
    items: list.data?.items,
    problem: list.problem,
    more: typeof cursor === 'string' && !full ? () => void loadMore(cursor).catch(() => list.reload()) : undefined,
    apply: (alert) => list.set((old) => ({ ...old, items: applyAlerts(old.items, [alert], filter, BOUND) })),
  };
}

/** The API's types allow no undefined values. */
function withoutEmpty<T extends object>(query: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

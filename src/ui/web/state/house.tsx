/** What every page shows: how many alerts are open, and how the server and its sources are. */
import { createContext, type ReactNode, use, useCallback, useEffect, useEffectEvent, useMemo, useRef } from 'react';
import type { RouteResponse } from '#contract';
import { api } from '../api.ts';
import { useLive, useLiveBatch } from '../live/react.ts';
import { type Resource, useResource } from './resource.ts';

export type Summary = RouteResponse<'alertSummary'>;
export type Health = RouteResponse<'health'>;

interface House {
  readonly summary: Resource<Summary>;
  readonly health: Resource<Health>;
}

const HouseContext = createContext<House | undefined>(undefined);

/** Alerts change in bursts; their counts are asked for once a burst and once more after it. */
const SUMMARY_PACE = 500;
const HEALTH_EVERY = 10_000;
/** The doughnut's 24 hours move on even when nothing happens. */
const SUMMARY_EVERY = 60_000;

export function HouseProvider({ children }: { readonly children: ReactNode }) {
  const live = useLive();
  const summary = useResource('summary', (signal) => api.call('alertSummary', { signal }));
  const health = useResource('health', (signal) => api.call('health', { signal }));
  const askSummary = usePaced(summary.reload, SUMMARY_PACE);

  useLiveBatch((batch) => {
    if (batch.alerts.length > 0 || batch.resync) askSummary();
    if (batch.resync) health.reload();
  });
  useEvery(HEALTH_EVERY, health.reload);
  useEvery(SUMMARY_EVERY, summary.reload);
  useEffect(() => {
    const back = (): void => live.retry();
    window.addEventListener('online', back);
    return () => window.removeEventListener('online', back);
  }, [live]);
  useEffect(() => {
    if (health.data !== undefined) live.noteHealth(health.data.events);
  }, [live, health.data]);

  const house = useMemo(() => ({ summary, health }), [summary, health]);
  return <HouseContext value={house}>{children}</HouseContext>;
}

export function useHouse(): House {
  const house = use(HouseContext);
  if (house === undefined) throw new Error('The page was drawn outside its HouseProvider');
  return house;
}

export const useOpenAlerts = (): number => useHouse().summary.data?.statuses.open ?? 0;

/** The tab's title counts what is open, so that it can be seen from another tab. */
export function usePageTitle(name: string): void {
  const open = useOpenAlerts();
  useEffect(() => {
    document.title = `${open > 0 ? `(${open}) ` : ''}${name} · Porchlight`;
  }, [open, name]);
}

/** Calls `action` every `ms` while the page can be seen. */
export function useEvery(ms: number, action: () => void): void {
  const act = useEffectEvent(action);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) act();
    }, ms);
    return () => clearInterval(timer);
  }, [ms]);
}

/** `action`, at once and then at most every `ms`; calls in between become one at the end of it. */
export function usePaced(action: () => void, ms: number): () => void {
  const latest = useRef(action);
  const pace = useRef<{ timer: ReturnType<typeof setTimeout> | undefined; last: number }>({
    timer: undefined,
    last: 0,
  });
  useEffect(() => {
    latest.current = action;
  });
  useEffect(() => {
    const current = pace.current;
    return () => {
      clearTimeout(current.timer);
      current.timer = undefined;
    };
  }, []);
  return useCallback(() => {
    const run = (): void => {
      pace.current.timer = undefined;
      pace.current.last = Date.now();
      latest.current();
    };
    pace.current.timer ??= setTimeout(run, Math.max(0, pace.current.last + ms - Date.now()));
  }, [ms]);
}

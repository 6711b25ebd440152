/**
 * The events that a query finds, newest first, with those that come in while they are looked at.
 *
 * The newer ones are asked for by place (`after`), in the order they were stored, so neither a reconnect nor a late line
 * leaves a hole. While the reader is paused they wait beside the list and are counted.
 */
import { useRef, useState } from 'react';
import type { Problem, WireEvent } from '#contract';
import { latestId, mergeEvents } from '#ui/model';
import { api } from '../api.ts';
import { useLive, useLiveBatch } from '../live/react.ts';
import { usePaced } from './house.tsx';
import { useResource } from './resource.ts';

interface Loaded {
  readonly items: readonly WireEvent[];
  readonly next: string | null;
}

export interface Range {
  readonly from?: string;
  readonly to?: string;
}

export interface EventList {
  readonly items: readonly WireEvent[] | undefined;
  readonly problem: Problem | undefined;
  readonly more: (() => void) | undefined;
  readonly waiting: number;
  /** More wait than are kept: resuming fetches the list again. */
  readonly overflown: boolean;
  readonly release: () => void;
}

const PAGE = 200;
/** Kept in the page while it follows: at 200 bytes of DOM-free data each this is nothing, and only the visible ones are drawn. */
const BOUND = 5000;
const WAITING_MOST = 1000;
const PACE = 300;
/** Pages of newer events in a row before it is cheaper to begin again. */
const ROUNDS = 4;

export function useEvents(q: string, range: Range, paused: boolean): EventList {
  const live = useLive();
  const key = JSON.stringify([q, range]);
  const place = useRef<{ key: string; after: string } | undefined>(undefined);
  const running = useRef(false);
  const [waiting, setWaiting] = useState<{ key: string; items: readonly WireEvent[] }>({ key, items: [] });

  const list = useResource<Loaded>(key, async (signal) => {
    const batch = live.batch();
    const page = await api.call('listEvents', { query: { q, ...range, limit: PAGE }, signal });
    place.current = { key, after: startPlace(batch, page.items) };
    return { items: page.items, next: page.next };
  });

  const arrive = (items: readonly WireEvent[]): void => {
    if (!paused) list.set((old) => ({ ...old, items: mergeEvents(old.items, items, BOUND) }));
    else setWaiting((old) => ({ key, items: mergeEvents(old.key === key ? old.items : [], items, WAITING_MOST) }));
  };
  const goOn = async (from: { key: string; after: string }): Promise<void> => {
    running.current = true;
    try {
      const newer = await newerEvents(q, range, from.after);
      if (place.current?.key !== key) return;
      if (newer.items.length > 0) arrive(newer.items);
      if (newer.rest && !paused) list.reload();
      place.current = { key, after: newer.after };
    } catch {
      // The server is away: the place is kept, and the next message or poll goes on from it.
    } finally {
      running.current = false;
    }
  };
  const follow = usePaced(() => {
    const from = place.current;
    if (running.current || range.to !== undefined || from === undefined || from.key !== key) return;
    void goOn(from);
  }, PACE);
  useLiveBatch((batch) => {
    if (batch.resync && list.data === undefined) list.reload();
    else if (batch.resync || batch.events.length > 0) follow();
  });

  const kept = waiting.key === key ? waiting.items : [];
  const overflown = kept.length >= WAITING_MOST;
  const current = list.key === key ? list.data : undefined;
  const cursor = current?.next;
  const loadMore = async (at: string): Promise<void> => {
    const page = await api.call('listEvents', { query: { q, ...range, limit: PAGE, cursor: at } });
    list.set((old) => ({ items: mergeEvents(old.items, page.items, BOUND), next: page.next }));
  };
  return {
    items: list.data?.items,
    problem: list.problem,
    more:
      typeof cursor === 'string' && (current?.items.length ?? 0) < BOUND
        ? () => void loadMore(cursor).catch(() => list.reload())
        : undefined,
    waiting: kept.length,
    overflown,
    release: () => {
      if (overflown) list.reload();
      else list.set((old) => ({ ...old, items: mergeEvents(old.items, kept, BOUND) }));
      setWaiting({ key, items: [] });
    },
  };
}

/**
 * Where to go on from after the first page. Reads see whole commits, so the page knows of every commit up to the newest that
 * it shows, and of the one that the stream had told of when it was asked for.
 */
function startPlace(batch: number | undefined, items: readonly WireEvent[]): string {
  const newest = Number(latestId(items)?.split('-')[0] ?? 0);
  return `${Math.max(batch ?? 0, newest)}-999999999`;
}

/** Everything stored after a place, and the place it ends at; `rest`: there is more than is worth fetching piece by piece. */
async function newerEvents(
  q: string,
  range: Range,
  start: string,
): Promise<{ items: readonly WireEvent[]; after: string; rest: boolean }> {
  const items: WireEvent[] = [];
  let after = start;
  for (let round = 0; round < ROUNDS; round++) {
    const page = await api.call('listEvents', { query: { q, ...range, limit: PAGE, after } });
    items.push(...page.items);
    after = latestId(page.items) ?? after;
    if (page.next === null) return { items, after, rest: false };
  }
  return { items, after, rest: true };
}

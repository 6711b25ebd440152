/** The machine that is looked at: its score, how it came about over time, and which machines there are. */
import { useRef } from 'react';
import type { RouteResponse } from '#contract';
import { appendPoints, type Columns, columnsOf, type Login, loginQuery, loginsFromEvents } from '#ui/model';
import { api } from '../api.ts';
import { useLiveBatch } from '../live/react.ts';
import { useEvery, usePaced } from './house.tsx';
import { type Resource, useResource } from './resource.ts';

export type ScoreReply = RouteResponse<'score'>;
export type HostScore = RouteResponse<'hosts'>['items'][number];

/** Undefined: the machine that the server runs on. */
export type Host = string | undefined;

const ofHost = (host: Host): { host?: string } => (host === undefined ? {} : { host });

/** A score comes with every look at the machine; several machines come in a burst. */
const SCORE_PACE = 1000;
const RENEW = 30_000;

export function useScore(host: Host): Resource<ScoreReply> {
  const score = useResource(`score ${host ?? ''}`, (signal) => api.call('score', { query: ofHost(host), signal }));
  const renew = usePaced(score.reload, SCORE_PACE);
  const name = host ?? score.data?.host;
  useEvery(RENEW, score.reload);
  useLiveBatch((batch) => {
    // An alert costs points at once, not with the next look.
    const mine = batch.snapshots.some((snapshot) => name === undefined || snapshot.host === name);
    if (batch.resync || mine || batch.alerts.length > 0) renew();
  });
  return score;
}

export function useHosts(): readonly HostScore[] {
  const hosts = useResource('hosts-scored', async (signal) => (await api.call('hosts', { signal })).items);
  const renew = usePaced(hosts.reload, RENEW);
  useEvery(RENEW, hosts.reload);
  useLiveBatch((batch) => {
    if (batch.resync || batch.snapshots.length > 0) renew();
  });
  return hosts.data ?? [];
}

/** The last logins to a machine, as its log tells them; undefined until they are known. */
export function useLoggedLogins(host: string, most: number): readonly Login[] | undefined {
  const logins = useResource(`logins ${host} ${most}`, async (signal) => {
    const { items } = await api.call('listEvents', { query: { q: loginQuery(host), limit: most }, signal });
    return loginsFromEvents(items);
  });
  useEvery(RENEW, logins.reload);
  return logins.data;
}

/** The API's most: at the usual ten seconds eleven days and a half. */
export const POINTS_MOST = 100_000;

export interface History {
  readonly host: string;
  readonly cpus: number;
  readonly columns: Columns;
}

/** The newest `points` of a machine. After a gap only what is newer is asked for: all of them may be ten megabytes. */
export function useHistory(host: Host, points: number): Resource<History> {
  const history = useResource<History>(`metrics ${host ?? ''} ${points}`, async (signal) => {
    const reply = await api.call('listMetrics', { query: { ...ofHost(host), limit: points }, signal });
    return { host: reply.host, cpus: reply.items.at(-1)?.cpus ?? 0, columns: columnsOf(reply.items) };
  });
  const asking = useRef(false);
  const catchUp = async (newest: number): Promise<void> => {
    asking.current = true;
    try {
      const from = new Date(newest + 1).toISOString();
      const { items } = await api.call('listMetrics', { query: { ...ofHost(host), from, limit: points } });
      history.set((old) => ({ ...old, columns: appendPoints(old.columns, items, points) }));
    } catch {
      // The server is away: the next message or poll asks again.
    } finally {
      asking.current = false;
    }
  };
  useLiveBatch((batch) => {
    const { data } = history;
    const newest = data?.columns.at.at(-1);
    if (newest === undefined) {
      if (batch.resync || batch.snapshots.length > 0) history.reload();
    } else if (batch.resync) {
      if (!asking.current) void catchUp(newest);
    } else {
      const mine = batch.snapshots.filter((snapshot) => snapshot.host === data?.host);
      if (mine.length > 0) history.set((old) => ({ ...old, columns: appendPoints(old.columns, mine, points) }));
    }
  });
  return history;
}

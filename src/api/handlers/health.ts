/** Routes about the machines' health: score, its history, and who is watched. */
import { CodedError, isoTime, type ScoredSnapshot } from '#contract';
import type { Handlers, Means } from '../handler.ts';
import { timeRange } from '../time-bound.ts';

const DAY = 24 * 3_600_000;
/** How far from 24 hours ago 'yesterday' may lie. */
const YESTERDAY_SLACK = 3 * 3_600_000;

export function healthHandlers({ backend, now }: Means): Handlers<'score' | 'listMetrics' | 'hosts'> {
  const { store } = backend;

  /** The machine that was asked for; this one, or else the first, where none was named. */
  async function lastOf(host: string | undefined): Promise<ScoredSnapshot> {
    const all = await store.snapshots();
    const named = all.find(({ snapshot }) => snapshot.host === (host ?? backend.hostName));
    const found = named ?? (host === undefined ? all[0] : undefined);
    if (found === undefined) throw new CodedError('NOT_FOUND', `${host ?? backend.hostName} was not scored yet.`);
    return found;
  }

  return {
    score: {
      kind: 'parsed',
      async handle({ query }) {
        const { snapshot, auth, score } = await lastOf(query.host);
        const yesterday = await store.scoreAt(snapshot.host, snapshot.at - DAY, YESTERDAY_SLACK);
        return {
          ...score,
          host: snapshot.host,
          at: isoTime(snapshot.at),
          snapshot,
          auth,
          yesterday: yesterday ?? null,
        };
      },
    },
    listMetrics: {
      kind: 'parsed',
      async handle({ query }) {
        const host = query.host ?? (await lastOf(undefined).catch(() => undefined))?.snapshot.host ?? backend.hostName;
        const points = await store.metrics({ host, limit: query.limit, ...timeRange(query, now()) });
        return { host, items: points.map((point) => ({ ...point, at: isoTime(point.at) })), next: null };
      },
    },
    hosts: {
      kind: 'parsed',
      async handle() {
        const items = (await store.snapshots()).map(({ snapshot, score: { score, band } }) => ({
          host: snapshot.host,
          at: isoTime(snapshot.at),
          score,
          band,
          always_on: snapshot.always_on ?? true,
        }));
        return { items, next: null };
      },
    },
  };
}

/** Scored snapshots: the last one of each machine whole, and a thin row of every one for the charts. */
import type { DatabaseSync } from 'node:sqlite';
import type { ScoredSnapshot } from '#contract';
import type { MetricPoint, MetricQuery, Store } from '../store.ts';

/** Points that one answer may hold. */
const MOST_POINTS = 100_000;

export function snapshotWriter(db: DatabaseSync): (scored: ScoredSnapshot) => void {
  const point = db.prepare(
    'INSERT OR REPLACE INTO metric (host, at, score, load, cpus, memory_pct, connections) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const last = db.prepare(
    `INSERT INTO snapshot (host, at, state) VALUES (?1, ?2, ?3)
     ON CONFLICT (host) DO UPDATE SET at = ?2, state = ?3 WHERE ?2 >= at`,
  );
  return (scored) => {
    const { host, at, load, cpus, memory, connections } = scored.snapshot;
    const used = memory.total === 0 ? 0 : Math.round((memory.used / memory.total) * 1000) / 10;
    point.run(host, at, scored.score.score, load[0], cpus, used, connections?.established ?? null);
    last.run(host, at, JSON.stringify(scored));
  };
}

export function snapshotReader(db: DatabaseSync): Pick<Store, 'snapshots' | 'metrics' | 'scoreAt'> {
  const all = db.prepare('SELECT state FROM snapshot ORDER BY host');
  const newest = db.prepare(
    `SELECT at, score, load, cpus, memory_pct, connections FROM metric
     WHERE host = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT ?`,
  );
  const before = db.prepare('SELECT score FROM metric WHERE host = ? AND at <= ? AND at > ? ORDER BY at DESC LIMIT 1');
  return {
    snapshots: async () => all.all().map((row) => JSON.parse(String(row['state'])) as ScoredSnapshot),
    metrics: async ({ host, from, to, limit }: MetricQuery) =>
      newest
        .all(host, from ?? 0, to ?? Number.MAX_SAFE_INTEGER, Math.min(limit, MOST_POINTS))
        .map(pointOf)
        .toReversed(),
    async scoreAt(host, at, within) {
      const row = before.get(host, at, at - within);
      return row === undefined ? undefined : Number(row['score']);
    },
  };
}

const pointOf = (row: Record<string, unknown>): MetricPoint => ({
  at: Number(row['at']),
  score: Number(row['score']),
  load: Number(row['load']),
  cpus: Number(row['cpus']),
  memory_pct: Number(row['memory_pct']),
  connections: row['connections'] === null ? null : Number(row['connections']),
});

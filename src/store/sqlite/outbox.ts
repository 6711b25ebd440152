/** Messages to people. They enter with a commit (commit.ts) and leave when a provider has taken them. */
import type { DatabaseSync } from 'node:sqlite';
import { isLevel } from '#contract';
import type { QueuedNotification } from '../store.ts';

export interface Outbox {
  due(now: number, limit: number, channel?: string): readonly QueuedNotification[];
  delivered(id: number): void;
  postponed(id: number, nextAttempt: number, reason: string): void;
}

export function outbox(db: DatabaseSync): Outbox {
  const due = db.prepare('SELECT * FROM outbox WHERE next_attempt <= ? ORDER BY id LIMIT ?');
  const dueOf = db.prepare('SELECT * FROM outbox WHERE channel = ? AND next_attempt <= ? ORDER BY id LIMIT ?');
  const remove = db.prepare('DELETE FROM outbox WHERE id = ?');
  const postpone = db.prepare('UPDATE outbox SET attempts = attempts + 1, next_attempt = ?, reason = ? WHERE id = ?');
  return {
    due(now, limit, channel) {
      const rows = channel === undefined ? due.all(now, limit) : dueOf.all(channel, now, limit);
      return rows.map(notificationOf);
    },
    delivered: (id) => void remove.run(id),
    postponed: (id, nextAttempt, reason) => void postpone.run(Math.ceil(nextAttempt), reason, id),
  };
}

function notificationOf(row: Record<string, unknown>): QueuedNotification {
  const level = row['level'];
  return {
    id: Number(row['id']),
    alertId: String(row['alert']),
    channel: String(row['channel']),
    title: String(row['title']),
    text: String(row['text']),
    // A level that nobody knows must not hold the message back.
    level: isLevel(level) ? level : 'high',
    attempts: Number(row['attempts']),
    nextAttempt: Number(row['next_attempt']),
    queued: Number(row['queued']),
    reason: String(row['reason']),
  };
}

/** The one transaction: events, alerts, marks, ledgers and outbox of a batch, or nothing. */
import type { DatabaseSync } from 'node:sqlite';
import { type AlertChange, levelRank } from '#contract';
import { packBatch } from '../encoded-batch.ts';
import { fold } from '../query/fold.ts';
import type { Commit } from '../store.ts';
import { agentWriter } from './agents.ts';
import { evidenceWriter } from './evidence.ts';
import { storeError } from './fault.ts';
import { snapshotWriter } from './snapshots.ts';

type Write = (commit: Commit) => void;

/** Below this many bytes a batch stays as it is until it is sealed: to squeeze it costs more than to write it. */
const SQUEEZE_FROM = 16 * 1024;

/** Throws CodedError STORE_FAILED where the disk refuses; then nothing was written and a later commit may succeed. */
export function commitWriter(db: DatabaseSync): Write {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const end = db.prepare('COMMIT');
  const lastBatch = db.prepare('SELECT last_batch AS last FROM progress');
  const write = batchWriter(db);
  return (commit) => {
    const { bytes } = commit.events;
    const events = bytes.length < SQUEEZE_FROM ? bytes : packBatch(bytes);
    try {
      begin.run();
      const last = Number(lastBatch.get()?.['last']);
      if (commit.batch !== last + 1) throw new RangeError(`Batch ${commit.batch} does not follow batch ${last}.`);
      write(commit, events);
      end.run();
    } catch (error) {
      // SQLite has rolled back by itself where the disk was full.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw storeError(error);
    }
  };
}

function batchWriter(db: DatabaseSync): (commit: Commit, events: Uint8Array) => void {
  const insertBatch = db.prepare(
    'INSERT INTO batch (id, received, count, min_time, max_time, hits, events) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const advance = db.prepare('UPDATE progress SET last_batch = ?, last_received = ?, event_count = event_count + ?');
  const setMark = db.prepare('INSERT OR REPLACE INTO mark (key, mark, detail) VALUES (?, ?, ?)');
  const enqueue = db.prepare(
    'INSERT INTO outbox (queued, alert, channel, title, text, level) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const dropMark = db.prepare('DELETE FROM mark WHERE key = ?');
  const applyChange = changeWriter(db);
  const keepEvidence = evidenceWriter(db);
  const keepSnapshot = snapshotWriter(db);
  const account = agentWriter(db);
  return (commit, bytes) => {
    const { count, minTime, maxTime } = commit.events;
    insertBatch.run(commit.batch, commit.received, count, minTime, maxTime, commit.hits, bytes);
    advance.run(commit.batch, commit.received, count);
    for (const mark of commit.marks) setMark.run(mark.key, mark.mark, mark.detail);
    for (const key of commit.forgotten ?? []) dropMark.run(key);
    for (const change of commit.alerts) applyChange(change);
    keepEvidence(commit);
    for (const scored of commit.snapshots ?? []) keepSnapshot(scored);
    for (const agent of commit.agents ?? []) account(agent, commit.received);
    for (const { alertId, channel, title, text, level } of commit.outbox)
      enqueue.run(Math.trunc(commit.received), alertId, channel, title, text, level);
  };
}

function changeWriter(db: DatabaseSync): (change: AlertChange) => void {
  const setAlert = db.prepare(
    'INSERT OR REPLACE INTO alert (id, status, level_rank, kind, last_seen, count, words, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const addHistory = db.prepare('INSERT OR IGNORE INTO history (alert, at, action, by, note) VALUES (?, ?, ?, ?, ?)');
  return ({ alert, history }) => {
    const id = alertNumber(alert.id);
    const words = fold([alert.title, alert.sentence, alert.entity, alert.host].join('\n'));
    const rank = levelRank(alert.level);
    setAlert.run(id, alert.status, rank, alert.kind, alert.last_seen, alert.count, words, JSON.stringify(alert));
    for (const entry of history) addHistory.run(id, entry.at, entry.action, entry.by, entry.note);
  };
}

function alertNumber(id: string): number {
  if (!/^\d{1,15}$/.test(id)) throw new RangeError(`An alert's id is a number, not ${JSON.stringify(id)}`);
  return Number(id);
}

/**
 * The tables of `porchlight.db`. Anyone may open the file with sqlite3 and read them; only events are packed.
 *
 * A migration is a step from one version to the next and never changes once released: new steps are added at the end.
 * A file of a newer version is refused: this program would not know what it breaks.
 */
import type { DatabaseSync } from 'node:sqlite';
import { CodedError } from '#contract';

/** 'prch', in the file's header: tells our database from somebody else's. */
const APPLICATION_ID = 0x70726368;

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- Where commits stand. One row, in the same transaction as the batch it speaks of.
  CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last_batch INTEGER NOT NULL, last_received INTEGER NOT NULL, event_count INTEGER NOT NULL
  ) STRICT;
  INSERT INTO progress VALUES (1, 0, 0, 0);

  -- events: see encoded-batch.ts. It comes last, so that the other columns are read without it. Times in ms.
  CREATE TABLE batch (
    id INTEGER PRIMARY KEY, received INTEGER NOT NULL, count INTEGER NOT NULL,
    min_time INTEGER NOT NULL, max_time INTEGER NOT NULL, hits INTEGER NOT NULL, events BLOB NOT NULL
  ) STRICT;
  -- Carries all that a search needs to pass over a batch.
  CREATE INDEX batch_by_time ON batch (max_time, id, min_time, count);
  CREATE INDEX batch_with_hits ON batch (id) WHERE hits > 0;

  CREATE TABLE mark (key TEXT PRIMARY KEY, mark INTEGER NOT NULL, detail TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- state is the alert as JSON, exactly; the stored columns beside it are what lists choose by, the others are for people.
  CREATE TABLE alert (
    id INTEGER PRIMARY KEY, status TEXT NOT NULL, level_rank INTEGER NOT NULL, kind TEXT NOT NULL,
    last_seen REAL NOT NULL, count INTEGER NOT NULL, words TEXT NOT NULL, state TEXT NOT NULL,
    title TEXT GENERATED ALWAYS AS (state ->> '$.title') VIRTUAL,
    level TEXT GENERATED ALWAYS AS (state ->> '$.level') VIRTUAL,
    entity TEXT GENERATED ALWAYS AS (state ->> '$.entity') VIRTUAL,
    host TEXT GENERATED ALWAYS AS (state ->> '$.host') VIRTUAL,
    sentence TEXT GENERATED ALWAYS AS (state ->> '$.sentence') VIRTUAL,
    first_seen ANY GENERATED ALWAYS AS (state ->> '$.first_seen') VIRTUAL
  ) STRICT;
  CREATE INDEX alert_by_time ON alert (last_seen, id);
  CREATE INDEX alert_by_status ON alert (status, last_seen, id);

  CREATE TABLE evidence (
    alert INTEGER NOT NULL, slot INTEGER NOT NULL, batch INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    time REAL NOT NULL, event TEXT NOT NULL, PRIMARY KEY (alert, slot)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE history (
    id INTEGER PRIMARY KEY, alert INTEGER NOT NULL, at REAL NOT NULL,
    action TEXT NOT NULL, by TEXT NOT NULL, note TEXT NOT NULL, UNIQUE (alert, at, action, by, note)
  ) STRICT;

  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT NOT NULL, channel TEXT NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, level TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX outbox_by_time ON outbox (next_attempt, id);
  `,
  `
  -- When the message was committed, ms: what nobody takes for days is given up. Each channel is a queue of its own.
  ALTER TABLE outbox ADD COLUMN queued INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX outbox_by_channel ON outbox (channel, id);
  `,
  `
  -- Health of each machine over time; the last look at it, whole, as JSON.
  CREATE TABLE metric (
    host TEXT NOT NULL, at INTEGER NOT NULL, score INTEGER NOT NULL, load REAL NOT NULL, cpus INTEGER NOT NULL,
    memory_pct REAL NOT NULL, connections INTEGER, PRIMARY KEY (host, at)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE snapshot (host TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Who may send as an agent. Keys and tokens are there as SHA-256 in hex only. Times in ms.
  CREATE TABLE agent (
    name TEXT PRIMARY KEY, added INTEGER NOT NULL, revoked INTEGER NOT NULL, rotating INTEGER NOT NULL,
    invitation TEXT, invitation_ends INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE agent_key (
    id TEXT PRIMARY KEY, agent TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, last_used INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX agent_key_by_agent ON agent_key (agent);

  -- The loss ledger. A spool numbers an agent's records; report is what the agent last said of it, as JSON.
  CREATE TABLE agent_spool (
    agent TEXT NOT NULL, epoch TEXT NOT NULL, seen INTEGER NOT NULL, lost INTEGER NOT NULL, skew INTEGER, report TEXT,
    PRIMARY KEY (agent, epoch)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE agent_source (
    agent TEXT NOT NULL, epoch TEXT NOT NULL, source TEXT NOT NULL, stored INTEGER NOT NULL, dropped TEXT NOT NULL,
    PRIMARY KEY (agent, epoch, source)
  ) STRICT, WITHOUT ROWID;
  -- Numbers that never came, from first up to but not including behind.
  CREATE TABLE agent_gap (
    id INTEGER PRIMARY KEY AUTOINCREMENT, agent TEXT NOT NULL, epoch TEXT NOT NULL,
    first INTEGER NOT NULL, behind INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX agent_gap_by_agent ON agent_gap (agent, id);
  `,
  `
  -- Queries that somebody wants again. saved in ms.
  CREATE TABLE search (name TEXT PRIMARY KEY, query TEXT NOT NULL, saved INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Batches up to sealed_through lie in the days' files (events-YYYY-MM-DD.db); later ones are still in batch.
  ALTER TABLE progress ADD COLUMN sealed_through INTEGER NOT NULL DEFAULT 0;

  -- The days that have a file. Times in ms, bytes of the file.
  CREATE TABLE day (
    name TEXT PRIMARY KEY, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL, events INTEGER NOT NULL, bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One a sealing: the batches behind the sealing before, up to through, went into the files of these days (a JSON list).
  CREATE TABLE sealing (through INTEGER PRIMARY KEY, days TEXT NOT NULL) STRICT;

  -- The sealing that is under way: what it began it must end, in the same way. keep: days that were kept then.
  CREATE TABLE sealing_plan (
    one INTEGER PRIMARY KEY CHECK (one = 1), through INTEGER NOT NULL, keep INTEGER NOT NULL
  ) STRICT;

  -- Sealed batches that took part in a correlation: a restart reads their events again.
  CREATE TABLE correlated (id INTEGER PRIMARY KEY, received INTEGER NOT NULL, count INTEGER NOT NULL) STRICT;

  -- A chain of hashes over what was sealed and thrown away; see ledger.ts. what is JSON, at in ms.
  CREATE TABLE ledger (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
  `,
  `
  -- Which store this is: a day's file of another one is not taken for ours.
  INSERT INTO meta (key, value) VALUES ('store', lower(hex(randomblob(16))));

  -- Batches whose bytes could not be read when they were to be sealed, as they lay there.
  CREATE TABLE damaged (
    id INTEGER PRIMARY KEY, received INTEGER NOT NULL, count INTEGER NOT NULL, events BLOB NOT NULL
  ) STRICT;
  `,
  `
  -- Evidence since the last sealing, and before it; evidence.ts tells how they lie over each other, and over the table evidence.
  CREATE TABLE evidence_hot (
    alert INTEGER NOT NULL, batch INTEGER NOT NULL, places TEXT NOT NULL, events BLOB, PRIMARY KEY (alert, batch)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE evidence_kept (alert INTEGER PRIMARY KEY, places TEXT NOT NULL, events BLOB NOT NULL) STRICT;
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the database to this program's version, or an older one for tests. Throws CodedError DATA_FOLDER where it cannot. */
export function migrate(db: DatabaseSync, path: string, version = SCHEMA_VERSION): void {
  const found = schemaVersion(db, path);
  if (found > SCHEMA_VERSION) {
    const versions = `${path} was written by a newer Porchlight (schema ${found}, this one knows ${SCHEMA_VERSION})`;
    throw new CodedError('DATA_FOLDER', `${versions}. Update Porchlight, or choose another folder.`);
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < found || index >= version) continue;
    db.exec('BEGIN IMMEDIATE');
    db.exec(step);
    db.prepare(`INSERT OR REPLACE INTO meta (key, value) VALUES ('schema', ?)`).run(String(index + 1));
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.exec('COMMIT');
  }
}

function schemaVersion(db: DatabaseSync, path: string): number {
  const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']);
  if (tables === 0) return 0;
  const application = db.prepare('PRAGMA application_id').get()?.['application_id'];
  if (application !== APPLICATION_ID) {
    throw new CodedError('DATA_FOLDER', `${path} is a database of another program. Choose another folder.`);
  }
  const version = Number(db.prepare(`SELECT value FROM meta WHERE key = 'schema'`).get()?.['value']);
  if (Number.isInteger(version) && version > 0) return version;
  throw new CodedError('DATA_FOLDER', `${path} does not say which version it has: it is damaged. Restore a backup.`);
}

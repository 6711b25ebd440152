/**
 * Agents: who may send, and the account of what they sent. The account is written with the commit that it speaks of (commit.ts); who may
 * send is changed by its owner, in transactions of its own between commits.
 *
 * Everything an agent can make grow is bounded: spools and sources it may name, gaps it may declare.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { AgentReport } from '#contract';
import type { AgentCommit, AgentEntry, AgentGap, AgentKey, AgentLedger, Store } from '../store.ts';
import { storeError } from './fault.ts';

/** An agent has one spool; a new one where that was lost. */
const MOST_SPOOLS = 8;
/** Sources of a spool that are counted by name; what is beyond counts under `OTHERS`. */
const MOST_SOURCES = 512;
const OTHERS = '(others)';
const MOST_GAPS = 200;
/** What SQLite holds and a JavaScript number too. */
const MOST = Number.MAX_SAFE_INTEGER;

export function agentWriter(db: DatabaseSync): (commit: AgentCommit, received: number) => void {
  const spools = db.prepare(
    'SELECT epoch FROM agent_spool WHERE agent = ? ORDER BY seen DESC, epoch LIMIT -1 OFFSET ?',
  );
  const dropSpool = db.prepare('DELETE FROM agent_spool WHERE agent = ? AND epoch = ?');
  const dropSources = db.prepare('DELETE FROM agent_source WHERE agent = ? AND epoch = ?');
  const see = db.prepare(
    `INSERT INTO agent_spool (agent, epoch, seen, lost, skew, report) VALUES (?1, ?2, ?3, 0, ?4, ?5)
     ON CONFLICT (agent, epoch) DO UPDATE SET seen = ?3, skew = coalesce(?4, skew), report = coalesce(?5, report)`,
  );
  const use = db.prepare('UPDATE agent_key SET last_used = ? WHERE id = ?');
  const lose = db.prepare(`UPDATE agent_spool SET lost = min(lost + ?, ${MOST}) WHERE agent = ? AND epoch = ?`);
  const addGap = db.prepare(
    'INSERT INTO agent_gap (agent, epoch, first, behind, reason, at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const trimGaps = db.prepare(
    `DELETE FROM agent_gap WHERE agent = ?1 AND id <=
       (SELECT id FROM agent_gap WHERE agent = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${MOST_GAPS})`,
  );
  const count = sourceCounter(db);
  return ({ agent, epoch, key, sources, gaps, skew, report }, received) => {
    const at = Math.trunc(received);
    see.run(agent, epoch, at, skew ?? null, report === undefined ? null : JSON.stringify(report));
    use.run(at, key);
    for (const { epoch: old } of spools.all(agent, MOST_SPOOLS)) {
      dropSpool.run(agent, String(old));
      dropSources.run(agent, String(old));
    }
    for (const source of sources) count(agent, epoch, source);
    for (const gap of gaps) {
      addGap.run(agent, gap.epoch, gap.from, gap.to, gap.reason, Math.trunc(gap.at));
      lose.run(gap.to - gap.from, agent, gap.epoch);
    }
    if (gaps.length > 0) trimGaps.run(agent);
  };
}

type SourceCount = AgentCommit['sources'][number];

function sourceCounter(db: DatabaseSync): (agent: string, epoch: string, source: SourceCount) => void {
  const find = db.prepare('SELECT dropped FROM agent_source WHERE agent = ? AND epoch = ? AND source = ?');
  const number = db.prepare('SELECT count(*) AS n FROM agent_source WHERE agent = ? AND epoch = ?');
  const add = db.prepare(
    `INSERT INTO agent_source (agent, epoch, source, stored, dropped) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (agent, epoch, source) DO UPDATE SET stored = stored + ?4, dropped = ?5`,
  );
  return (agent, epoch, { source, stored, dropped }) => {
    const known = find.get(agent, epoch, source);
    const isNew = known === undefined && source !== OTHERS;
    const name = isNew && Number(number.get(agent, epoch)?.['n']) >= MOST_SOURCES ? OTHERS : source;
    const before = name === source ? known : find.get(agent, epoch, name);
    const sum: Record<string, number> = before === undefined ? {} : JSON.parse(String(before['dropped']));
    for (const [reason, by] of Object.entries(dropped)) sum[reason] = (sum[reason] ?? 0) + by;
    add.run(agent, epoch, name, stored, JSON.stringify(sum));
  };
}

type Run = <T>(work: () => T) => Promise<T>;

export function agentStore(
  db: DatabaseSync,
  run: Run,
): Pick<Store, 'agents' | 'saveAgent' | 'redeemInvitation' | 'removeAgent' | 'ledgers'> {
  const registry = registryOf(db);
  const ledgers = ledgerReader(db);
  return {
    agents: () => run(registry.all),
    saveAgent: (entry) => run(() => inOne(db, () => registry.save(entry))),
    redeemInvitation: (name, digest, key) => run(() => inOne(db, () => registry.redeem(name, digest, key))),
    removeAgent: (name) => run(() => inOne(db, () => registry.remove(name))),
    ledgers: () => run(ledgers),
  };
}

/** Throws CodedError STORE_FAILED where the disk refuses; then nothing was written. */
function inOne<T>(db: DatabaseSync, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE');
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw storeError(error);
  }
}

function registryOf(db: DatabaseSync) {
  const agents = db.prepare('SELECT * FROM agent ORDER BY name');
  const keys = db.prepare('SELECT * FROM agent_key WHERE agent = ? ORDER BY created, id');
  const put = db.prepare(
    'INSERT OR REPLACE INTO agent (name, added, revoked, rotating, invitation, invitation_ends) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const putKey = db.prepare(
    'INSERT INTO agent_key (id, agent, digest, created, last_used) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const dropKey = db.prepare('DELETE FROM agent_key WHERE id = ?');
  const redeem = db.prepare(
    `UPDATE agent SET invitation = NULL, invitation_ends = NULL, revoked = 0, rotating = 0
     WHERE name = ? AND invitation = ?`,
  );
  const removals = ['agent_key', 'agent_spool', 'agent_source', 'agent_gap'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE agent = ?`),
  );
  const removeEntry = db.prepare('DELETE FROM agent WHERE name = ?');

  const keysOf = (name: string): AgentKey[] => keys.all(name).map(keyOf);
  function setKeys(name: string, wanted: readonly AgentKey[]): void {
    for (const { id } of keysOf(name)) if (!wanted.some((key) => key.id === id)) dropKey.run(id);
    for (const { id, digest, created, lastUsed } of wanted) putKey.run(id, name, digest, created, lastUsed);
  }
  return {
    all: (): AgentEntry[] =>
      agents.all().map((row) => {
        const digest = row['invitation'];
        return {
          name: String(row['name']),
          added: Number(row['added']),
          revoked: row['revoked'] !== 0,
          rotating: row['rotating'] !== 0,
          invitation: typeof digest === 'string' ? { digest, expires: Number(row['invitation_ends']) } : null,
          keys: keysOf(String(row['name'])),
        };
      }),
    save({ name, added, revoked, rotating, invitation, keys: wanted }: AgentEntry): void {
      const [digest, expires] = [invitation?.digest ?? null, invitation?.expires ?? null];
      put.run(name, added, Number(revoked), Number(rotating), digest, expires);
      setKeys(name, wanted);
    },
    redeem(name: string, digest: string, key: AgentKey): boolean {
      if (redeem.run(name, digest).changes === 0) return false;
      setKeys(name, [key]);
      return true;
    },
    remove(name: string): void {
      for (const statement of removals) statement.run(name);
      removeEntry.run(name);
    },
  };
}

const keyOf = (row: Record<string, unknown>): AgentKey => ({
  id: String(row['id']),
  digest: String(row['digest']),
  created: Number(row['created']),
  lastUsed: row['last_used'] === null ? null : Number(row['last_used']),
});

function ledgerReader(db: DatabaseSync): () => AgentLedger[] {
  const spools = db.prepare('SELECT * FROM agent_spool ORDER BY agent, seen, epoch');
  const sources = db.prepare(
    'SELECT source, stored, dropped FROM agent_source WHERE agent = ? AND epoch = ? ORDER BY source',
  );
  const gaps = db.prepare('SELECT first, behind, reason, at FROM agent_gap WHERE agent = ? ORDER BY id');
  return () => {
    const latest = new Map(spools.all().map((row) => [String(row['agent']), row]));
    return [...latest].map(([agent, row]) => ({
      agent,
      epoch: String(row['epoch']),
      seen: Number(row['seen']),
      skew: row['skew'] === null ? null : Number(row['skew']),
      report: reportOf(row['report']),
      sources: sources.all(agent, String(row['epoch'])).map((one) => ({
        source: String(one['source']),
        stored: Number(one['stored']),
        dropped: JSON.parse(String(one['dropped'])) as Record<string, number>,
      })),
      lost: Number(row['lost']),
      gaps: gaps.all(agent).map((one): AgentGap => ({
        from: Number(one['first']),
        to: Number(one['behind']),
        reason: String(one['reason']),
        at: Number(one['at']),
      })),
    }));
  };
}

/** Checked before it was written; what a flipped bit made of it is no report. */
function reportOf(value: unknown): AgentReport | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value) as AgentReport;
  } catch {
    return undefined;
  }
}

/**
 * A chain of what was sealed and thrown away: each record's hash covers the record and the hash before it, and a sealing's record
 * covers every block of it. Whoever keeps one head elsewhere can tell later whether anything before it was changed or removed;
 * against no head, the chain only finds damage.
 *
 *   hash(n) = SHA-256( hash(n-1) LF seq LF at LF what )        in hex; hash(0) is 64 zeros
 *   what    = {"sealed":{"through":120,"days":{"2026-03-14":["<SHA-256 of filter and events of a block>", …]}}}
 *           | {"thrown":{"day":"2026-01-01","events":1234,"reason":"age"}}
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

export interface Head {
  readonly seq: number;
  /** 64 hex digits. */
  readonly hash: string;
}

export type What =
  | { readonly sealed: { readonly through: number; readonly days: Readonly<Record<string, readonly string[]>> } }
  | { readonly thrown: { readonly day: string; readonly events: number; readonly reason: string } };

export interface LedgerRecord extends Head {
  /** ms since the epoch. */
  readonly at: number;
  readonly what: string;
}

export const NO_HEAD: Head = { seq: 0, hash: '0'.repeat(64) };

export const blockDigest = (filter: Uint8Array, bytes: Uint8Array): string =>
  createHash('sha256').update(filter).update(bytes).digest('hex');

export const hashOf = (before: string, { seq, at, what }: Omit<LedgerRecord, 'hash'>): string =>
  createHash('sha256').update(`${before}\n${seq}\n${at}\n${what}`).digest('hex');

export interface Ledger {
  head(): Head;
  /** Within the transaction that does what it tells. `at`: ms. */
  append(what: What, at: number): void;
}

export function ledger(db: DatabaseSync): Ledger {
  const last = db.prepare('SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1');
  const insert = db.prepare('INSERT INTO ledger (seq, at, what, hash) VALUES (?, ?, ?, ?)');
  const head = (): Head => {
    const row = last.get();
    return row === undefined ? NO_HEAD : { seq: Number(row['seq']), hash: String(row['hash']) };
  };
  return {
    head,
    append(what, at) {
      const before = head();
      const record = { seq: before.seq + 1, at: Math.trunc(at), what: JSON.stringify(what) };
      insert.run(record.seq, record.at, record.what, hashOf(before.hash, record));
    },
  };
}

export function* ledgerRecords(db: DatabaseSync): Generator<LedgerRecord> {
  for (const row of db.prepare('SELECT seq, at, what, hash FROM ledger ORDER BY seq').iterate()) {
    yield { seq: Number(row['seq']), at: Number(row['at']), what: String(row['what']), hash: String(row['hash']) };
  }
}

/** `2026-03-14T08:00:00.000Z 12 <hash>`, a line a head, as they are kept elsewhere. Lines that say something else are passed over. */
export const headLine = ({ seq, hash }: Head, time: string): string => `${time} ${seq} ${hash}\n`;

export function headsIn(text: string): Head[] {
  return [...text.matchAll(/^\S+ (\d{1,15}) ([0-9a-f]{64})$/gm)].map(([, seq = '', hash = '']) => ({
    seq: Number(seq),
    hash,
  }));
}

/** Holds the ledger against itself, against the days' files, and against heads that were kept elsewhere. */
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { readDay, dayPath, type DayReader } from './day-file.ts';
import { blockDigest, hashOf, type Head, type LedgerRecord, ledgerRecords, NO_HEAD, type What } from './ledger.ts';

type Damaged = (what: string, reason: string) => void;

/** The head, as it is now. `heads`: any number of earlier ones. */
export function verifyLedger(
  db: DatabaseSync,
  path: string,
  heads: readonly Head[],
  signal: AbortSignal,
  damaged: Damaged,
): Head {
  const records = [...ledgerRecords(db)];
  const head = verifyChain(records, heads, damaged);
  const thrown = lastThrown(records);
  const days = new Map<string, DayReader | undefined>();
  try {
    for (const record of records) {
      signal.throwIfAborted();
      const what = whatOf(record);
      if (what === undefined || !('sealed' in what)) continue;
      const { through, days: sealed } = what.sealed;
      for (const [day, digests] of Object.entries(sealed)) {
        if ((thrown.get(day) ?? 0) > record.seq) continue;
        if (!days.has(day)) days.set(day, readDay(dayPath(dirname(path), day)));
        verifySealing(days.get(day), day, through, digests, record, damaged);
      }
    }
  } finally {
    for (const day of days.values()) day?.close();
  }
  return head;
}

function verifyChain(records: readonly LedgerRecord[], heads: readonly Head[], damaged: Damaged): Head {
  const kept = new Map(heads.map(({ seq, hash }) => [seq, hash]));
  let before = NO_HEAD;
  for (const record of records) {
    const name = `record ${record.seq} of the ledger`;
    if (record.seq !== before.seq + 1) damaged(name, `it follows record ${before.seq}: what lies between was removed`);
    else if (hashOf(before.hash, record) !== record.hash) damaged(name, 'it, or one before it, was changed');
    const known = kept.get(record.seq);
    if (known !== undefined && known !== record.hash) damaged(name, 'it is not the one whose head was kept elsewhere');
    before = record;
  }
  const beyond = heads.filter(({ seq }) => seq > before.seq);
  for (const { seq } of beyond.slice(0, 1))
    damaged(
      'the ledger',
      `it ends with record ${before.seq}, and record ${seq} was there once: what came after was removed`,
    );
  return before;
}

function lastThrown(records: readonly LedgerRecord[]): Map<string, number> {
  const thrown = new Map<string, number>();
  for (const record of records) {
    const what = whatOf(record);
    if (what !== undefined && 'thrown' in what) thrown.set(what.thrown.day, record.seq);
  }
  return thrown;
}

function whatOf({ what }: LedgerRecord): What | undefined {
  try {
    return JSON.parse(what) as What;
  } catch {
    // Its hash is wrong too, and that was told.
    return undefined;
  }
}

function verifySealing(
  day: DayReader | undefined,
  name: string,
  through: number,
  digests: readonly string[],
  { at }: LedgerRecord,
  damaged: Damaged,
): void {
  const sealed = `what was sealed at ${new Date(at).toISOString()}`;
  if (day === undefined) return damaged(`events-${name}.db`, `${sealed} is gone, and was not thrown away by us`);
  const found = day.ofSealing(through).map(({ id }) => ({ id, digest: digestOf(day, id) }));
  const expected = new Set(digests);
  for (const { id, digest } of found) {
    if (!expected.delete(digest)) damaged(`block ${id} of ${name}`, `it is not ${sealed}`);
  }
  if (found.length < digests.length) damaged(`events-${name}.db`, `a part of ${sealed} was removed`);
}

const digestOf = (day: DayReader, id: number): string =>
  blockDigest(day.filter(id) ?? new Uint8Array(0), day.bytes(id) ?? new Uint8Array(0));

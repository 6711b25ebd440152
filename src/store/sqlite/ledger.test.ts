/** The chain of hashes over what was sealed: what somebody with the files in their hands may do to it, and how it is noticed. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import { encodeBatch } from '../encoded-batch.ts';
import { type Head, headLine, headsIn } from './ledger.ts';
import { openSqliteStore } from './store.ts';
import { openUpkeep } from './upkeep.ts';
import { verifyStore } from './verify.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 14, 12);

interface Kept {
  readonly folder: string;
  readonly path: string;
  /** After each sealing. */
  readonly heads: readonly Head[];
}

/** Three sealings of two days each, and a day thrown away. */
async function kept(use: (kept: Kept) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-ledger-'));
  const path = join(folder, 'porchlight.db');
  const heads: Head[] = [];
  try {
    const store = await openSqliteStore(path);
    const upkeep = openUpkeep(path, { days: 3, bytes: 0, free: 0 });
    for (let batch = 1; batch <= 3; batch++) {
      const events = [NOON - 2 * DAY, NOON - DAY, NOON].map((time): Event =>
        Object.assign(newFields(), { '@timestamp': time, 'event.ingested': NOON, message: `${batch}` }),
      );
      const encoded = encodeBatch(events);
      await store.commit({ batch, received: NOON, events: encoded, hits: 0, marks: [], alerts: [], outbox: [] });
      upkeep.seal(NOON);
      heads.push(upkeep.head());
    }
    assert.equal(upkeep.retain(NOON + 2 * DAY).length, 1);
    heads.push(upkeep.head());
    upkeep.close();
    await store.close();
    await use({ folder, path, heads });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function damagesOf({ path, heads }: Kept): Promise<string[]> {
  const { damages } = await verifyStore(path, new AbortController().signal, heads);
  return damages.map(({ what, reason }) => `${what}: ${reason}`);
}

function change(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

test('what nobody touched is whole, and every head ever kept is in it', () =>
  kept(async (house) => {
    assert.deepEqual(await damagesOf(house), []);
    assert.deepEqual(
      house.heads.map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
    const lines = house.heads.map((head) => headLine(head, '2026-03-14T12:00:00.000Z')).join('');
    assert.deepEqual(headsIn(`# kept by hand\n${lines}`), house.heads);
  }));

const attacks: readonly {
  readonly what: string;
  readonly how: (kept: Kept) => void;
  readonly says: readonly RegExp[];
}[] = [
  {
    what: 'a block put in place of another',
    how: ({ folder }) =>
      change(
        join(folder, 'events-2026-03-14.db'),
        'UPDATE block SET (filter, events) = (SELECT filter, events FROM block WHERE id = 1) WHERE id = 2',
      ),
    says: [/^block 2 of 2026-03-14: it is not what was sealed at 2026-03-14T12:00/],
  },
  {
    what: 'a block removed, and the catalogue made to fit',
    how: ({ folder, path }) => {
      change(join(folder, 'events-2026-03-14.db'), 'DELETE FROM block WHERE id = 2');
      change(path, `UPDATE day SET events = events - 1 WHERE name = '2026-03-14'`);
    },
    says: [/^events-2026-03-14.db: a part of what was sealed at .* was removed/],
  },
  {
    what: 'a day removed with its line in the catalogue',
    how: ({ folder, path }) => {
      rmSync(join(folder, 'events-2026-03-13.db'));
      change(path, `DELETE FROM day WHERE name = '2026-03-13'`);
    },
    says: Array.from({ length: 3 }, () => /^events-2026-03-13.db: .* is gone, and was not thrown away by us/),
  },
  {
    what: 'a record changed',
    how: ({ path }) => change(path, `UPDATE ledger SET what = replace(what, '2026-03-13', '2026-03-12') WHERE seq = 2`),
    says: [/^record 2 of the ledger: it, or one before it, was changed/],
  },
  {
    what: 'a record taken out of the middle',
    how: ({ path }) => change(path, 'DELETE FROM ledger WHERE seq = 2'),
    says: [/^record 3 of the ledger: it follows record 1: what lies between was removed/],
  },
  {
    what: 'the end cut off',
    how: ({ path }) => change(path, 'DELETE FROM ledger WHERE seq = 4'),
    says: [/^the ledger: it ends with record 3, and record 4 was there once/],
  },
];
for (const { what, how, says } of attacks) {
  test(`${what} is noticed`, () =>
    kept(async (house) => {
      how(house);
      const found = await damagesOf(house);
      for (const [at, pattern] of says.entries())
        assert.ok(
          found.some((line) => pattern.test(line)),
          `${at}: ${String(pattern)} in ${found.join('\n')}`,
        );
    }));
}

test('a whole ledger written anew is only noticed against a head that was kept elsewhere', () =>
  kept(async (house) => {
    const other = house.heads.map((head) => ({
      ...head,
      hash: head.hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    }));
    const found = await damagesOf({ ...house, heads: other });
    assert.equal(found.length, other.length);
    assert.match(found[0] ?? '', /^record 1 of the ledger: it is not the one whose head was kept elsewhere/);
  }));

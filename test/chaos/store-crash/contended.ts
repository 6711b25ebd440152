/**
 * Retention on a full disk where a neighbour takes what the first day gives, at the moment at which it gives it.
 *
 * node contended.ts SMALL      SMALL is a small file system of its own
 *
 * Prints one JSON report: which days are left, and what is stored.
 */
import fs, { appendFileSync, readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Event, newFields } from '#contract';
import { encodeBatch, openSqliteStore, openUpkeep, verifyStore } from '#store';

const [small = ''] = process.argv.slice(2);
const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 14, 12);
/** Of the oldest day first: it gives little. */
const DAYS = [1, 300, 300, 300];
const path = join(small, 'porchlight.db');
const store = await openSqliteStore(path, { logPages: 20 });
for (const [index, count] of DAYS.entries()) {
  const time = NOON - (DAYS.length - 1 - index) * DAY;
  const events = Array.from({ length: count }, (_, n): Event =>
    Object.assign(newFields(), {
      '@timestamp': time + n,
      'event.ingested': time,
      message: randomBytes(750).toString('base64'),
    }),
  );
  const more = { hits: 0, marks: [], alerts: [], outbox: [] };
  await store.commit({ batch: index + 1, received: time, events: encodeBatch(events), ...more });
}
const keeper = openUpkeep(path, { days: 0, bytes: 0, free: 600_000 });
keeper.seal(NOON);
// No room of its own is left in the log.
const db = new DatabaseSync(path);
db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
db.close();

function takeRoom(): void {
  try {
    for (;;) appendFileSync(join(small, 'ballast'), Buffer.alloc(4096));
  } catch {
    // Now it is full.
  }
}
let taken = 0;
const { truncateSync } = fs;
fs.truncateSync = (...words) => {
  truncateSync(...words);
  if (taken++ === 0) takeRoom();
};
syncBuiltinESMExports();
takeRoom();
const thrown = keeper.retain(NOON).map(({ day }) => day);
const left = readdirSync(small).filter((name) => name.startsWith('events-'));
keeper.close();
await store.close();
const { damages, events } = await verifyStore(path, new AbortController().signal);
process.stdout.write(`${JSON.stringify({ taken, thrown, left, damages, events })}\n`);

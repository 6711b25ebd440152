/**
 * Takes all room from a store, tries everything that writes, gives the room back, and tries again.
 *
 * node cramped.ts disk SMALL ROOMY      SMALL is a small file system of its own: it is filled, then made larger
 * node cramped.ts files SMALL ROOMY     no file may grow: a limit of this process, then none
 *
 * Prints one JSON report: what each attempt came to, and what is stored.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makeBackup } from '#app/backup/backup';
import { restoreBackup } from '#app/backup/restore';
import { CodedError, type Event, newFields } from '#contract';
import { encodeBatch, openSqliteStore, openUpkeep, type Store, verifyStore } from '#store';

const [way = '', small = '', roomy = ''] = process.argv.slice(2);
const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 14, 12);
const DAYS = 4;
const A_BATCH = 40;
const rest = { now: NOON, signal: new AbortController().signal, say: () => undefined };

const limit = (bytes: string): void => {
  const done = spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
  if (done.status !== 0) throw new Error(done.stderr.toString());
};
const ballast = join(small, 'ballast');
function takeRoom(): void {
  if (way === 'files') return limit('512');
  try {
    for (;;) appendFileSync(ballast, Buffer.alloc(4096));
  } catch {
    // Now it is full.
  }
}
function giveRoom(): void {
  if (way === 'files') return limit('unlimited');
  rmSync(ballast);
  const done = spawnSync('mount', ['-o', 'remount,size=32m', small]);
  if (done.status !== 0) throw new Error(done.stderr.toString());
}

function commit(store: Store, batch: number, time: number, name = batch): Promise<void> {
  const events = Array.from({ length: A_BATCH }, (_, n): Event =>
    Object.assign(newFields(), {
      '@timestamp': time + n,
      'event.ingested': time,
      message: `${name} ${randomBytes(750).toString('base64')}`,
    }),
  );
  const more = { hits: 0, marks: [], alerts: [], outbox: [] };
  return store.commit({ batch, received: time, events: encodeBatch(events), ...more });
}

/** The error's code, or what came of it. */
async function tried<T>(work: () => T | Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}

/** Which batches are stored. */
async function batchesOf(store: Store): Promise<number[]> {
  const found = new Set<number>();
  for (let cursor: string | undefined; ;) {
    const page = await store.events({ q: '', limit: 1000, after: '0-0', cursor });
    for (const { event } of page.items) found.add(Number.parseInt(String(event['message']), 10));
    if (page.next === null) return [...found];
    cursor = page.next;
  }
}

async function batchesIn(folder: string): Promise<number[]> {
  const store = await openSqliteStore(join(folder, 'porchlight.db'));
  try {
    return await batchesOf(store);
  } finally {
    await store.close();
  }
}

const data = join(small, 'data');
const other = join(small, 'other');
const backup = join(roomy, 'backup');
const file = join(data, 'porchlight.db');
mkdirSync(small, { recursive: true });
const before = await openSqliteStore(join(other, 'porchlight.db'));
await commit(before, 1, NOON, 99);
await before.close();

const store = await openSqliteStore(file, { logPages: 20 });
let batch = 0;
const none = openUpkeep(file, { days: 0, bytes: 0, free: 0 });
for (let day = DAYS - 1; day >= 0; day--) await commit(store, ++batch, NOON - day * DAY);
none.seal(NOON);
await commit(store, ++batch, NOON);
await makeBackup({ folder: data, target: backup, host: 'nas', ...rest });

async function taken(): Promise<string> {
  const refusal = await tried(() => commit(store, batch + 1, NOON));
  if (refusal === undefined) batch++;
  return refusal ?? 'ok';
}

/** Everything that writes. The two oldest days are too old. */
async function everything(most: number): Promise<Record<string, unknown>> {
  const made = join(small, 'made');
  const backedUp = await tried(
    async () => (await makeBackup({ folder: data, target: made, host: 'nas', ...rest })).events,
  );
  const restored = await tried(async () => {
    return (await restoreBackup({ backup, folder: other, replace: true, ...rest })).manifest.events;
  });
  let intake = await taken();
  // The log has some room of its own.
  for (let n = 1; n < most && intake === 'ok'; n++) intake = await taken();
  const sealed = await tried(() => none.seal(NOON)?.events ?? 0);
  const keeper = openUpkeep(file, { days: 2, bytes: 0, free: 0 });
  const retained = await tried(() => keeper.retain(NOON + DAY).map(({ day }) => day));
  keeper.close();
  return { backedUp, restored, intake, sealed, retained, after: await taken() };
}

takeRoom();
const full = await everything(50);
const whenFull = batch;
const readable = await batchesOf(store);
giveRoom();
const left = [...readdirSync(small), ...readdirSync(other)].filter((name) => /partial|made|restore|before/.test(name));
const kept = await batchesIn(other);
const again = await everything(1);
const stored = await batchesOf(store);
none.close();
await store.close();
const { damages } = await verifyStore(file, rest.signal);
const replaced = await batchesIn(other);
process.stdout.write(
  `${JSON.stringify({ whenFull, batch, full, readable, left, kept, again, stored, damages, replaced })}\n`,
);

/**
 * Commits until the store refuses, says so, waits for a line on standard input, makes room, and goes on.
 *
 * node filler.ts FOLDER        FOLDER/ballast, where there is one, is removed to make room
 *
 * Prints one JSON report: what was acknowledged before and after, how the refusals looked, and what is stored in the end.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CodedError, type Event, newFields } from '#contract';
import { type Commit, encodeBatch, openSqliteStore, openUpkeep, type Store } from '#store';

const [folder = '', ballast = '0'] = process.argv.slice(2);
const MOST = 500;
const AFTERWARDS = 5;

function commitOf(batch: number): Commit {
  const events = Array.from({ length: 10 }, (_, n) => {
    const event = newFields();
    event['@timestamp'] = batch * 1000 + n;
    event['message'] = randomBytes(1500).toString('base64');
    return event as Event;
  });
  const marks = [{ key: 'k', mark: batch, detail: '' }];
  const outbox = [{ alertId: '1', channel: 'test', title: '', text: String(batch), level: 'low' as const }];
  return { batch, received: batch, events: encodeBatch(events), hits: 0, marks, alerts: [], outbox };
}

/** The error's code, or '' where the commit was acknowledged. */
async function tried(store: Store, batch: number): Promise<string> {
  try {
    await store.commit(commitOf(batch));
    return '';
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

if (Number(ballast) > 0) writeFileSync(join(folder, 'ballast'), randomBytes(Number(ballast)));
const file = join(folder, 'data', 'porchlight.db');
const store = await openSqliteStore(file, { logPages: 100 });
let acked = 0;
let refusal = '';
while (refusal === '' && acked < MOST) {
  refusal = await tried(store, acked + 1);
  if (refusal === '') acked++;
}
const whenFull = acked;
const refusals = [refusal, await tried(store, acked + 1), await tried(store, acked + 1)];
const upkeep = openUpkeep(file, { days: 0, bytes: 0, free: 0 });
/** The error's code, or '' once nothing is left to seal. */
function sealed(): string {
  try {
    while (upkeep.seal(0) !== undefined);
    return '';
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}
const sealing = [sealed(), sealed()];
const readable = (await store.events({ q: '', limit: 1000, after: '0-0' })).items.length;
process.stdout.write('full\n');

const lines = createInterface({ input: process.stdin });
for await (const line of lines) if (line === 'go on') break;
if (existsSync(join(folder, 'ballast'))) rmSync(join(folder, 'ballast'));
const resumed: string[] = [];
for (let n = 0; n < AFTERWARDS; n++) {
  const answer = await tried(store, acked + 1);
  resumed.push(answer);
  if (answer === '') acked++;
}
sealing.push(sealed());
const afterwards = (await store.events({ q: '', limit: 1000, after: '0-0' })).items.length;
upkeep.close();
await store.close();

const again = await openSqliteStore(file);
const { lastBatch, eventCount, marks } = await again.recover();
const messages = (await again.outbox(Number.MAX_SAFE_INTEGER, 1000)).map(({ text }) => Number(text));
await again.close();
const stored = { lastBatch, eventCount, mark: marks[0]?.mark, messages: messages.length };
process.stdout.write(
  `${JSON.stringify({ whenFull, refusals, sealing, readable, resumed, afterwards, acked, stored })}\n`,
);

/**
 * Holds a store against the content it must have: every batch whole, each once, none left out, but for the days that its ledger says were
 * thrown away; and what of those belongs to an alert is still there.
 */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { evidenceSlot } from '#contract';
import { openSqliteStore, type Store, verifyStore } from '#store';
import { alertOfBatch, dayOf, eventCount, eventOf, nothing, plus, type Totals } from './content.ts';

export interface Account {
  /** Number of the last one. */
  readonly batches: number;
  /** That were committed, and that are there. */
  readonly committed: number;
  readonly stored: number;
  /** Days thrown away, as often as they were. */
  readonly thrown: readonly string[];
  readonly sealings: number;
  /** Evidence whose event was thrown away with its day. */
  readonly outlived: number;
}

/** Opens the store as a start does, and checks everything. */
export async function account(file: string, seed: number): Promise<Account> {
  const store = await openSqliteStore(file);
  try {
    const recovered = await store.recover();
    let totals: Totals = nothing;
    for (let batch = 1; batch <= recovered.lastBatch; batch++) totals = plus(totals, seed, batch);
    const batches = recovered.lastBatch;
    assert.equal(recovered.eventCount, totals.events, 'events counted');
    const marks = batches === 0 ? [] : [{ key: 'file:1:2', mark: totals.events, detail: String(batches) }];
    assert.deepEqual(recovered.marks, marks);
    await checkMessages(store, batches);
    const past = readLedger(file, seed);
    const isGone = (batch: number, n: number): boolean => batch <= (past.through.get(dayOf(seed, batch, n)) ?? 0);
    const outlived = await checkAlerts(store, seed, batches, totals, isGone);
    const stored = await checkEvents(store, seed, batches, isGone);
    assert.equal(stored + past.gone, totals.events, 'events stored and thrown away');
    const { damages } = await verifyStore(file, new AbortController().signal);
    assert.deepEqual(damages, []);
    return { batches, committed: totals.events, stored, thrown: past.thrown, sealings: past.sealings, outlived };
  } finally {
    await store.close();
  }
}

interface Past {
  /** By day: batches up to this one were sealed when it was thrown away last. */
  readonly through: ReadonlyMap<string, number>;
  readonly thrown: readonly string[];
  readonly gone: number;
  readonly sealings: number;
}

/** What the ledger says was thrown away, held against what must have been in it. */
function readLedger(file: string, seed: number): Past {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare('SELECT what FROM ledger ORDER BY seq').all();
  db.close();
  const through = new Map<string, number>();
  const thrown: string[] = [];
  let sealed = 0;
  let sealings = 0;
  let gone = 0;
  for (const row of rows) {
    const what = JSON.parse(String(row['what'])) as Record<
      'sealed' | 'thrown',
      { [name: string]: unknown } | undefined
    >;
    if (what.sealed !== undefined) [sealed, sealings] = [Number(what.sealed['through']), sealings + 1];
    if (what.thrown === undefined) continue;
    const day = String(what.thrown['day']);
    const events = eventsOfDay(seed, day, through.get(day) ?? 0, sealed);
    assert.equal(Number(what.thrown['events']), events, `events of ${day} when it was thrown away`);
    through.set(day, sealed);
    thrown.push(day);
    gone += events;
  }
  return { through, thrown, gone, sealings };
}

/** Of batches behind the first, up to the second. */
function eventsOfDay(seed: number, day: string, from: number, to: number): number {
  let events = 0;
  for (let batch = from + 1; batch <= to; batch++)
    for (let n = 0; n < eventCount(seed, batch); n++) if (dayOf(seed, batch, n) === day) events++;
  return events;
}

type IsGone = (batch: number, n: number) => boolean;

async function checkMessages(store: Store, batches: number): Promise<void> {
  const messages = await store.outbox(Number.MAX_SAFE_INTEGER, batches + 10);
  const expected = Array.from({ length: batches }, (_, at) => String(at + 1));
  assert.deepEqual(
    messages.map(({ text }) => text),
    expected,
    'messages',
  );
}

/** How many pieces of evidence outlived their day. */
async function checkAlerts(
  store: Store,
  seed: number,
  batches: number,
  totals: Totals,
  isGone: IsGone,
): Promise<number> {
  let outlived = 0;
  for (const [id, count] of totals.alerts.entries()) {
    const found = await store.alert(String(id));
    assert.equal(found?.alert.count ?? 0, count, `count of alert ${id}`);
    const mine = Array.from({ length: batches }, (_, at) => at + 1).filter((batch) => alertOfBatch(batch) === id);
    assert.deepEqual(
      (found?.history ?? []).map(({ note }) => Number(note)),
      mine,
      `history of alert ${id}`,
    );
    const slots = new Map<number, number>(mine.map((batch, n) => [evidenceSlot(n), batch]));
    const evidence = found?.evidence ?? [];
    assert.equal(evidence.length, slots.size, `evidence of alert ${id}`);
    for (const { slot, id: place, event } of evidence) {
      const batch = slots.get(slot) ?? 0;
      assert.equal(place, `${batch}-0`, `evidence of alert ${id}`);
      assert.deepEqual(event, eventOf(seed, batch, 0));
      if (isGone(batch, 0)) outlived++;
    }
  }
  return outlived;
}

/** Every event in stored order, with exactly the text it was committed with. */
async function checkEvents(store: Store, seed: number, batches: number, isGone: IsGone): Promise<number> {
  const expected = placesOf(seed, batches, isGone);
  let stored = 0;
  for (let cursor: string | undefined; ;) {
    const page = await store.events({ q: '', limit: 5000, after: '0-0', cursor });
    for (const { id, event } of page.items) {
      const { value } = expected.next();
      assert.ok(value !== undefined, `${id} is there and was never committed, or was thrown away`);
      const [batch, n] = value;
      assert.equal(id, `${batch}-${n}`, 'place of an event');
      assert.deepEqual(event, eventOf(seed, batch, n));
      stored++;
    }
    if (page.next === null) break;
    cursor = page.next;
  }
  assert.deepEqual(expected.next().value, undefined, 'the first event that is lost');
  return stored;
}

function* placesOf(seed: number, batches: number, isGone: IsGone): Generator<readonly [number, number], undefined> {
  for (let batch = 1; batch <= batches; batch++)
    for (let n = 0; n < eventCount(seed, batch); n++) if (!isGone(batch, n)) yield [batch, n];
  return undefined;
}

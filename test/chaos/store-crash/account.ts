/** Holds a store against the content it must have: every batch whole, each once, none left out. */
import assert from 'node:assert/strict';
import { evidenceSlot } from '#contract';
import type { Store } from '#store';
import { alertOfBatch, eventCount, eventOf, nothing, plus, type Totals } from './content.ts';

/** Checks everything and answers with the number of the last batch. */
export async function account(
  store: Store,
  seed: number,
): Promise<{ readonly batches: number; readonly events: number }> {
  const recovered = await store.recover();
  let totals: Totals = nothing;
  for (let batch = 1; batch <= recovered.lastBatch; batch++) totals = plus(totals, seed, batch);
  const batches = recovered.lastBatch;
  assert.equal(recovered.eventCount, totals.events, 'events counted');
  const marks = batches === 0 ? [] : [{ key: 'file:1:2', mark: totals.events, detail: String(batches) }];
  assert.deepEqual(recovered.marks, marks);
  await checkMessages(store, batches);
  await checkAlerts(store, batches, totals);
  assert.equal(await checkEvents(store, seed, batches), totals.events, 'events stored');
  return { batches, events: totals.events };
}

async function checkMessages(store: Store, batches: number): Promise<void> {
  const messages = await store.outbox(Number.MAX_SAFE_INTEGER, batches + 10);
  const expected = Array.from({ length: batches }, (_, at) => String(at + 1));
  assert.deepEqual(
    messages.map(({ text }) => text),
    expected,
    'messages',
  );
}

async function checkAlerts(store: Store, batches: number, totals: Totals): Promise<void> {
  for (const [id, count] of totals.alerts.entries()) {
    const found = await store.alert(String(id));
    assert.equal(found?.alert.count ?? 0, count, `count of alert ${id}`);
    const mine = Array.from({ length: batches }, (_, at) => at + 1).filter((batch) => alertOfBatch(batch) === id);
    assert.deepEqual(
      (found?.history ?? []).map(({ note }) => Number(note)),
      mine,
      `history of alert ${id}`,
    );
    const expected = new Map<number, string>(mine.map((batch, n) => [evidenceSlot(n), `${batch}-0`]));
    const slots = new Map<number, string>((found?.evidence ?? []).map((kept) => [kept.slot, kept.id]));
    assert.deepEqual(slots, expected, `evidence of alert ${id}`);
  }
}

/** Every event in stored order, with exactly the text it was committed with. */
async function checkEvents(store: Store, seed: number, batches: number): Promise<number> {
  let stored = 0;
  let batch = 1;
  let n = 0;
  for (let cursor: string | undefined; ;) {
    const page = await store.events({ q: '', limit: 1000, after: '0-0', cursor });
    for (const { id, event } of page.items) {
      assert.equal(id, `${batch}-${n}`, 'place of an event');
      assert.deepEqual(event, eventOf(seed, batch, n));
      stored++;
      n++;
      if (n === eventCount(seed, batch)) [batch, n] = [batch + 1, 0];
    }
    if (page.next === null) break;
    cursor = page.next;
  }
  assert.equal(batch, batches + 1, 'last batch with events');
  return stored;
}

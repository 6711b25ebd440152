/** Somebody makes up field names: blocks stay bounded, and everything is still found. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import { encodeBatch, encodeColumns, viewBatch } from '../encoded-batch.ts';
import { encodeRows, viewRows } from '../rows.ts';
import { openSqliteStore } from '../sqlite/store.ts';
import { openUpkeep } from '../sqlite/upkeep.ts';
import { encodeBlocks, viewBlock } from './block.ts';
import type { BlockSource } from './view.ts';

const NOON = Date.UTC(2026, 2, 14, 12);

/** `first` to `first + count - 1`: each a name of its own. */
function eventOf(first: number, count: number): Event {
  const event = Object.assign(newFields(), {
    '@timestamp': NOON + first,
    'event.ingested': NOON,
    message: `m${first}`,
  });
  for (let n = first; n < first + count; n++) event[`made.up${n}`] = `value${n}`;
  return event;
}

const MOST = 40;
/** Batches of rows and of columns, little and large, some of them with more names than a block may have; of one only every other event. */
const shapes: readonly {
  readonly what: string;
  readonly rows: boolean;
  readonly events: number;
  readonly names: number;
}[] = [
  { what: 'one event a batch', rows: true, events: 1, names: 7 },
  { what: 'an event with too many by itself', rows: true, events: 1, names: 90 },
  { what: 'rows with too many', rows: true, events: 30, names: 9 },
  { what: 'columns', rows: false, events: 4, names: 6 },
  { what: 'columns of one kind', rows: false, events: 20, names: 1 },
  { what: 'rows again', rows: true, events: 3, names: 2 },
];

test('blocks have so many fields and no more, and hold every event in its order, under its id', () => {
  let next = 0;
  const expected: { readonly id: string; readonly event: Event }[] = [];
  const sources = [...shapes, ...shapes].map(({ rows, events: count, names }, index): BlockSource => {
    const batch = index + 1;
    const events = Array.from({ length: count }, () => eventOf((next += names) - names, names));
    const ordinals = events.flatMap((_, ordinal) => (index !== 2 || ordinal % 2 === 0 ? [ordinal] : []));
    for (const ordinal of ordinals) expected.push({ id: `${batch}-${ordinal}`, event: events[ordinal] as Event });
    const view = rows ? viewRows(encodeRows(events)) : viewBatch(encodeColumns(events) ?? assert.fail());
    return index === 2 ? { batch, view, ordinals } : { batch, view };
  });
  const blocks = encodeBlocks(sources, MOST).map(({ bytes }) => viewBlock(bytes));
  assert.ok(blocks.length > 10);
  const found = blocks.flatMap((view) =>
    Array.from({ length: view.count }, (_, ordinal) => {
      const { batch, ordinal: at } = view.place(ordinal);
      return { id: `${batch}-${at}`, event: view.event(ordinal) };
    }),
  );
  assert.deepEqual(found, expected);
  // The three fields of every event, and one batch's or one event's names beyond the limit.
  for (const { fields } of blocks) assert.ok(fields.length <= MOST + 3 + 90, `${fields.length} fields`);
});

test('eighteen thousand names are sealed, and each is found', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-made-up-'));
  const path = join(folder, 'porchlight.db');
  const store = await openSqliteStore(path);
  const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
  try {
    const rest = { received: NOON, hits: 0, marks: [], alerts: [], outbox: [] };
    for (const batch of [1, 2]) {
      const events = Array.from({ length: 9 }, (_, n) => eventOf((batch * 20 + n) * 1000, 1000));
      await store.commit({ batch, events: encodeBatch(events), ...rest });
    }
    assert.deepEqual(upkeep.seal(NOON), { events: 18, through: 2, damaged: [] });
    for (const q of ['made.up28007:value28007', 'value48999', 'made.up20000:*']) {
      const { items } = await store.events({ q, limit: 9 });
      assert.equal(items.length, 1, q);
    }
  } finally {
    upkeep.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
});

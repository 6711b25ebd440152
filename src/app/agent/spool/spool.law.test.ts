/**
 * Laws of the spool against a naive model: what was synced is read back, once and in order, whatever happened to the last write; one
 * damaged byte costs at most the records of one frame, and is noticed.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { RawRecord, SourceTag } from '#contract';
import { copyOf, findLog, segmentsOf, sizeOf } from './folder.ts';
import { openSpool, type Spool, type SpoolOptions } from './spool.ts';

const SEED = 1;
const never = new AbortController().signal;
const sources: readonly SourceTag[] = ['a', 'b'].map((id) => ({
  id: `file:${id}`,
  agent: 'local',
  host: 'nas',
  path: id,
}));

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-spool-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const options = (folder: string, extra: Partial<SpoolOptions> = {}): SpoolOptions => ({
  folder,
  hostName: 'nas',
  maxBytes: 1024 ** 3,
  maxAge: 1e12,
  whenFull: 'wait',
  segmentBytes: 4096,
  pace: 0,
  now: () => 1000,
  onTrouble: () => undefined,
  onDamage: () => undefined,
  ...extra,
});

/** Record `n` of a source: its place is its number. */
const record = (source: number, n: number, text: string): RawRecord => ({
  source: sources[source] as SourceTag,
  received: 1000,
  text: `${sources[source]?.id} ${n} ${text}`,
  position: { stream: { key: `file:${source}@1`, detail: `{"n":${n}}` }, from: n, to: n + 1 },
});

interface ReadBack {
  readonly texts: readonly string[];
  /** Numbers that are missing between the first and the last. */
  readonly lost: number;
}

function readBack(spool: Spool): ReadBack {
  const reader = spool.reader();
  reader.seek(spool.state.ack);
  const texts: string[] = [];
  let expected = spool.state.ack;
  let lost = 0;
  for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
    lost += Math.max(0, frame.first - expected);
    const lines = frame.body.toString().trimEnd().split('\n');
    // What was taken may end within a frame.
    for (const line of lines.slice(Math.max(0, expected - frame.first)))
      texts.push((JSON.parse(line) as { t: string }).t);
    expected = frame.first + frame.count;
  }
  lost += spool.state.next - expected;
  reader.close();
  return { texts, lost };
}

/** Evenly spread: `fc.double` likes zero too much. */
const share = fc.integer({ min: 0, max: 999_999 }).map((part) => part / 1_000_000);

const chunk = fc.array(
  fc.record({
    source: fc.nat(1),
    text: fc.oneof(fc.string({ maxLength: 80, unit: 'binary' }), fc.constant('x'.repeat(900))),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Puts each chunk as one frame; gives the texts of each. */
async function fill(spool: Spool, chunks: readonly { source: number; text: string }[][]): Promise<string[][]> {
  const places = [0, 0];
  const texts: string[][] = [];
  for (const items of chunks) {
    const records = items.map(({ source, text }) =>
      record(source, (places[source] = (places[source] ?? 0) + 1) - 1, text),
    );
    await spool.put(records, never);
    await spool.settled();
    texts.push(records.map(({ text }) => text));
  }
  return texts;
}

/** Records of each source that stand in `texts`. */
const marksOf = (texts: readonly string[]): number[] =>
  sources.map(({ id }) => texts.filter((text) => text.startsWith(`${id} `)).length);

const storedMarks = (spool: Spool): number[] => sources.map((_, i) => spool.marks(`file:${i}@`).at(-1)?.mark ?? 0);

test(
  'a crash at any byte of the last write: what was synced before is there, and the places agree with it',
  { timeout: 300_000 },
  async (t) => {
    const folder = scratch(t);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { minLength: 1, maxLength: 8 }), share, async (chunks, where) => {
        const place = join(folder, String(run++));
        const spool = await openSpool(options(place));
        const before = await fill(spool, chunks.slice(0, -1));
        const last = segmentsOf(findLog(place) ?? '').at(-1);
        const size = sizeOf(last?.path ?? '');
        const [written = []] = await fill(spool, chunks.slice(-1));
        await spool.close();
        const tail = segmentsOf(findLog(place) ?? '').at(-1);
        // A write that began a segment is cut anywhere in that segment; otherwise, behind what was there.
        const least = tail?.path === last?.path ? size : 0;
        const end = sizeOf(tail?.path ?? '');
        const cut = least + Math.floor(where * (end - least));
        truncateSync(tail?.path ?? '', cut);
        let damage = 0;
        const again = await openSpool(options(place, { onDamage: () => damage++ }));
        const { texts, lost } = readBack(again);
        const whole = cut === end ? [...before.flat(), ...written] : before.flat();
        assert.deepEqual(texts, whole);
        assert.deepEqual([lost, damage], [0, 0]);
        // fill() counts each call's places from 0, so only what was before the last write is compared.
        if (cut < end) assert.deepEqual(storedMarks(again), marksOf(texts));
        await again.put([record(0, 999, 'after')], never);
        await again.settled();
        await again.close();
        const third = await openSpool(options(place, { onDamage: () => damage++ }));
        assert.deepEqual(readBack(third), { texts: [...whole, 'file:a 999 after'], lost: 0 });
        assert.equal(damage, 0, 'nothing of the torn write is left');
        await third.close();
        rmSync(place, { recursive: true });
      }),
      { seed: SEED, numRuns: 60 },
    );
  },
);

test(
  'one flipped bit anywhere: noticed, at most one frame lost, its numbers stay given, the places stand',
  { timeout: 300_000 },
  async (t) => {
    const folder = scratch(t);
    const place = join(folder, 'whole');
    const spool = await openSpool(options(place));
    const chunks = fc.sample(chunk, { seed: SEED, numRuns: 12 });
    const written = await fill(spool, chunks);
    await spool.close();
    const segments = segmentsOf(findLog(place) ?? '');
    assert.ok(segments.length > 2, 'several segments');
    let recovered = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(segments.length - 1), share, fc.nat(7), async (which, where, bit) => {
        const copy = join(folder, 'copy');
        cpSync(place, copy, { recursive: true });
        const path = segmentsOf(findLog(copy) ?? '')[which]?.path ?? '';
        const bytes = readFileSync(path);
        const at = Math.floor(where * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        writeFileSync(path, bytes);
        let damage = 0;
        const again = await openSpool(options(copy, { onDamage: () => damage++ }));
        const { texts, lost } = readBack(again);
        const missing = written.filter((frame) => !frame.every((text) => texts.includes(text)));
        assert.ok(missing.length <= 1, `${missing.length} frames are gone`);
        assert.deepEqual(texts, written.filter((frame) => frame !== missing[0]).flat());
        assert.equal(lost, missing.flat().length, 'what is lost is known to be lost');
        if (missing.length > 0) assert.equal(damage, 1);
        else recovered += 1;
        assert.equal(again.state.next, written.flat().length, 'no number is given twice');
        // The last frame's own places may go with it: then its lines are read again, under new numbers.
        const kept = missing[0] === written.at(-1) ? written.slice(0, -1).flat() : written.flat();
        assert.deepEqual(storedMarks(again), marksOf(kept));
        await again.close();
        rmSync(copy, { recursive: true });
      }),
      { seed: SEED, numRuns: 150 },
    );
    assert.ok(recovered > 0, 'a flipped bit at an edge costs nothing');
  },
);

test('a damaged frame that was the last of its source: the place stands, told once more by what follows', async (t) => {
  for (const follows of ['a frame of another source', 'an acknowledgement'] as const) {
    const place = scratch(t);
    const spool = await openSpool(options(place, { segmentBytes: 1e6 }));
    await spool.put([record(0, 0, 'only')], never);
    await spool.settled();
    if (follows === 'an acknowledgement') spool.ack(1, new Map([['file:a', 1]]));
    else await spool.put([record(1, 0, 'other')], never);
    await spool.settled();
    await spool.close();
    const path = segmentsOf(findLog(place) ?? '')[0]?.path ?? '';
    const bytes = readFileSync(path);
    const at = bytes.indexOf('file:a 0 only');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const again = await openSpool(options(place));
    assert.deepEqual(
      [again.marks('file:0@').map(({ mark, detail }) => [mark, detail]), follows],
      [[[1, '{"n":0}']], follows],
    );
    await again.close();
  }
});

test('the beginning of the last segment is gone: what it told stands in a file beside it', async (t) => {
  const place = scratch(t);
  const spool = await openSpool(options(place));
  await fill(spool, fc.sample(chunk, { seed: SEED, numRuns: 12 }));
  spool.ack(spool.state.next, new Map([['file:a', 3]]));
  await spool.settled();
  const { epoch, next, ack } = spool.state;
  const tallies = new Map(spool.state.tallies);
  const marks = storedMarks(spool);
  await spool.close();
  const last = segmentsOf(findLog(place) ?? '').at(-1);
  assert.ok(last !== undefined);
  writeFileSync(last.path, readFileSync(last.path).fill(0, 0, sizeOf(copyOf(last))));
  const again = await openSpool(options(place));
  assert.deepEqual([again.state.epoch, again.state.next, again.state.ack], [epoch, next, ack]);
  assert.deepEqual([storedMarks(again), again.state.tallies], [marks, tallies]);
  await again.close();
});

test('nothing says any more what was numbered and taken: it begins anew behind that, and declares none of it', async (t) => {
  const place = scratch(t);
  const spool = await openSpool(options(place));
  await fill(spool, fc.sample(chunk, { seed: SEED, numRuns: 12 }));
  spool.ack(spool.state.next, new Map());
  await spool.settled();
  const { epoch } = spool.state;
  const first = segmentsOf(findLog(place) ?? '').at(-1)?.first ?? 0;
  assert.ok(first > 0);
  await spool.close();
  const log = findLog(place) ?? '';
  for (const name of readdirSync(log)) {
    const bytes = readFileSync(join(log, name));
    writeFileSync(join(log, name), bytes.fill(0, 200, bytes.length));
  }
  const again = await openSpool(options(place));
  const { base, ack, next } = again.state;
  assert.notEqual(again.state.epoch, epoch);
  assert.deepEqual([base, ack, next], [first, first, first]);
  await again.close();
});

test('a model of putting, taking and opening again', { timeout: 300_000 }, async (t) => {
  const folder = scratch(t);
  const step = fc.oneof(
    fc.record({ do: fc.constant('put' as const), items: chunk }),
    fc.record({ do: fc.constant('ack' as const), share }),
    fc.record({ do: fc.constant('open' as const) }),
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const place = join(folder, String(run++));
      let spool = await openSpool(options(place));
      const epoch = spool.state.epoch;
      const put: string[] = [];
      let acked = 0;
      const places = [0, 0];
      for (const each of steps) {
        if (each.do === 'put') {
          const records = each.items.map(({ source, text }) =>
            record(source, (places[source] = (places[source] ?? 0) + 1) - 1, text),
          );
          await spool.put(records, never);
          await spool.settled();
          put.push(...records.map(({ text }) => text));
        } else if (each.do === 'ack') {
          const to = acked + Math.floor(each.share * (put.length - acked));
          spool.ack(to, new Map([['file:a', to - acked]]));
          await spool.settled();
          acked = to;
        } else {
          await spool.close();
          spool = await openSpool(options(place));
        }
        assert.deepEqual(readBack(spool), { texts: put.slice(acked), lost: 0 });
        assert.deepEqual([spool.state.next, spool.state.ack, spool.state.epoch], [put.length, acked, epoch]);
        assert.deepEqual(storedMarks(spool), places);
        const spooled = [...spool.state.tallies.values()].reduce((sum, tally) => sum + tally.spooled, 0);
        assert.deepEqual([spooled, spool.state.tallies.get('file:a')?.sent ?? 0], [put.length, acked]);
      }
      await spool.close();
      rmSync(place, { recursive: true });
    }),
    { seed: SEED, numRuns: 40 },
  );
});

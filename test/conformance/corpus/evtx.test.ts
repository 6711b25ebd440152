/** Event logs of Windows with what evtx_dump made of each: every record is the same, whole. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type EvtxItem, isEvtxDamage, readEvtx, readEvtxFile } from '#sources';
import { corpus, needsCorpus } from './corpus.ts';

const folder = join(corpus ?? '', 'sigma', 'regression');
const logs = corpus === undefined ? [] : globSync('**/*.evtx', { cwd: folder }).toSorted();

/** evtx_dump writes one JSON after the other, with nothing between. */
function recordsIn(text: string): unknown[] {
  const list: unknown = JSON.parse(`[${text.replaceAll(/^\}\s*^\{/gm, '},{')}]`);
  assert.ok(Array.isArray(list));
  return list;
}

test('the samples are there', needsCorpus, () => assert.ok(logs.length >= 54, `${logs.length} logs`));

for (const log of logs) {
  test(log, async () => {
    const path = join(folder, log);
    const expected = recordsIn(readFileSync(path.replace(/evtx$/, 'json'), 'utf8'));
    const items = [...readEvtx(readFileSync(path))];
    assert.deepEqual(
      items.map((item) => (isEvtxDamage(item) ? item : item.record)),
      expected,
    );
    const fromFile: EvtxItem[] = [];
    for await (const item of readEvtxFile(path)) fromFile.push(item);
    assert.deepEqual(fromFile, items);
  });
}

test('samples that are changed are read without a throw, and a change does not go unnoticed', needsCorpus, () => {
  const files = logs.map((log) => readFileSync(join(folder, log)));
  const place = fc.integer({ min: 4096 + 128, max: 4096 + 65_535 });
  const change = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 16 }));
  fc.assert(
    fc.property(fc.nat(logs.length - 1), fc.array(change, { minLength: 1, maxLength: 6 }), (which, changes) => {
      const good = files[which] ?? Buffer.alloc(0);
      const log = Buffer.from(good);
      for (const [at, bytes] of changes) log.set(bytes.subarray(0, log.length - at), at);
      const items = [...readEvtx(log)];
      const end = 4096 + good.readUInt32LE(4096 + 48);
      if (log.compare(good, 0, end, 0, end) !== 0) assert.ok(items.some(isEvtxDamage), 'a change goes unnoticed');
    }),
    { seed: 1, numRuns: 1500 },
  );
});

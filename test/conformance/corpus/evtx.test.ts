/** Event logs of Windows with what evtx_dump made of each: every record is the same, whole. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isEvtxDamage, readEvtx, readEvtxFile } from '#sources';
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
    assert.deepEqual(await Array.fromAsync(readEvtxFile(path)), items);
  });
}

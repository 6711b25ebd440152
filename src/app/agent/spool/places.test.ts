/** A place without a line: kept like any other, and nothing that is sent or counted. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RawRecord } from '#contract';
import { inspectSpool, waitingLines } from './inspect.ts';
import { openSpool, type SpoolOptions } from './spool.ts';

const never = new AbortController().signal;
const stream = { key: 'file:/a@1', detail: 'first sight' };
const source = { id: 'file:/a', agent: 'local', host: 'nas' };
const place: RawRecord = { source, received: 1, text: '', position: { stream, from: 0, to: 0 } };
const line: RawRecord = { source, received: 1, text: 'one', position: { stream, from: 0, to: 4 } };

const CASES: readonly (readonly [what: string, records: readonly RawRecord[], numbers: number, mark: number])[] = [
  ['alone', [place], 0, 0],
  ['before a line', [place, line], 1, 4],
];

for (const [what, records, numbers, mark] of CASES)
  test(`a place ${what} outlives a restart, and has no number`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-places-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const options: SpoolOptions = {
      folder,
      hostName: 'nas',
      maxBytes: 1e6,
      maxAge: 1e12,
      whenFull: 'wait',
      pace: 0,
      now: () => 1000,
      onTrouble: () => undefined,
      onDamage: () => undefined,
    };
    const spool = await openSpool(options);
    await spool.put(records, never);
    await spool.settled();
    assert.deepEqual([...spool.queued], []);
    assert.equal(spool.state.next, numbers);
    await spool.close();
    assert.equal([...waitingLines(folder)].length, numbers);
    assert.equal(inspectSpool(folder).records, numbers);
    const again = await openSpool(options);
    t.after(() => again.close());
    assert.deepEqual(again.marks('file:'), [{ ...stream, mark }]);
    assert.deepEqual(again.state.tallies.get('file:/a')?.spooled ?? 0, numbers);
  });

/** Reading that stops anywhere and begins again, over rotations, is the same as reading once. */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { entry, folderFor, reader, write } from './journald/test-journal.ts';

type Step =
  | { readonly do: 'write'; readonly entries: number }
  /** Dies after so many entries, in the middle of a chunk if need be; what it had consumed is committed, and nothing else. */
  | { readonly do: 'read'; readonly entries: number }
  | { readonly do: 'rotate' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), entries: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), entries: fc.integer({ min: 1, max: 500 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'rotate' } as const) },
);

test('stopped and begun again anywhere: each entry once, in order', async (t) => {
  const run = async (steps: readonly Step[]): Promise<void> => {
    const folder = await folderFor(t);
    const file = join(folder, 'system.journal');
    const one = reader({ args: [`--directory=${folder}`] });
    let written = 0;
    let rotations = 0;
    const append = async (count: number): Promise<void> => {
      await write(
        file,
        Array.from({ length: count }, (_, i) => entry(written + i)),
      );
      written += count;
    };
    await append(1);
    for (const next of steps) {
      if (next.do === 'write') await append(next.entries);
      else if (next.do === 'read') await one.read(next.entries);
      else {
        await rename(file, join(folder, `system@${++rotations}.journal`));
        await append(1);
      }
    }
    await one.read();
    assert.deepEqual(
      one.messages(),
      Array.from({ length: written }, (_, n) => `line ${n}`),
    );
    assert.deepEqual(one.losses, []);
    assert.equal(one.marks().length, 1);
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), run), { seed: 1, numRuns: 12 });
});

/** What a log was when it was first seen is told before any line: who is killed then takes nothing that came meanwhile for old. */
import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { follower } from './test-follower.ts';

const many = Array.from({ length: 60 }, (_, n) => `old ${n} of a log that goes on`);

const CASES: readonly (readonly [
  what: string,
  first: readonly string[] | undefined,
  isPacked: boolean,
  appeared?: number,
])[] = [
  ['a log', ['old'], false],
  ['a log that is compressed meanwhile', many, true],
  ['an empty log', [], false],
  ['no log at all', undefined, false],
  ['a log that was made a moment ago', ['new'], false, 1],
];

for (const [what, first, isPacked, appeared] of CASES)
  test(`${what} at first sight; killed at once, and rotated twice: every line comes, and old is what was there`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tail-sight-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'a.log');
    if (first !== undefined) writeFileSync(path, first.map((line) => `${line}\n`).join(''));
    const tail = follower({ path, appeared });
    t.after(() => tail.stop());
    // The place, and no line.
    tail.start(1);
    await tail.until(1);
    assert.deepEqual(tail.texts, []);
    assert.equal(tail.marks().length, 1);
    writeFileSync(path, 'between\n', { flag: 'a' });
    renameSync(path, `${path}.2`);
    if (isPacked) {
      writeFileSync(`${path}.2.gz`, gzipSync(readFileSync(`${path}.2`)));
      rmSync(`${path}.2`);
    }
    writeFileSync(`${path}.1`, 'later\n');
    writeFileSync(path, 'last\n');
    const lines = [...(first ?? []), 'between', 'later', 'last'];
    tail.start();
    await tail.until(lines.length);
    assert.deepEqual(tail.texts, lines);
    const old = tail.records.filter(({ backfill }) => backfill === true).map(({ text }) => text);
    assert.deepEqual(old, appeared === undefined ? (first ?? []) : []);
  });

/**
 * A log that is rotated several times within milliseconds, and compressed, while it is followed: names move from file to file
 * and freed inodes come back in the middle of a look at the folder. Each line comes once, in the order in which it was written.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileTail } from '../file-tail.ts';
import { dice, rotating, type Rotation } from './test-rotating.ts';

const CASES: readonly (readonly [kinds: readonly [Rotation, ...Rotation[]], gap: number, seed: number])[] = [
  [['rename'], 0, 1],
  [['rename'], 6, 2],
  [['gzip'], 0, 3],
  [['gzip'], 6, 4],
  [['rename', 'gzip'], 0, 5],
  [['rename', 'gzip'], 6, 6],
];
const ROUNDS = 12;

for (const [kinds, gap, seed] of CASES)
  test(`a storm of ${kinds.join(' and ')}, ${gap} ms apart, seed ${seed}: each line once, in order`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tail-storm-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'a.log');
    const roll = dice(seed);
    const log = rotating(path, roll);
    const read: number[] = [];
    const stop = new AbortController();
    const heard = new Map<number, () => void>();
    const until = (line: number): Promise<void> =>
      read.includes(line) ? Promise.resolve() : new Promise((resolve) => heard.set(line, resolve));
    log.write(5);
    const tag = { id: 'file:a', agent: 'local', host: 'nas', path };
    const tail = fileTail({ path, tag, known: [], poll: 50, now: Date.now }, stop.signal);
    const reading = (async () => {
      for await (const records of tail) {
        for (const { text } of records.filter(({ text: line }) => line !== '')) {
          const line = Number(text.split(' ')[1]);
          read.push(line);
          heard.get(line)?.();
        }
      }
    })();
    await until(5);
    for (let round = 0; round < ROUNDS; round++) {
      for (let times = roll(3, 6); times > 0; times--) {
        log.write(roll(1, 40));
        log.rotate(kinds[roll(0, kinds.length - 1)] ?? kinds[0]);
        if (gap > 0) await pause(gap);
        log.finish();
      }
      log.write(roll(1, 20));
      await pause(roll(5, 80));
    }
    await until(log.written());
    // What would come twice comes with the next look at the folder.
    log.write(1);
    await until(log.written());
    stop.abort();
    await reading;
    assert.deepEqual(
      read,
      Array.from({ length: log.written() }, (_, n) => n + 1),
    );
  });

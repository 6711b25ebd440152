/**
 * A log in rotation storms, and a reader that is killed, kept waiting, and whose clock jumps. What it gave is kept as a spool keeps it:
 * in order, with the places, and later; what was not kept dies with it. Whatever happens when: every line is kept once, in the order in
 * which they were written.
 *
 * TAIL_KILL_RUNS and TAIL_SEED: how many worlds, from which on.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Mark, RawRecord } from '#contract';
import { fileTail } from '../file-tail.ts';
import type { TailCount } from './recording.ts';
import { dice, type Roll, rotating, type Rotating } from './test-rotating.ts';

const RUNS = Number(process.env['TAIL_KILL_RUNS'] ?? 6);
const SEED = Number(process.env['TAIL_SEED'] ?? 1);
const STEPS = 60;
const HOUR = 3_600_000;
/** ms; only so that a lost line is a message instead of a hang. */
const GUARD = 60_000;
/** Records that wait to be kept, above which the reader waits. */
const MOST_WAITING = 300;

/** What reads the log, life after life, and what of that is kept. */
function reader(path: string, roll: Roll) {
  const marks = new Map<string, Mark>();
  const kept: number[] = [];
  const counted: TailCount[] = [];
  let waiting: RawRecord[] = [];
  let life = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let isAlive = false;
  let isBlocked = false;
  let skew = 0;
  let moved = (): void => undefined;

  function keep(count: number): void {
    for (const { text, position } of waiting.splice(0, count)) {
      assert.ok(position);
      const { stream, from, to } = position;
      assert.equal(from, marks.get(stream.key)?.mark ?? 0, `${stream.key} goes on where it was: ${text}`);
      marks.delete(stream.key);
      marks.set(stream.key, { key: stream.key, mark: to, detail: stream.detail });
      if (text === '') continue;
      const number = Number(text.split(' ')[1]);
      assert.equal(number, kept.length + 1, 'in order');
      kept.push(number);
    }
    moved();
  }

  const room = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      moved = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });

  async function live(signal: AbortSignal): Promise<void> {
    const tag = { id: 'file:a', agent: 'local', host: 'nas', path };
    const now = (): number => Date.now() + skew;
    const onCount = (what: TailCount): void => void counted.push(what);
    const known = [...marks.values()];
    for await (const records of fileTail({ path, tag, known, poll: 50, now, onCount }, signal)) {
      if (signal.aborted) return;
      waiting.push(...records);
      while ((isBlocked || waiting.length > MOST_WAITING) && !signal.aborted) {
        if (isBlocked) await room(signal);
        else keep(roll(1, waiting.length));
      }
    }
  }

  return {
    counted,
    kept: () => kept.length,
    isAlive: () => isAlive,
    /** Some of what waits, as a commit does. */
    commit: () => (isBlocked ? undefined : keep(roll(0, waiting.length))),
    start(): void {
      life = new AbortController();
      waiting = [];
      isAlive = true;
      running = live(life.signal);
      running.catch(() => undefined);
    },
    async kill(): Promise<void> {
      isAlive = false;
      life.abort();
      waiting = [];
      await running;
    },
    block(yes: boolean): void {
      isBlocked = yes;
      moved();
    },
    skew(ms: number): void {
      skew = ms;
    },
    async keepUntil(line: number): Promise<void> {
      const end = performance.now() + GUARD;
      for (; kept.length < line; await pause(5)) {
        keep(waiting.length);
        assert.ok(performance.now() < end, `only ${kept.length} of ${line} lines`);
      }
    },
  };
}

type Reader = ReturnType<typeof reader>;

async function storm(log: Rotating, roll: Roll): Promise<void> {
  for (let times = roll(0, 9) < 3 ? roll(2, 6) : 1; times > 0; times--) {
    log.rotate(roll(0, 9) < 6 ? 'rename' : 'gzip');
    if (roll(0, 9) > 0) log.write(roll(1, 40));
    if (roll(0, 1) === 0) await pause(roll(0, 8));
  }
}

/** What is unread would be lost by nature: so all is kept first. */
async function takeAway(log: Rotating, one: Reader, roll: Roll): Promise<void> {
  if (!one.isAlive()) return;
  one.block(false);
  log.finish();
  await one.keepUntil(log.written());
  if (roll(0, 1) === 0) return log.rotate('copytruncate');
  if (roll(0, 1) === 0) await one.kill();
  log.recreate();
  log.write(roll(0, 50));
}

async function liveOrDie(one: Reader, isEnd: boolean): Promise<void> {
  if (isEnd && one.isAlive()) await one.kill();
  else if (!isEnd && !one.isAlive()) one.start();
}

async function step(log: Rotating, one: Reader, roll: Roll): Promise<void> {
  const chance = roll(0, 99);
  if (chance < 30) log.write(roll(1, 60));
  else if (chance < 55) await storm(log, roll);
  else if (chance < 62) await takeAway(log, one, roll);
  else if (chance < 90) await liveOrDie(one, chance < 76);
  else if (chance < 95) one.block(roll(0, 1) === 0);
  else one.skew(roll(0, 1) === 0 ? 0 : roll(-2 * HOUR, 2 * HOUR));
  if (roll(0, 9) < 6) await pause(roll(0, 60));
  log.finish();
}

for (let seed = SEED; seed < SEED + RUNS; seed++)
  test(`law: storms and kills, seed ${seed}: every line is kept once, in order`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tail-kills-'));
    const path = join(folder, 'a.log');
    const log = rotating(path, dice(seed));
    const one = reader(path, dice(seed + 1_000_000));
    let failure: Error | undefined;
    const committing = setInterval(() => {
      try {
        one.commit();
      } catch (error) {
        failure = error as Error;
      }
    }, 30);
    t.after(async () => {
      clearInterval(committing);
      await one.kill();
      await rm(folder, { recursive: true, force: true });
    });
    const roll = dice(seed + 2_000_000);
    log.write(10);
    one.start();
    await one.keepUntil(10);
    for (let n = 0; n < STEPS && failure === undefined; n++) await step(log, one, roll);
    if (failure !== undefined) throw failure;
    one.block(false);
    one.skew(0);
    if (!one.isAlive()) one.start();
    log.write(3);
    await one.keepUntil(log.written());
    // What would come twice comes with the next look at the folder.
    log.write(1);
    await one.keepUntil(log.written());
    assert.deepEqual(
      one.counted.filter((what) => what !== 'vanished'),
      [],
    );
  });

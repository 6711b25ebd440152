/** The law of the tail, on real files: whatever a program and log rotation do to a log, each line comes exactly once. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Follower, follower } from './file-tail/test-follower.ts';

interface Line {
  readonly text: string;
  readonly end: string;
}

type Operation =
  | { readonly do: 'write'; readonly generation: number; readonly lines: readonly Line[]; readonly half: boolean }
  | { readonly do: 'rename'; readonly create: boolean }
  | { readonly do: 'copyTruncate' | 'recreate' | 'catchUp' | 'stop' }
  | { readonly do: 'start'; readonly quota: number | undefined };

/**
 * A program that logs numbered lines, and the rotation beside it. It may leave a line unfinished, and then finishes it in the
 * same file, even where that was renamed meanwhile.
 */
function logger(folder: string) {
  const path = join(folder, 'auth.log');
  const generation = (n: number): string => (n === 0 ? path : `${path}.${n}`);
  const written: string[] = [];
  let unfinished = new Set<string>();

  function finish(file: string): void {
    if (unfinished.delete(file)) appendFileSync(file, ' and its end\n');
  }

  /** Makes room for a new `.1`, as logrotate does; from 0 the log itself becomes it. */
  function shift(from: number): void {
    const last = Math.max(0, ...readdirSync(folder).map((name) => Number(/^auth\.log\.(\d+)$/.exec(name)?.[1] ?? 0)));
    const moved = new Set<string>();
    for (let n = last; n >= from; n--) {
      if (!existsSync(generation(n))) continue;
      renameSync(generation(n), generation(n + 1));
      if (unfinished.has(generation(n))) moved.add(generation(n + 1));
    }
    unfinished = moved;
  }

  return {
    path,
    written,
    /** Lines whose end was written too. */
    complete: (): number => written.length - unfinished.size,
    write(n: number, lines: readonly Line[], half: boolean): void {
      const file = generation(n);
      if (n > 0 && !existsSync(file)) return;
      finish(file);
      for (const { text, end } of lines) {
        appendFileSync(file, `${written.length} ${text}${end}`);
        written.push(`${written.length} ${text}`);
      }
      if (!half) return;
      appendFileSync(file, `${written.length} half`);
      written.push(`${written.length} half and its end`);
      unfinished.add(file);
    },
    rename(create: boolean): void {
      if (!existsSync(path)) return;
      shift(0);
      if (create) writeFileSync(path, '');
    },
    copyTruncate(): void {
      if (!existsSync(path)) return;
      finish(path);
      shift(1);
      copyFileSync(path, generation(1));
      truncateSync(path);
    },
    recreate(): void {
      rmSync(path, { force: true });
      writeFileSync(path, '');
    },
    finishAll(): void {
      for (const file of unfinished) finish(file);
    },
  };
}

async function apply(operation: Operation, log: ReturnType<typeof logger>, tail: Follower): Promise<void> {
  switch (operation.do) {
    case 'write':
      return log.write(operation.generation, operation.lines, operation.half);
    case 'rename':
      return log.rename(operation.create);
    case 'copyTruncate':
      return log.copyTruncate();
    case 'recreate':
      // What is removed unread is lost to anybody, so the tail is let to read it first.
      if (!tail.isRunning) return;
      log.finishAll();
      await tail.until(log.complete());
      return tail.isRunning ? log.recreate() : undefined;
    case 'catchUp':
      return tail.until(log.complete());
    case 'stop':
      return tail.stop();
    case 'start':
      return tail.isRunning ? undefined : tail.start(operation.quota);
  }
}

const line: fc.Arbitrary<Line> = fc.record({
  text: fc.oneof(fc.constantFrom('', 'é€😀', 'a\u0000b', '\r inside', 'x'.repeat(1500)), fc.string({ maxLength: 30 })),
  end: fc.constantFrom('\n', '\n', '\r\n', '\n\n', '\n\r\n'),
});
const write = (generation: fc.Arbitrary<number>): fc.Arbitrary<Operation> =>
  fc.record({
    do: fc.constant('write' as const),
    generation,
    lines: fc.array(line, { maxLength: 4 }),
    half: fc.boolean(),
  });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: write(fc.constant(0)) },
  { weight: 2, arbitrary: write(fc.integer({ min: 1, max: 2 })) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rename' as const), create: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('copyTruncate' as const, 'recreate' as const, 'catchUp' as const, 'stop' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      quota: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
    }),
  },
);

async function everyLineOnce(operations: readonly Operation[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tail-law-'));
  const log = logger(folder);
  const tail = follower({ path: log.path });
  try {
    // One line first: a file of which nothing was ever consumed is new, whenever it is met.
    log.write(0, [{ text: 'first', end: '\n' }], false);
    tail.start();
    await tail.until(1);
    for (const one of operations) await apply(one, log, tail);
    await tail.stop();
    log.finishAll();
    tail.start();
    await tail.until(log.written.length);
    // Whatever came twice has come before a line that is written now.
    log.write(0, [{ text: 'last', end: '\n' }], false);
    await tail.until(log.written.length);
    await tail.stop();
    assert.deepEqual(tail.texts.toSorted(), log.written.toSorted());
  } finally {
    await tail.stop();
    await rm(folder, { recursive: true });
  }
}

test('law: each line comes once, through rotation, truncation, removal and restarts', async () => {
  const numRuns = Number(process.env['TAIL_RUNS'] ?? 150);
  const seed = Number(process.env['TAIL_SEED'] ?? 1);
  await fc.assert(fc.asyncProperty(fc.array(operation, { maxLength: 25 }), everyLineOnce), {
    seed,
    numRuns,
    endOnFailure: false,
  });
});

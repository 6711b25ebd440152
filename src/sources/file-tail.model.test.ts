/**
 * Tails against a naive model, on real files: whatever programs and log rotation do, every complete line comes exactly once and
 * in order. What is taken away unread is nobody's to read: the model knows which lines those are, and the tail must have
 * counted that something was lost.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Crew, crew } from './file-tail/test-crew.ts';
import { type Logs, logs } from './file-tail/test-logs.ts';

interface World {
  readonly logs: Logs;
  readonly tails: Crew;
}
/** How many logs there are: all that decides which commands can be run. */
interface Model {
  logs: number;
}
type Command = fc.AsyncCommand<Model, World>;

const numberOf = (text: string): number => Number.parseInt(text, 10);

/** Every line that must come has come. */
function isCaughtUp({ logs: all, tails }: World): boolean {
  const come = new Set(tails.records.map(({ text }) => numberOf(text)));
  return all.findable().every((line) => line.isAtRisk || !line.isComplete || come.has(line.number));
}

const catchUp = async (world: World): Promise<void> => {
  if (world.tails.isRunning) await world.tails.until(() => isCaughtUp(world));
};

function command(
  name: string,
  run: (world: World, log: number, model: Model) => void | Promise<void>,
  which = 0,
): Command {
  return {
    check: ({ logs: count }) => count > 0,
    run: async (model, world) => run(world, which % model.logs, model),
    toString: () => `${name}(${which})`,
  };
}

const which = fc.nat({ max: 2 });
const text = fc.oneof(
  fc.constantFrom('', 'é€😀', 'a\u0000b', '\r inside', 'x'.repeat(1500)),
  fc.string({ maxLength: 30 }),
);
const only = (name: string, run: (world: World, log: number, model: Model) => void | Promise<void>) =>
  which.map((log) => command(name, run, log));

const ifThere =
  (run: (logs: Logs, log: number) => void) =>
  ({ logs: all }: World, log: number): void => {
    if (all.exists(log)) run(all, log);
  };

const commands: fc.Arbitrary<Command>[] = [
  ...Array.from({ length: 4 }, () =>
    fc
      .tuple(which, fc.array(text, { maxLength: 4 }), fc.boolean())
      .map(([log, texts, half]) =>
        command(
          `append ${JSON.stringify(texts)}${half ? ' and a half' : ''}`,
          (world, one) => world.logs.append(one, texts, half),
          log,
        ),
      ),
  ),
  only(
    'rename',
    ifThere((all, log) => all.rename(log, true)),
  ),
  only(
    'rename away',
    ifThere((all, log) => all.rename(log, false)),
  ),
  only('late line', ({ logs: all }, log) => all.appendRotated(log)),
  only(
    'copy and truncate',
    ifThere((all, log) => all.copyTruncate(log)),
  ),
  only('compress', ({ logs: all }, log) => all.compress(log)),
  fc
    .tuple(which, fc.constantFrom('truncate' as const, 'recreate' as const, 'overwrite' as const))
    .map(([log, how]) => command(how, (world, one) => destroy(world, one, how), log)),
  only('make another', async (world, _, model) => {
    // While nobody looks a new file may be rotated away before it was ever seen, and then it is not ours.
    if (!world.tails.isRunning || model.logs === 3) return;
    world.logs.make();
    model.logs++;
    await catchUp(world);
  }),
  only('catch up', catchUp),
  only('stop', ({ tails }) => tails.stop()),
  fc
    .option(fc.integer({ min: 1, max: 6 }), { nil: undefined })
    .map((quota) =>
      command(`start for ${quota ?? 'ever'}`, ({ tails }) => (tails.isRunning ? undefined : tails.start(quota))),
    ),
];

/** Of a file none of whose lines was read nobody can tell that it was there: such a one is read first. */
async function destroy(world: World, log: number, how: 'truncate' | 'recreate' | 'overwrite'): Promise<void> {
  const { logs: all, tails } = world;
  if (!all.exists(log)) return;
  const come = new Set(tails.records.map(({ text: line }) => numberOf(line)));
  const isSeen = all.linesOf(log).some(({ number }) => come.has(number));
  if (!isSeen && all.linesOf(log).length > 0) {
    if (!tails.isRunning) return;
    all.finishAll();
    await catchUp(world);
    if (!tails.isRunning) return;
  }
  all.destroy(log, how);
}

function check({ logs: { written }, tails }: World): void {
  const byStream = new Map<string, number>();
  const come = new Set<number>();
  for (const { text: line, position } of tails.records) {
    const number = numberOf(line);
    const expected = written[number];
    assert.ok(expected !== undefined && !come.has(number), `once: ${line}`);
    // Of a line that was taken away half written, the half that was read may come.
    assert.ok(line === expected.text || (expected.isAtRisk && expected.text.startsWith(line)), `whole: ${line}`);
    come.add(number);
    const key = position?.stream.key ?? '';
    assert.ok(number > (byStream.get(key) ?? -1), `in order: ${line}`);
    byStream.set(key, number);
  }
  const missing = written.filter(({ number }) => !come.has(number));
  assert.deepEqual(
    missing.filter(({ isAtRisk }) => !isAtRisk),
    [],
  );
  const { truncated = 0, vanished = 0 } = tails.counted;
  if (missing.length > 0)
    assert.ok(truncated + vanished > 0, `${missing.length} lines are lost and nothing is counted`);
}

async function everyLineOnce(run: Iterable<Command>, seats: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tail-model-'));
  const world: World = { logs: logs(folder), tails: crew(join(folder, '*.log'), { seats }) };
  try {
    world.logs.make();
    await world.tails.start();
    await catchUp(world);
    await fc.asyncModelRun(() => ({ model: { logs: 1 }, real: world }), run);
    await world.tails.stop();
    world.logs.finishAll();
    await world.tails.start();
    await catchUp(world);
    // Whatever came twice has come before a line that is written now.
    for (let log = 0; log < world.logs.count(); log++) world.logs.append(log, ['last'], false);
    await catchUp(world);
    await world.tails.stop();
    check(world);
  } finally {
    await world.tails.stop();
    await rm(folder, { recursive: true });
  }
}

test('model: each complete line once and in order; what is lost is counted', async () => {
  const numRuns = Number(process.env['TAIL_RUNS'] ?? 40);
  const seed = Number(process.env['TAIL_SEED'] ?? 1);
  await fc.assert(fc.asyncProperty(fc.commands(commands, { maxCommands: 25 }), fc.constantFrom(1, 64), everyLineOnce), {
    seed,
    numRuns,
    endOnFailure: process.env['TAIL_SHRINK'] === undefined,
  });
});

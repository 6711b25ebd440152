import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawRecord } from '#contract';
import type { RecordStream } from '#sources';
import { type Supervised, supervise } from './supervise.ts';

const record = (text: string): RawRecord => ({
  source: { id: 'test', agent: 'local', host: 'nas' },
  received: 0,
  text,
});

/** One life of a source: what it yields, then what it throws; without an error it waits for the signal. */
interface Life {
  readonly yields?: readonly string[];
  readonly throws?: string;
  readonly ends?: boolean;
}

interface Run {
  readonly source: Supervised;
  readonly signal: AbortSignal;
  readonly log: string[];
  readonly stop: AbortController;
}

function runOf(lives: readonly Life[], overrides: Partial<Supervised> = {}): Run {
  const stop = new AbortController();
  const log: string[] = [];
  let next = 0;
  async function* live(signal: AbortSignal): RecordStream {
    const life = lives[next++];
    log.push(`open ${next}`);
    for (const text of life?.yields ?? []) yield [record(text)];
    if (life?.throws !== undefined) throw new Error(life.throws);
    if (life?.ends === true) return;
    if (next === lives.length) stop.abort();
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    log.push(`close ${next}`);
  }
  const source: Supervised = {
    name: 'test',
    open: live,
    put: async (records) => void log.push(`put ${records.map(({ text }) => text).join()}`),
    settled: async () => void log.push('settled'),
    onState: (state, reason) => void log.push(`${state} ${reason}`.trim()),
    ...overrides,
  };
  return { source, signal: stop.signal, log, stop };
}

const cases: readonly { readonly what: string; readonly lives: readonly Life[]; readonly log: readonly string[] }[] = [
  {
    what: 'a source that runs is left alone until the signal, and closed',
    lives: [{ yields: ['a', 'b'] }],
    log: ['following', 'open 1', 'put a', 'put b', 'close 1'],
  },
  {
    what: 'one that throws is opened again, after its records are committed',
    lives: [{ yields: ['a'], throws: 'gone' }, { yields: ['b'] }],
    log: ['following', 'open 1', 'put a', 'failed gone', 'settled', 'following', 'open 2', 'put b', 'close 2'],
  },
  {
    what: 'one that ends without a reason has failed too',
    lives: [{ ends: true }, {}],
    log: ['following', 'open 1', 'failed it ended', 'settled', 'following', 'open 2', 'close 2'],
  },
];
for (const { what, lives, log } of cases) {
  test(what, async () => {
    const run = runOf(lives);
    await supervise(run.source, run.signal, () => 0);
    assert.deepEqual(run.log, log);
  });
}

test('the next record is not asked for before the last one has its place', async () => {
  const place = Promise.withResolvers<void>();
  const run = runOf([{ yields: ['a', 'b'] }], {
    put(records) {
      run.log.push(`put ${records[0]?.text}`);
      return records[0]?.text === 'a' ? place.promise : Promise.resolve();
    },
  });
  const running = supervise(run.source, run.signal, () => 0);
  await new Promise(setImmediate);
  assert.deepEqual(run.log, ['following', 'open 1', 'put a']);
  place.resolve();
  await running;
  assert.deepEqual(run.log.slice(3), ['put b', 'close 1']);
});

test(
  'a signal while it waits to try again ends it, also when nothing can be committed',
  { timeout: 300_000 },
  async () => {
    const run = runOf([{ throws: 'gone' }, {}], {
      settled() {
        setImmediate(() => run.stop.abort());
        return new Promise(() => undefined);
      },
    });
    await supervise(run.source, run.signal, () => 0);
    assert.deepEqual(run.log, ['following', 'open 1', 'failed gone']);
  },
);

test('a signal that was given before: nothing is opened', async () => {
  const run = runOf([{}]);
  run.stop.abort();
  await supervise(run.source, run.signal, () => 0);
  assert.deepEqual(run.log, []);
});

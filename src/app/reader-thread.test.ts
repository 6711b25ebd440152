import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { readerThread, type ReaderThread } from './reader-thread.ts';
import type { Remote } from './rpc.ts';

interface Desk {
  readonly reader: ReaderThread;
  /** What happened to threads, in order. */
  readonly said: string[];
  /** Ends the calls that wait. */
  readonly answer: () => void;
}

function desk(context: TestContext): Desk {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const said: string[] = [];
  const waiting: (() => void)[] = [];
  let threads = 0;
  const begin = (): { call: Remote['call']; crashed: Promise<never>; stop: () => Promise<void> } => {
    const name = ++threads;
    said.push(`begin ${name}`);
    return {
      crashed: new Promise<never>(() => undefined),
      call: (method) => {
        said.push(`${method} ${name}`);
        return new Promise<never>((resolve) => {
          if (method === 'close') resolve(undefined as never);
          else waiting.push(() => resolve(name as never));
        });
      },
      stop: async () => void said.push(`stop ${name}`),
    };
  };
  const reader = readerThread(begin, async () => undefined);
  return { reader, said, answer: () => waiting.splice(0).forEach((resolve) => resolve()) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the thread begins with the first call, ends when nobody asked for a minute, and begins again', async (context) => {
  const { reader, said, answer } = desk(context);
  const asked = reader.call('events', []);
  await settled();
  answer();
  assert.equal(await asked, 1);
  context.mock.timers.tick(59_000);
  await settled();
  assert.deepEqual(said, ['begin 1', 'events 1']);
  context.mock.timers.tick(1000);
  await settled();
  assert.deepEqual(said.slice(2), ['close 1', 'stop 1']);
  const again = reader.call('events', []);
  await settled();
  answer();
  assert.equal(await again, 2);
  await reader.stop();
});

test('a call that takes long keeps its thread, and so does one that came meanwhile', async (context) => {
  const { reader, said, answer } = desk(context);
  const early = reader.call('events', []);
  await settled();
  answer();
  await early;
  context.mock.timers.tick(59_000);
  const long = reader.call('values', []);
  await settled();
  context.mock.timers.tick(600_000);
  await settled();
  assert.deepEqual(said, ['begin 1', 'events 1', 'values 1']);
  answer();
  assert.equal(await long, 1);
  await reader.close();
  await reader.stop();
  assert.deepEqual(said.slice(3), ['close 1', 'stop 1']);
});

test('a reader that is expected begins and looks once, stays as long as it is expected, and ends as ever', async (context) => {
  const { reader, said, answer } = desk(context);
  reader.expect();
  reader.expect();
  await settled();
  assert.deepEqual(said, ['begin 1', 'events 1']);
  answer();
  await settled();
  for (let minute = 0; minute < 3; minute++) {
    context.mock.timers.tick(59_000);
    reader.expect();
  }
  await settled();
  assert.deepEqual(said, ['begin 1', 'events 1']);
  const asked = reader.call('values', []);
  await settled();
  answer();
  assert.equal(await asked, 1);
  context.mock.timers.tick(60_000);
  await settled();
  assert.deepEqual(said.slice(2), ['values 1', 'close 1', 'stop 1']);
  reader.expect();
  await settled();
  assert.deepEqual(said.slice(5), ['begin 2', 'events 2']);
  answer();
  await reader.stop();
});

test('nobody is expected once it is over', async (context) => {
  const { reader, said } = desk(context);
  reader.expect();
  await reader.stop();
  reader.expect();
  await settled();
  assert.deepEqual(said, []);
});

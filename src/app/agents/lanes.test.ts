import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentOutcome } from '../pipeline/work.ts';
import { createLanes, type Lanes } from './lanes.ts';

const NEVER = 2 ** 30;

interface Numbered {
  readonly epoch?: string;
  readonly from: number;
  readonly to: number;
  readonly gap?: object;
}

const body = (head: object): Uint8Array => Buffer.from(`${JSON.stringify(head)}\n{"s":0,"r":1,"t":"a"}\n`);

/** A pipeline that takes what it gets; it notes the order. */
function pipeline(lanes: Lanes) {
  const order: string[] = [];
  return {
    order,
    send(head: Numbered, outcome?: () => Promise<AgentOutcome>, agent = 'nas'): Promise<AgentOutcome> {
      return lanes.submit({ agent }, body({ v: 1, epoch: 'e', sources: [], ...head }), () => {
        order.push(`${agent} ${head.from}`);
        return outcome?.() ?? Promise.resolve(taken(head.to));
      });
    },
  };
}

const taken = (mark: number): AgentOutcome => ({ kind: 'taken', accepted: 0, repeated: 0, mark, report: undefined });
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a batch that is early waits for the one before it, which is enough when it was handed on', async () => {
  const { send, order } = pipeline(createLanes(NEVER));
  await send({ from: 0, to: 10 });
  const third = send({ from: 20, to: 30 });
  await settle();
  assert.deepEqual(order, ['nas 0']);
  const commit = Promise.withResolvers<AgentOutcome>();
  const second = send({ from: 10, to: 20 }, () => commit.promise);
  await third;
  assert.deepEqual(order, ['nas 0', 'nas 10', 'nas 20']);
  commit.resolve(taken(20));
  await second;
});

const AT_ONCE: readonly (readonly [what: string, head: Numbered, agent?: string])[] = [
  ['a repeat', { from: 0, to: 10 }],
  ['what follows', { from: 10, to: 20 }],
  ['what overlaps', { from: 5, to: 20 }],
  ['a heartbeat, wherever it stands', { from: 99, to: 99 }],
  ['what declares a gap', { from: 20, to: 30, gap: { from: 10, to: 20, reason: 'parked' } }],
  ['another spool', { epoch: 'f', from: 20, to: 30 }],
  ['another agent', { from: 20, to: 30 }, 'attic'],
  ['numbers that are none', { from: -1, to: 1.5 }],
];
for (const [what, head, agent] of AT_ONCE) {
  test(`${what} does not wait`, async () => {
    const { send } = pipeline(createLanes(NEVER));
    await send({ from: 0, to: 10 });
    assert.equal((await send(head, undefined, agent)).kind, 'taken');
  });
}

test('what is no batch at all goes to whoever says so', async () => {
  const lanes = createLanes(NEVER);
  for (const text of ['', '{', '[]\n', 'null\n', `"${'x'.repeat(2 ** 20)}"\n`]) {
    const outcome: AgentOutcome = { kind: 'malformed', reason: 'so' };
    assert.equal(await lanes.submit({ agent: 'nas' }, Buffer.from(text), () => Promise.resolve(outcome)), outcome);
  }
});

test('nothing comes: it goes on by itself, to be told what is expected', async () => {
  const { send } = pipeline(createLanes(5));
  await send({ from: 0, to: 10 });
  const refused: AgentOutcome = { kind: 'sequence', expected: 10 };
  assert.equal(await send({ from: 20, to: 30 }, () => Promise.resolve(refused)), refused);
});

test('one of an agent waits, and no more', async () => {
  const { send, order } = pipeline(createLanes(NEVER));
  await send({ from: 0, to: 10 });
  const first = send({ from: 20, to: 30 });
  await send({ from: 30, to: 40 });
  await first;
  assert.deepEqual(order, ['nas 0', 'nas 30', 'nas 20']);
});

const FAILURES: readonly (readonly [string, () => Promise<AgentOutcome>])[] = [
  ['the commit fails', () => Promise.reject(new Error('the disk is full'))],
  ['another number is expected', () => Promise.resolve({ kind: 'sequence', expected: 5 })],
  ['it is malformed', () => Promise.resolve({ kind: 'malformed', reason: 'so' })],
];
for (const [what, outcome] of FAILURES) {
  test(`${what}: who waits, waits no longer, and nothing is believed of what went before`, async () => {
    const { send, order } = pipeline(createLanes(NEVER));
    await send({ from: 0, to: 10 });
    const waiting = send({ from: 30, to: 40 }, () => Promise.resolve({ kind: 'sequence', expected: 10 }));
    await Promise.allSettled([send({ from: 10, to: 20 }, outcome)]);
    await waiting;
    await send({ from: 70, to: 80 });
    assert.deepEqual(order, ['nas 0', 'nas 10', 'nas 30', 'nas 70']);
  });
}

test('a key that went meanwhile is the business of whoever hands on', async () => {
  const { send } = pipeline(createLanes(5));
  await send({ from: 0, to: 10 });
  const late = send({ from: 20, to: 30 }, () => {
    throw new Error('revoked');
  });
  await assert.rejects(late, /revoked/);
});

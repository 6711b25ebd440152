/** Replies of lines: how they begin, how they end, and who is told when something breaks in between. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { CodedError } from '#contract';
import { routes } from '#contract/schema';
import { fixtureApi } from './backend.fixture.ts';
import type { ApiOptions } from './server.ts';
import type { Backend } from './backend.ts';

const BEGUN = {
  kind: 'begun',
  rules: [],
  remarks: [],
  from: '2025-11-01T00:00:00.000Z',
  to: '2025-12-01T00:00:00.000Z',
  notify_level: 'high',
  total: 0,
} as const;
const SO_FAR = { kind: 'so_far', events: 1, hits: 0, days: [] } as const;

async function open(t: TestContext, backtest?: Backend['backtest'], options: Partial<ApiOptions> = {}) {
  const { api, backend } = await fixtureApi(options);
  t.after(() => api.close());
  if (backtest !== undefined) Object.assign(backend, { backtest });
  const { port } = await api.listen();
  const ask = async (
    body: object,
  ): Promise<{ reply: IncomingMessage; lines: AsyncIterator<string>; end: () => void }> => {
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/api/rules/backtest' });
    sent.on('error', () => undefined).end(JSON.stringify(body));
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    reply.on('error', () => undefined);
    const lines = createInterface({ input: reply })[Symbol.asyncIterator]();
    return { reply, lines, end: () => sent.destroy() };
  };
  return { api, backend, ask };
}

const rest = async (lines: AsyncIterator<string>): Promise<Record<string, unknown>[]> => {
  const all: Record<string, unknown>[] = [];
  for (let next = await lines.next(); next.done !== true; next = await lines.next())
    all.push(JSON.parse(next.value) as Record<string, unknown>);
  return all;
};

test('a line at a time, each as its schema says', async (t) => {
  const { ask } = await open(t);
  const { reply, lines } = await ask({ id: 'a1' });
  assert.equal(reply.statusCode, 200);
  assert.equal(reply.headers['content-type'], 'application/x-ndjson; charset=utf-8');
  assert.equal(reply.headers['cache-control'], 'no-store');
  assert.match(String(reply.headers['content-security-policy']), /default-src 'self'/);
  const all = await rest(lines);
  assert.deepEqual(
    all.map(({ kind }) => kind),
    ['begun', 'so_far', 'done'],
  );
  for (const line of all) assert.deepEqual(routes.backtestRule.response.parse(line), line);
});

test('a rule that is no rule is refused with its places, in words and as data', async (t) => {
  const { ask, backend } = await open(t);
  const { reply, lines } = await ask({ rule: 'detection: {a: {b|fuzzy: c}}' });
  assert.equal(reply.statusCode, 400);
  const [problem] = await rest(lines);
  assert.equal(problem?.['code'], 'BAD_RULE');
  assert.equal(problem?.['detail'], 'Line 4, column 9: unknown modifier fuzzy.');
  assert.deepEqual(problem?.['problems'], [
    { file: 'rule', line: 4, column: 9, title: 'Fuzzy', reason: 'unknown modifier fuzzy' },
  ]);
  assert.equal(backend.counters.get('http_refused', 'BAD_RULE'), 1);
});

test('what fails on the way says so in the last line; a fault of ours is told to us and not to the sender', async (t) => {
  const faults: unknown[] = [];
  const fault = new Error('secret path /var/lib/x');
  for (const [thrown, code] of [
    [new CodedError('SLOW_QUERY', 'a long one'), 'SLOW_QUERY'],
    [fault, 'INTERNAL'],
  ] as const) {
    const { ask } = await open(
      t,
      async function* () {
        yield BEGUN;
        throw thrown;
      },
      { onFault: (one) => faults.push(one) },
    );
    const all = await rest((await ask({ id: 'a1' })).lines);
    assert.equal(all.length, 2);
    assert.equal(all[1]?.['kind'], 'failed');
    assert.equal(all[1]?.['code'], code);
    assert.deepEqual(routes.backtestRule.response.parse(all[1]), all[1]);
    assert.doesNotMatch(JSON.stringify(all), /secret/);
  }
  assert.deepEqual(faults, [fault]);
});

/** Goes on until its signal ends it, and says how it ended. */
function endless() {
  const ended = Promise.withResolvers<boolean>();
  const backtest: Backend['backtest'] = async function* (_, signal) {
    try {
      yield BEGUN;
      yield SO_FAR;
      await once(signal, 'abort');
      // One that has not noticed yet.
      yield SO_FAR;
    } finally {
      ended.resolve(signal.aborted);
    }
  };
  return { backtest, ended: ended.promise };
}

test('whoever leaves ends it', async (t) => {
  const { backtest, ended } = endless();
  const { ask } = await open(t, backtest);
  const { lines, end } = await ask({ id: 'a1' });
  await lines.next();
  end();
  assert.equal(await ended, true);
});

test('a server that closes ends it with a word, and does not wait', async (t) => {
  const { backtest, ended } = endless();
  const { ask, api } = await open(t, backtest, { limits: { shutdown: 60_000 } });
  const { lines } = await ask({ id: 'a1' });
  await lines.next();
  const closed = api.close();
  assert.equal(await ended, true);
  const all = await rest(lines);
  assert.equal(all.at(-1)?.['code'], 'BUSY');
  await closed;
});

test('who reads slowly is waited for, and nothing piles up', async (t) => {
  let made = 0;
  const ended = Promise.withResolvers<void>();
  const { ask } = await open(t, async function* () {
    try {
      yield BEGUN;
      const days = Array.from({ length: 1000 }, () => ({ day: '2025-11-30', hits: 1 }));
      // Without a reader this would go on to the end: 3.5 GB.
      for (; made < 100_000; made++) yield { ...SO_FAR, days };
    } finally {
      ended.resolve();
    }
  });
  const { lines, end } = await ask({ id: 'a1' });
  for (let read = 0; read < 20; read++) await lines.next();
  end();
  await ended.promise;
  // What the buffers on the way hold: a few megabytes.
  assert.ok(made < 5000, String(made));
});

test('who reads nothing for long is cut, and holds up nobody', { timeout: 300_000 }, async (t) => {
  const ended = Promise.withResolvers<void>();
  const days = Array.from({ length: 1000 }, () => ({ day: '2025-11-30', hits: 1 }));
  const backtest: Backend['backtest'] = async function* () {
    try {
      for (yield BEGUN; ;) yield { ...SO_FAR, days };
    } finally {
      ended.resolve();
    }
  };
  const { ask } = await open(t, backtest, { limits: { linesStall: 50 } });
  const { reply } = await ask({ id: 'a1' });
  reply.pause();
  await ended.promise;
});

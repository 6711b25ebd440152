/** Keys against the real desk: what one may do, what is left of it once it may not, and what a stranger's guesses cost. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { AGENT_PATHS, SNAPSHOT_DATASET, SNAPSHOT_FIELD } from '#contract';
import { type Bench, deskBench } from '../../../src/app/agents/desk.fixture.ts';
import { batchOf, lineOf, openDoor, tokenOf } from '../../../src/app/agents/door.fixture.ts';

/** Everything that could have grown. */
async function rows({ hub, store }: Bench): Promise<unknown> {
  await hub.settled();
  const { eventCount, marks } = await store.recover();
  return {
    eventCount,
    marks,
    alerts: (await store.alerts({ q: '', limit: 10 })).items.length,
    ledgers: await store.ledgers(),
  };
}

test('a key appends under its own name, whatever the batch says', async (t) => {
  const bench = await deskBench(t);
  const { door, key } = await bench.enrolled('attic');
  await bench.enrolled('cellar');
  const look = JSON.stringify({
    host: 'house',
    at: Date.now(),
    span: 0,
    cpus: 1,
    uptime: 1,
    load: [0, 0, 0],
    cpu: null,
    memory: { total: 1, used: 0 },
    swap: null,
    disks: [],
    processes: [],
    connections: null,
    listeners: [],
    network: null,
    logins: [],
  });
  const sources = [
    { id: 'a', agent: 'cellar' },
    { id: 'monitor', type: 'snapshot' },
    { id: 'b', type: 'porchlight' },
  ];
  const claims = {
    'agent.id': 'cellar',
    'event.dataset': 'porchlight.agent',
    'labels.product': 'porchlight',
    'labels.service': 'agent',
    'event.action': 'agent-silent',
    'host.name': 'cellar',
    message: 'claimed',
  };
  const lines = [
    lineOf('plain', { agent: 'cellar' }),
    lineOf(JSON.stringify(claims)),
    lineOf(JSON.stringify(claims), { s: 2 }),
    lineOf(
      JSON.stringify({
        'event.dataset': SNAPSHOT_DATASET,
        'host.name': 'house',
        [SNAPSHOT_FIELD]: look,
        message: 'look',
      }),
      { s: 1 },
    ),
  ];
  assert.equal((await door.batch(key, { from: 0, to: 4, agent: 'cellar', sources } as never, lines)).status, 201);
  const { items } = await bench.store.events({ q: '', limit: 10 });
  assert.deepEqual(new Set(items.map(({ event }) => event['agent.id'])), new Set(['attic']));
  assert.deepEqual((await bench.store.alerts({ q: '', limit: 10 })).items, []);
  assert.deepEqual(
    bench.snapshots.map(({ snapshot }) => snapshot.host),
    ['attic'],
  );
  assert.deepEqual(
    (await bench.store.ledgers()).map(({ agent }) => agent),
    ['attic'],
  );
});

test('two agents count apart, also with one epoch and one numbering', async (t) => {
  const bench = await deskBench(t);
  const [attic, cellar] = [await bench.enrolled('attic'), await bench.enrolled('cellar')];
  assert.equal((await attic.door.batch(attic.key, { from: 0, to: 2 })).body['mark'], 2);
  assert.equal((await cellar.door.batch(cellar.key, { from: 0, to: 1 })).body['mark'], 1);
  assert.equal((await bench.stored()).length, 3);
});

test('after a refusal there is nothing more than before', async (t) => {
  const bench = await deskBench(t, {
    http: {
      keys: [
        { name: 'phone', role: 'admin', key: 'an-admin-key-0123456789' },
        { name: 'tool', role: 'agent', key: 'an-agent-key-0123456789' },
      ],
    },
  });
  const { door, key } = await bench.enrolled();
  const revoked = await bench.enrolled('cellar');
  await bench.desk().revoke('cellar');
  assert.equal((await door.batch(key, { from: 0, to: 1 })).status, 201);
  const before = await rows(bench);
  // Keys of the dashboard are none here.
  for (const wrong of [
    '',
    'x',
    key.slice(0, -1),
    `${key}x`,
    revoked.key,
    'an-admin-key-0123456789',
    'an-agent-key-0123456789',
  ])
    assert.equal((await door.batch(wrong, { from: 1, to: 2 })).status, 401, wrong);
  assert.equal((await door.send(AGENT_PATHS.enroll, { body: '{"secret":"x"}' })).status, 401);
  assert.equal((await door.batch(key, { from: 9, to: 10 })).status, 409);
  assert.equal((await door.send(AGENT_PATHS.batches, { key, body: 'rubbish' })).status, 400);
  assert.deepEqual(await rows(bench), before);
});

test('revocation holds on the next request, and ends connections that are open', async (t) => {
  const bench = await deskBench(t);
  const { door, key } = await bench.enrolled();
  const other = await bench.enrolled('cellar');
  const [mine, theirs] = [door.kept(), other.door.kept()];
  t.after(() => {
    mine.close();
    theirs.close();
  });
  assert.equal((await mine.batch(key, { from: 0, to: 1 })).status, 201);
  assert.equal((await theirs.batch(other.key, { from: 0, to: 1 })).status, 201);
  // Half a request is on its way over another connection of the same agent.
  const socket = connect({ port: door.port, host: '127.0.0.1', ca: door.ca });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  socket.write(
    `POST ${AGENT_PATHS.batches} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Length: 50\r\nExpect: 100-continue\r\n\r\n`,
  );
  await once(socket, 'data');
  const before = await rows(bench);
  const closed = once(socket, 'close');
  await bench.desk().revoke('attic');
  await closed;
  const answers = await Promise.all(
    [1, 2, 3].map((n) =>
      mine.batch(key, { from: n, to: n + 1 }).then(
        ({ status }) => status,
        () => 0,
      ),
    ),
  );
  assert.ok(
    answers.every((status) => status === 401 || status === 0),
    String(answers),
  );
  assert.equal((await door.batch(key, { from: 1, to: 2 })).status, 401);
  assert.equal((await door.send(AGENT_PATHS.rotate, { key })).status, 401);
  assert.deepEqual(await rows(bench), before);
  assert.equal((await theirs.batch(other.key, { from: 1, to: 2 })).status, 201);
});

test('a token is used once; a second one who has it gets nothing, and notices nothing of the first', async (t) => {
  const bench = await deskBench(t);
  const token = tokenOf((await bench.desk().add('attic', false)).token);
  const door = await openDoor(token);
  const tries = await Promise.all(
    [1, 2, 3].map(() => door.send(AGENT_PATHS.enroll, { body: JSON.stringify({ secret: token.secret }) })),
  );
  assert.deepEqual(
    tries.map(({ status }) => status).toSorted((a, b) => a - b),
    [201, 401, 401],
  );
  await bench.restart();
  const again = await openDoor({
    ...token,
    urls: [`https://127.0.0.1:${(await bench.desk().list()).listening?.port}`],
  });
  await assert.rejects(again.enroll(token.secret), /401 TOKEN/);
});

/** Requests on their way at a time: Node stops reading where too many answers wait, and then loses its place. */
const WAVE = 50;

/** Resolves when so many refusals came. */
function refusalsOn(socket: TLSSocket): (count: number) => Promise<void> {
  let rest = '';
  let count = 0;
  let wanted = Infinity;
  let done = (): void => undefined;
  socket.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop() ?? '';
    count += lines.filter((line) => /^HTTP\/1\.1 4(?:01|29) /.test(line)).length;
    if (count >= wanted) done();
  });
  return async (next) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    wanted = next;
    done = resolve;
    const lost = (): void => reject(new Error(`The connection ended after ${count} answers.`));
    socket.once('close', lost);
    if (count >= wanted) resolve();
    await promise;
    socket.off('close', lost);
  };
}

test('ten thousand wrong keys: no call of the store, no row, and the good key still works', async (t) => {
  const calls: string[] = [];
  const bench = await deskBench(t, { calls });
  const { door, key } = await bench.enrolled();
  const before = await rows(bench);
  calls.length = 0;
  const socket = connect({ port: door.port, host: '127.0.0.1', ca: door.ca });
  await once(socket, 'secureConnect');
  const answers = refusalsOn(socket);
  for (let n = 0; n < 10_000; n++) {
    const head = `POST ${AGENT_PATHS.batches} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong-${n}`;
    socket.write(`${head}\r\nContent-Length: 0\r\n\r\n`);
    if ((n + 1) % WAVE === 0) await answers(n + 1);
  }
  socket.destroy();
  assert.deepEqual(calls, []);
  assert.equal(
    bench.counters.get('agent_refused', 'UNAUTHORIZED') + bench.counters.get('agent_refused', 'QUOTA'),
    10_000,
  );
  assert.deepEqual(await rows(bench), before);
  assert.equal((await door.batch(key, { from: 0, to: 1 })).status, 201);
});

test('a quota holds for the agent, whichever of its keys it uses', async (t) => {
  const bench = await deskBench(t, { agents: { quota: { batches_per_second: 0.1, bytes_per_second: 1024 } } });
  const { door, key } = await bench.enrolled();
  const big = lineOf('x'.repeat(20_000));
  assert.equal((await door.batch(key, { from: 0, to: 1 }, [big])).status, 201);
  const over = await door.batch(key, { from: 1, to: 2 });
  assert.deepEqual([over.status, over.body['code']], [429, 'QUOTA']);
  assert.ok(Number(over.headers['retry-after']) >= 1);
  assert.equal((await bench.stored()).length, 1);
});

test('no key, no token and no private key is anywhere but where it belongs', async (t) => {
  const bench = await deskBench(t);
  const { door, key } = await bench.enrolled();
  const { secret } = tokenOf((await bench.desk().add('cellar', false)).token);
  await door.batch(key, { from: 0, to: 1 });
  const listed = JSON.stringify([
    await bench.desk().list(),
    bench.messages,
    bench.board.rows(),
    bench.counters.entries(),
  ]);
  const files = readdirSync(bench.folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(bench.folder, name)).isFile(),
  );
  const texts = files.map((name) => [name, readFileSync(join(bench.folder, name), 'latin1')] as const);
  for (const hidden of [key, secret]) {
    assert.ok(!listed.includes(hidden));
    for (const [name, text] of texts) assert.ok(!text.includes(hidden), name);
  }
  assert.ok(!listed.includes('PRIVATE'));
  const secrets = texts.filter(([, text]) => text.includes('PRIVATE KEY')).map(([name]) => name);
  assert.deepEqual(secrets.toSorted(), ['agents/authority.key', 'agents/server.key']);
  for (const name of secrets) assert.equal(statSync(join(bench.folder, name)).mode & 0o777, 0o600);
});

test('a lost reply: sent again, nothing twice', async (t) => {
  let held: (() => void) | undefined;
  const bench = await deskBench(t, {
    async commit(batch, real) {
      await real(batch);
      held?.();
    },
  });
  const { door, key } = await bench.enrolled();
  // The connection goes the moment the commit is through: the reply has nobody to go to.
  const socket = connect({ port: door.port, host: '127.0.0.1', ca: door.ca });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  const body = batchOf({ from: 0, to: 3 });
  const gone = new Promise<void>((resolve) => {
    held = () => {
      held = undefined;
      socket.destroy();
      resolve();
    };
  });
  socket.write(
    `POST ${AGENT_PATHS.batches} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await gone;
  assert.deepEqual((await door.batch(key, { from: 0, to: 3 })).body, {
    status: 'ok',
    accepted: 0,
    repeated: 3,
    mark: 3,
  });
  assert.deepEqual(await bench.stored(), ['line 0', 'line 1', 'line 2']);
});

test('a commit that failed is refused whole, and comes whole when it is sent again', async (t) => {
  let failing = 1;
  const bench = await deskBench(t, {
    commit: (batch, real) =>
      batch.agents !== undefined && failing-- > 0 ? Promise.reject(new Error('the disk is full')) : real(batch),
  });
  const { door, key } = await bench.enrolled();
  const both = await Promise.all([
    door.batch(key, { from: 0, to: 3 }),
    door.batch(key, { from: 0, to: 3, epoch: 'e2' }),
  ]);
  assert.ok(both.some(({ status }) => status === 503));
  for (const epoch of ['e1', 'e2']) assert.equal((await door.batch(key, { from: 0, to: 3, epoch })).body['mark'], 3);
  assert.equal((await bench.stored()).length, 6);
});

/**
 * Agents against the whole product, started as a person starts it: the command that invites, TLS, batches by hand, and what people then
 * see of it. One house for all of it, in order.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { AGENT_PATHS, type HostSnapshot, SNAPSHOT_DATASET, SNAPSHOT_FIELD } from '#contract';
import {
  batchOf,
  type Door,
  type Head,
  lineOf,
  openDoor,
  reportOf,
  tokenOf,
} from '../../src/app/agents/door.fixture.ts';
import { freePort, type House, openHouse, type Up } from './house.ts';
import { until } from './waiting.ts';

const look = (at: number): HostSnapshot => ({
  host: 'somebody-else',
  at,
  span: 10_000,
  cpus: 2,
  uptime: 1000,
  load: [0.5, 0.4, 0.3],
  cpu: 12,
  memory: { total: 1000, used: 400 },
  swap: null,
  disks: [],
  processes: [],
  connections: { established: 3, peers: [] },
  listeners: [],
  network: null,
  logins: [],
});

/** A look at a machine as the monitor of an agent sends it. */
const lookLine = (at: number): string =>
  lineOf(
    JSON.stringify({
      '@timestamp': new Date(at).toISOString(),
      'host.name': 'somebody-else',
      'event.dataset': SNAPSHOT_DATASET,
      'labels.product': 'porchlight',
      'labels.service': 'snapshot',
      message: 'load 0.50',
      [SNAPSHOT_FIELD]: JSON.stringify(look(at)),
    }),
    { s: 1 },
  );

const SOURCES: Head['sources'] = [
  { id: 'file:/var/log/auth.log', path: '/var/log/auth.log' },
  { id: 'monitor', type: 'snapshot' },
];

const login = (n: number): string =>
  lineOf(
    `${new Date().toISOString()} attic sshd[${n}]: Failed password for root from 203.0.113.7 port ${4000 + n} ssh2`,
  );

async function invite(
  house: House,
  name: string,
): Promise<{ readonly door: Door; readonly secret: string; readonly ca: string }> {
  const { code, out, err } = await house.shell(`./porchlight agents add ${name}`);
  assert.equal(code, 0, err);
  assert.match(err, /porchlight agent enroll/);
  // The token alone goes to standard output.
  assert.match(out, /^pla1\.[\w-]+\n$/);
  const token = tokenOf(out.trim());
  return { door: await openDoor(token), secret: token.secret, ca: token.ca };
}

const agentOf = async ({ client }: House, name: string) =>
  (await client.call('listAgents')).items.find((agent) => agent.name === name);

test('agents, from the invitation to the removal', { timeout: 300_000 }, async (t) => {
  const port = await freePort();
  const house = await openHouse([`agents: { listen: '127.0.0.1:${port}' }`]);
  t.after(() => house.close());
  let up: Up = await house.up();
  const sent = (door: Door, key: string, head: Head, lines?: readonly string[]) =>
    door.batch(key, { sources: SOURCES, ...head }, lines);

  await t.test('nothing listens before the first agent is added', async () => {
    await assert.rejects(openDoor({ urls: [`https://127.0.0.1:${port}`], ca: '' }), /ECONNREFUSED/);
    assert.deepEqual((await house.client.call('listAgents')).items, []);
    assert.match((await house.shell('./porchlight agents')).err, /No agents yet/);
  });

  const { door, secret, ca } = await invite(house, 'attic');
  const { agent, key } = await door.enroll(secret);

  await t.test('enrolled under the name it was invited by; the token is used up', async () => {
    assert.equal(agent, 'attic');
    await assert.rejects(door.enroll(secret), /401 TOKEN/);
    assert.equal((await agentOf(house, 'attic'))?.state, 'live');
  });

  await t.test('lines become events under the agent’s name, compressed or not', async () => {
    const body = gzipSync(batchOf({ from: 0, to: 2, sources: SOURCES, report: reportOf() }, [login(1), login(2)]));
    const reply = await door.send(AGENT_PATHS.batches, { key, body, headers: { 'content-encoding': 'gzip' } });
    assert.deepEqual(reply.body, { status: 'ok', accepted: 2, repeated: 0, mark: 2 });
    assert.equal(await house.count('agent.id:attic event.category:authentication source.ip:203.0.113.7'), 2);
  });

  await t.test('repeats, gaps and what is out of sequence', async () => {
    assert.deepEqual((await sent(door, key, { from: 1, to: 3 }, [login(2), login(3)])).body, {
      status: 'ok',
      accepted: 1,
      repeated: 1,
      mark: 3,
    });
    const ahead = await sent(door, key, { from: 7, to: 8 }, [login(8)]);
    assert.deepEqual([ahead.status, ahead.body['code'], ahead.body['expected']], [409, 'SEQUENCE', 3]);
    const gap = { from: 3, to: 7, reason: 'evicted' as const };
    assert.equal((await sent(door, key, { from: 7, to: 8, gap }, [login(8)])).body['mark'], 8);
    assert.equal(await house.count('agent.id:attic'), 4);
    const status = await agentOf(house, 'attic');
    assert.deepEqual([status?.totals.stored, status?.totals.lost], [4, 4]);
  });

  await t.test('its looks at its machine are on the host switcher, under its own name', async () => {
    assert.equal((await sent(door, key, { from: 8, to: 9 }, [lookLine(Date.now())])).status, 201);
    const { items } = await house.client.call('hosts');
    assert.deepEqual(
      items.map(({ host }) => host).filter((host) => host !== 'nas'),
      ['attic'],
    );
    const score = await house.client.call('score', { query: { host: 'attic' } });
    assert.equal(score.snapshot.memory.used, 400);
    assert.equal((await house.client.call('listMetrics', { query: { host: 'attic' } })).items.length, 1);
  });

  await t.test(
    'kill -9 with batches on their way: what was answered is there, the rest comes when it is sent again',
    async () => {
      const batches = Array.from({ length: 20 }, (_, i) => ({ from: 9 + 5 * i, to: 14 + 5 * i }));
      let answered = 9;
      const sending = (async () => {
        for (const range of batches) {
          const numbers = Array.from({ length: 5 }, (_, i) => login(range.from + i));
          const { status } = await sent(door, key, range, numbers).catch(() => ({ status: 0 }));
          if (status !== 201) return;
          answered = range.to;
          if (answered === 34) void up.kill();
        }
      })();
      await sending;
      await up.kill().catch(() => undefined);
      up = await house.up();
      const again = await until('the listener after a restart', () =>
        openDoor({ urls: [`https://127.0.0.1:${port}`], ca }).catch(() => undefined),
      );
      const before = await house.count('agent.id:attic sshd');
      assert.ok(before >= answered - 9 + 4, `${before} stored, ${answered} answered`);
      for (const range of batches) {
        const numbers = Array.from({ length: 5 }, (_, i) => login(range.from + i));
        assert.equal((await sent(again, key, range, numbers)).status, 201);
      }
      assert.equal(await house.count('agent.id:attic sshd'), 104);
    },
  );

  await t.test('the account is in the list, the metrics and the terminal', async () => {
    const status = await agentOf(house, 'attic');
    assert.equal(status?.sources.find(({ source }) => source === SOURCES?.[0]?.id)?.stored, 104);
    const metrics = await house.client.call('metrics');
    assert.match(metrics, /^porchlight_agent_up\{agent="attic"\} 1$/m);
    assert.match(
      metrics,
      /^porchlight_agent_records_total\{agent="attic",source="file:\/var\/log\/auth\.log",stage="stored"\} 104$/m,
    );
    assert.match(metrics, /^porchlight_agent_records_lost_total\{agent="attic"\} 4$/m);
    const { out } = await house.shell('./porchlight agents list');
    assert.match(out, /^attic +live +(?:[\d-]+ )?\d\d:\d\d:\d\d +105 stored/);
  });

  await t.test('an agent’s key opens nothing of the dashboard, a dashboard’s door nothing to agents', async () => {
    for (const path of ['/api/agents', '/api/logs', '/api/events']) {
      const method = path === '/api/logs' ? 'POST' : 'GET';
      const reply = await fetch(house.url + path, { method, headers: { authorization: `Bearer ${key}` } });
      assert.equal(reply.status, 401, path);
    }
    assert.equal((await fetch(house.url + AGENT_PATHS.batches, { method: 'POST', body: 'x' })).status, 404);
  });

  await t.test('rotated, revoked and removed from the command line', async () => {
    const back = await openDoor({ urls: [`https://127.0.0.1:${port}`], ca });
    assert.equal((await house.shell('./porchlight agents rotate attic')).code, 0);
    assert.equal((await sent(back, key, { from: 109, to: 109 })).body['rotate'], true);
    const fresh = String((await back.send(AGENT_PATHS.rotate, { key })).body['key']);
    assert.equal((await sent(back, key, { from: 109, to: 110 }, [login(109)])).status, 201);
    assert.equal((await sent(back, fresh, { from: 110, to: 111 }, [login(110)])).status, 201);
    assert.equal((await sent(back, key, { from: 111, to: 112 }, [login(111)])).status, 401);
    const stored = await house.count('agent.id:attic');
    assert.equal((await house.shell('./porchlight agents revoke attic')).code, 0);
    assert.equal((await sent(back, fresh, { from: 111, to: 112 }, [login(111)])).status, 401);
    assert.equal(await house.count('agent.id:attic'), stored);
    assert.equal((await agentOf(house, 'attic'))?.state, 'revoked');
    assert.equal((await house.shell('./porchlight agents remove attic')).code, 0);
    assert.equal(await agentOf(house, 'attic'), undefined);
    const gone = await house.shell('./porchlight agents revoke attic');
    assert.equal(gone.code, 3);
    assert.match(gone.err, /There is no agent attic/);
    assert.match((await house.shell('./porchlight agents add Attic!')).err, /small letters/);
  });

  assert.equal(await up.stop(), 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type Client, type RouteName } from '#contract';
import { serverSource, worstFirst } from './source.ts';
import { plainAlert } from './state.fixture.ts';

const SIGNAL = new AbortController().signal;

/** A server that gives these answers; what it does not know is not found. */
function clientOf(answers: Partial<Record<RouteName, unknown>>, asked: string[] = []): Client {
  return {
    async call(name, options) {
      asked.push(`${name} ${JSON.stringify(options?.query ?? options?.body ?? {})}`);
      const answer = answers[name];
      if (answer instanceof Error) throw answer;
      if (answer !== undefined) return answer as never;
      throw problem(404, 'There is nothing here');
    },
  };
}

const problem = (status: number, title: string): ApiError =>
  new ApiError({ type: '', title, status, detail: '', code: '', next: '' });

const HEALTH = { version: '0.1.0', host: 'nas', events: 5, sources: [], check_every: 10_000 };
const NONE = { critical: 0, high: 0, medium: 0, low: 0, informational: 0 };

test('a part that the server does not have says why, and the rest is there', async () => {
  const client = clientOf({
    health: HEALTH,
    listAlerts: { items: [plainAlert('1')] },
    listEvents: problem(503, 'Busy'),
  });
  const data = await serverSource({ client }).look(SIGNAL);
  assert.deepEqual(data.snapshot, { missing: 'nobody looked at this machine yet' });
  assert.deepEqual(data.authEvents, { missing: 'Busy' });
  assert.deepEqual(data.history, []);
  assert.equal('value' in data.alerts && data.alerts.value.length, 1);
  assert.equal(data.host, 'nas');
  assert.equal(data.every, 10_000);
});

test('agents are listed, and a server that knows none of them is no trouble', async () => {
  const attic = { name: 'attic', state: 'live', always_on: true };
  const knows = await serverSource({ client: clientOf({ health: HEALTH, listAgents: { items: [attic] } }) }).look(
    SIGNAL,
  );
  assert.deepEqual(knows.agents, { value: [attic] });
  const older = await serverSource({ client: clientOf({ health: HEALTH }) }).look(SIGNAL);
  assert.deepEqual(older.agents, { missing: 'no agents' });
});

test('when nobody answers the look fails', async () => {
  const client = clientOf({ health: new TypeError('fetch failed') });
  await assert.rejects(serverSource({ client }).look(SIGNAL), /fetch failed/);
});

test('another machine is asked for by its name, and a name cannot widen the search', async () => {
  const asked: string[] = [];
  const data = await serverSource({ client: clientOf({ health: HEALTH }, asked), host: 'me"dia' }).look(SIGNAL);
  assert.equal(data.host, 'me"dia');
  assert.ok(asked.includes(`score ${JSON.stringify({ host: 'me"dia' })}`), asked.join('\n'));
  assert.ok(asked.some((line) => line.startsWith('listEvents') && line.includes('host.name:\\"media\\"')));
});

test('the worst alert is first even where the list, the newest, does not reach back to it', async () => {
  const worst = plainAlert('7', 'critical');
  const client = clientOf({
    health: HEALTH,
    listAlerts: { items: [plainAlert('9', 'low')] },
    alertSummary: { levels: NONE, worst },
  });
  const { alerts } = await serverSource({ client }).look(SIGNAL);
  assert.deepEqual('value' in alerts && alerts.value.map(({ id }) => id), ['7', '9']);
});

test('alerts: worst first, then newest', () => {
  const old = plainAlert('1', 'high');
  const fresh = { ...plainAlert('2', 'high'), last_seen: '2025-11-30T21:00:00.000Z' };
  assert.deepEqual(
    worstFirst([plainAlert('3', 'low'), old, fresh]).map(({ id }) => id),
    ['2', '1', '3'],
  );
});

test('acknowledging goes to the server', async () => {
  const asked: string[] = [];
  await serverSource({ client: clientOf({ patchAlert: {} }, asked) }).acknowledge('4', SIGNAL);
  assert.deepEqual(asked, ['patchAlert {"status":"acknowledged"}']);
});

/** Every route × who × method has a status, and who is refused has touched nothing. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PATHS, type RouteName } from '#contract';
import { fixtureApi, KEYS } from '../../../src/api/backend.fixture.ts';
import { openStream } from '../../../src/api/http.fixture.ts';

const WHO = ['nobody', 'viewer', 'agent', 'admin', 'local', 'unknown key'] as const;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'] as const;

/** Written by hand, not derived from the route table's `access`: this is what it must come to. */
const EXPECTED: Readonly<Record<RouteName, readonly [number, number, number, number, number, number]>> = {
  postLogs: [401, 403, 201, 201, 201, 401],
  health: [401, 200, 403, 200, 200, 401],
  listAlerts: [401, 200, 403, 200, 200, 401],
  alertSummary: [401, 200, 403, 200, 200, 401],
  getAlert: [401, 200, 403, 200, 200, 401],
  patchAlert: [401, 403, 403, 200, 200, 401],
  listEvents: [401, 200, 403, 200, 200, 401],
  eventHistogram: [401, 200, 403, 200, 200, 401],
  eventValues: [401, 200, 403, 200, 200, 401],
  eventTable: [401, 200, 403, 200, 200, 401],
  completeQuery: [401, 200, 403, 200, 200, 401],
  listSearches: [401, 200, 403, 200, 200, 401],
  saveSearch: [401, 403, 403, 200, 200, 401],
  removeSearch: [401, 403, 403, 200, 200, 401],
  score: [401, 200, 403, 200, 200, 401],
  listMetrics: [401, 200, 403, 200, 200, 401],
  hosts: [401, 200, 403, 200, 200, 401],
  listAgents: [401, 200, 403, 200, 200, 401],
  addAgent: [401, 403, 403, 201, 201, 401],
  dropAgent: [401, 403, 403, 200, 200, 401],
  rotateAgent: [401, 403, 403, 200, 200, 401],
  listRules: [401, 200, 403, 200, 200, 401],
  switchRule: [401, 403, 403, 200, 200, 401],
  reloadRules: [401, 403, 403, 200, 200, 401],
  backtestRule: [401, 403, 403, 200, 200, 401],
  stream: [401, 200, 403, 200, 200, 401],
  openapi: [200, 200, 200, 200, 200, 401],
  metrics: [401, 200, 403, 200, 200, 401],
};

const { api, backend } = await fixtureApi();
const { port } = await api.listen();
after(() => api.close());

function identity(who: (typeof WHO)[number]): Record<string, string> {
  if (who === 'nobody') return { 'x-forwarded-for': '203.0.113.9' };
  if (who === 'local') return {};
  return { authorization: `Bearer ${who === 'unknown key' ? 'unknown-key-0123456789abc' : KEYS[who]}` };
}

const PAYLOADS: Readonly<Record<string, string>> = {
  [PATHS.postLogs.path]: '{"message":"x"}',
  [PATHS.addAgent.path]: '{"name":"cellar"}',
  [PATHS.saveSearch.path]: '{"query":"user.name:guest"}',
  [PATHS.switchRule.path]: '{"id":"a1","to":"off"}',
  [PATHS.backtestRule.path]: '{"id":"a1"}',
};

const urlOf = (path: string): string =>
  path
    .replace(':id', '1')
    .replace(':name', path.startsWith('/api/searches') ? 'guests' : 'attic')
    .replace('/values', '/values?field=host.name')
    .replace('/complete', '/complete?q=user&at=4')
    .replace('/table', '/table?q=%7C%20count');

/** GET /api/alerts/:id is one route, PATCH on it another: the one that answers is found by path and method. */
function routeAt(path: string, method: string): RouteName | undefined {
  const names = Object.keys(PATHS) as RouteName[];
  const wanted = method === 'HEAD' && path !== PATHS.stream.path ? 'GET' : method;
  return names.find((name) => PATHS[name].path === path && PATHS[name].method === wanted);
}

async function statusOf(method: string, path: string, who: (typeof WHO)[number]): Promise<number> {
  const headers = { host: 'localhost', ...identity(who) };
  if (method === 'GET' && path === PATHS.stream.path) {
    const stream = await openStream(port, path, identity(who));
    stream.close();
    return stream.response.statusCode ?? 0;
  }
  const payload = PAYLOADS[path] ?? '{"status":"open"}';
  const withBody = method === 'POST' || method === 'PATCH' || method === 'PUT';
  const remoteAddress = who === 'local' ? '127.0.0.1' : '203.0.113.9';
  const reply = await api.inject({
    method: method as 'GET',
    url: urlOf(path),
    headers,
    remoteAddress,
    ...(withBody ? { payload } : {}),
  });
  return reply.statusCode;
}

for (const path of new Set(Object.values(PATHS).map((route) => route.path))) {
  for (const method of METHODS) {
    const name = routeAt(path, method);
    // A static path stands before one with a parameter, whose other methods it leaves alone: '/summary' is no id.
    const fallsThrough = path === PATHS.alertSummary.path && method === 'PATCH';
    test(`${method} ${path}: ${WHO.join(', ')}`, async () => {
      for (const [at, who] of WHO.entries()) {
        const expected = name === undefined ? 405 : EXPECTED[name][at];
        const before = backend.calls.length;
        const status = await statusOf(method, path, who);
        if (fallsThrough) {
          assert.equal(status, { nobody: 401, viewer: 403, agent: 403, 'unknown key': 401 }[who as string] ?? 400, who);
        } else {
          assert.equal(status, expected, who);
        }
        if (status >= 400)
          assert.equal(backend.calls.length, before, `${who} was refused and yet something was called`);
      }
    });
  }
}

test('what an agent sends counts under the name of its key and no other', async () => {
  const reply = await api.inject({
    method: 'POST',
    url: '/api/logs',
    headers: { host: 'localhost', ...identity('agent'), 'x-agent': 'other', 'x-porchlight-agent': 'other' },
    remoteAddress: '203.0.113.9',
    payload: '{"agent":"other","agent.id":"other"}',
  });
  assert.equal(reply.statusCode, 201);
  assert.equal(backend.submissions.at(-1)?.agent, 'a-agent');
});

test('an encoded path is the same route with the same access', async () => {
  for (const url of ['/%61pi/alerts', '/api/%61lerts', '/api/alerts?x=/openapi.json']) {
    const reply = await api.inject({ url, headers: { host: 'localhost' }, remoteAddress: '203.0.113.9' });
    assert.equal(reply.statusCode, 401, url);
  }
});

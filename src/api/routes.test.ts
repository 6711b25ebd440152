/** Every route once, its reply held against the schema that promises it; and what is not a route. Streams have tests of their own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError, PATHS, type RouteName } from '#contract';
import { routeOf, routes } from '#contract/schema';
import { fixtureApi, NOW } from './backend.fixture.ts';

const host = { host: 'localhost' };

const requests: Readonly<
  Record<Exclude<RouteName, 'stream' | 'backtestRule'>, { readonly url: string; readonly payload?: string }>
> = {
  postLogs: { url: '/api/logs', payload: '{"message":"hello"}' },
  health: { url: '/api/health' },
  listAlerts: { url: '/api/alerts?status=open&level=high&q=telnet&limit=10' },
  alertSummary: { url: '/api/alerts/summary' },
  getAlert: { url: '/api/alerts/1' },
  patchAlert: { url: '/api/alerts/1', payload: '{"status":"closed","note":"my own scanner"}' },
  listEvents: { url: '/api/events?q=sudo&from=-24h&limit=5' },
  eventHistogram: { url: '/api/events/histogram?from=-1h&bins=2' },
  eventValues: { url: '/api/events/values?field=host.name' },
  eventTable: { url: '/api/events/table?q=sudo%20%7C%20count%20by%20source.ip&from=-24h' },
  completeQuery: { url: '/api/events/complete?q=user.na&at=7' },
  listSearches: { url: '/api/searches' },
  saveSearch: { url: '/api/searches/guests', payload: '{"query":"user.name:guest"}' },
  removeSearch: { url: '/api/searches/guests' },
  score: { url: '/api/score?host=nas' },
  listMetrics: { url: '/api/metrics?host=nas&limit=50' },
  hosts: { url: '/api/hosts' },
  listAgents: { url: '/api/agents' },
  addAgent: { url: '/api/agents', payload: '{"name":"cellar"}' },
  dropAgent: { url: '/api/agents/attic' },
  rotateAgent: { url: '/api/agents/attic/rotate' },
  listRules: { url: '/api/rules' },
  switchRule: { url: '/api/rules', payload: '{"id":"a1","to":"off"}' },
  reloadRules: { url: '/api/rules/reload' },
  openapi: { url: '/api/openapi.json' },
  metrics: { url: '/metrics' },
};

for (const [name, request] of Object.entries(requests)) {
  test(`${name} answers as its schema says`, async () => {
    const route = routeOf(name as RouteName);
    const { api } = await fixtureApi();
    const reply = await api.inject({ method: route.method, headers: host, ...request });
    assert.equal(reply.statusCode, route.status, reply.body);
    assert.equal(reply.headers['cache-control'], 'no-store');
    const isText = String(reply.headers['content-type']).startsWith('text/plain');
    const body: unknown = isText ? reply.body : reply.json();
    const checked = route.response.safeParse(body);
    assert.ok(checked.success, checked.error?.message);
    // Nothing is sent that the schema does not know.
    assert.deepEqual(checked.data, body);
  });
}

test('an alert that is closed is closed under the name of who did it', async () => {
  const { api } = await fixtureApi();
  const reply = await api.inject({ method: 'PATCH', headers: host, ...requests.patchAlert });
  const alert = routes.patchAlert.response.parse(reply.json());
  assert.equal(alert.status, 'closed');
  assert.deepEqual(alert.history.at(-1), {
    at: new Date(NOW).toISOString(),
    by: 'local',
    action: 'closed',
    note: 'my own scanner',
  });
});

interface Refusal {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly payload?: string;
  readonly status: number;
  readonly code: string;
  readonly says: RegExp;
}

const refusals: readonly Refusal[] = [
  { url: '/api/alerts?limit=0', status: 400, code: 'BAD_REQUEST', says: /^query limit: .*>=1/ },
  { url: '/api/alerts?limit=1&limit=2', status: 400, code: 'BAD_REQUEST', says: /^query limit/ },
  { url: '/api/alerts?level=urgent', status: 400, code: 'BAD_REQUEST', says: /^query level: .*"critical"/ },
  { url: '/api/events?from=yesterday', status: 400, code: 'BAD_REQUEST', says: /^query from/ },
  { url: '/api/events?from=-1h&to=-2h', status: 400, code: 'BAD_REQUEST', says: /lies after/ },
  { url: '/api/events?after=7', status: 400, code: 'BAD_REQUEST', says: /^query after/ },
  { url: '/api/events/values', status: 400, code: 'BAD_REQUEST', says: /^query field/ },
  { url: '/api/stream?events=yes', status: 400, code: 'BAD_REQUEST', says: /^query events/ },
  { url: '/api/alerts/twelve', status: 400, code: 'BAD_REQUEST', says: /^path id/ },
  { url: '/api/alerts/99', status: 404, code: 'NOT_FOUND', says: /alert 99/ },
  {
    method: 'PATCH',
    url: '/api/alerts/99',
    payload: '{"status":"open"}',
    status: 404,
    code: 'NOT_FOUND',
    says: /alert 99/,
  },
  {
    method: 'PATCH',
    url: '/api/alerts/1',
    payload: '{"status":"gone"}',
    status: 400,
    code: 'BAD_REQUEST',
    says: /^body status/,
  },
  {
    method: 'PATCH',
    url: '/api/alerts/1',
    payload: '{"status":"open","by":"me"}',
    status: 400,
    code: 'BAD_REQUEST',
    says: /by/,
  },
  {
    method: 'POST',
    url: '/api/rules/backtest',
    payload: '{}',
    status: 400,
    code: 'BAD_REQUEST',
    says: /either rule or id/,
  },
  {
    method: 'POST',
    url: '/api/rules/backtest',
    payload: '{"id":"a1","rule":"title: x"}',
    status: 400,
    code: 'BAD_REQUEST',
    says: /either rule or id/,
  },
  {
    method: 'POST',
    url: '/api/rules/backtest',
    payload: '{"id":"a1","from":"-1h","to":"-2h"}',
    status: 400,
    code: 'BAD_REQUEST',
    says: /lies after/,
  },
  {
    method: 'POST',
    url: '/api/rules/backtest',
    payload: '{"id":"a2"}',
    status: 404,
    code: 'NOT_FOUND',
    says: /no rule a2/,
  },
  { url: '/api/agents/attic', status: 405, code: 'METHOD_NOT_ALLOWED', says: /DELETE/ },
  { method: 'DELETE', url: '/api/agents/cellar', status: 404, code: 'NOT_FOUND', says: /cellar/ },
  { method: 'DELETE', url: '/api/agents/cellar?forget=1', status: 404, code: 'NOT_FOUND', says: /cellar/ },
  { method: 'DELETE', url: '/api/agents/NAS', status: 400, code: 'BAD_REQUEST', says: /^path name/ },
  { method: 'DELETE', url: '/api/agents/attic?forget=yes', status: 400, code: 'BAD_REQUEST', says: /^query forget/ },
  { method: 'POST', url: '/api/agents/cellar/rotate', status: 404, code: 'NOT_FOUND', says: /cellar/ },
  { method: 'POST', url: '/api/agents', payload: '{"name":"attic"}', status: 409, code: 'AGENT_EXISTS', says: /attic/ },
  {
    method: 'POST',
    url: '/api/agents',
    payload: '{"name":"a/b"}',
    status: 400,
    code: 'BAD_REQUEST',
    says: /^body name/,
  },
  {
    method: 'POST',
    url: '/api/agents',
    payload: '{"name":".."}',
    status: 400,
    code: 'BAD_REQUEST',
    says: /^body name/,
  },
  { method: 'PATCH', url: '/api/alerts/1', payload: 'status=open', status: 400, code: 'BAD_BODY', says: /JSON/ },
  { method: 'PATCH', url: '/api/alerts/1', status: 400, code: 'BAD_BODY', says: /JSON/ },
  { method: 'POST', url: '/api/logs', payload: '', status: 400, code: 'BAD_BODY', says: /empty/ },
  { url: '/api/nothing', status: 404, code: 'NOT_FOUND', says: /./ },
  { url: '/api', status: 404, code: 'NOT_FOUND', says: /./ },
  { url: '/api/health/', status: 404, code: 'NOT_FOUND', says: /./ },
  { url: '/api/%zz', status: 404, code: 'NOT_FOUND', says: /./ },
  { url: '/', status: 404, code: 'NOT_FOUND', says: /./ },
  { method: 'DELETE', url: '/api/alerts/1', status: 405, code: 'METHOD_NOT_ALLOWED', says: /GET, HEAD, PATCH/ },
];

for (const { method = 'GET', url, payload, status, code, says } of refusals) {
  test(`${method} ${url} ${payload ?? ''} → ${status} ${code}`, async () => {
    const { api, backend } = await fixtureApi();
    const reply = await api.inject({ method, url, headers: host, ...(payload === undefined ? {} : { payload }) });
    assert.equal(reply.statusCode, status);
    assert.equal(reply.headers['content-type'], 'application/problem+json; charset=utf-8');
    const problem = reply.json<Record<string, unknown>>();
    assert.deepEqual(Object.keys(problem), ['type', 'title', 'status', 'detail', 'code', 'next']);
    assert.equal(problem['status'], status);
    assert.equal(problem['code'], code);
    assert.match(String(problem['detail']), says);
    assert.equal(backend.counters.get('http_refused', code), 1);
  });
}

test('a search is saved only where it can be read', async () => {
  const { api, backend } = await fixtureApi();
  const body = { query: 'user.name:(root' };
  const reply = await api.inject({ method: 'PUT', url: '/api/searches/guests', headers: host, payload: body });
  assert.equal(reply.statusCode, 400);
  assert.match(reply.body, /Column 11/);
  assert.ok(!backend.calls.includes('saveSearch'));
});

test('405 names the methods that would do', async () => {
  const { api } = await fixtureApi();
  const allowed: Record<string, string> = {};
  for (const { path } of Object.values(PATHS)) {
    const reply = await api.inject({ method: 'PROPFIND', url: path.replace(/:\w+/, '1'), headers: host });
    assert.equal(reply.statusCode, 405);
    allowed[path] = String(reply.headers['allow']);
  }
  assert.equal(allowed['/api/logs'], 'POST');
  assert.equal(allowed['/api/stream'], 'GET');
  assert.equal(allowed['/api/alerts/:id'], 'GET, HEAD, PATCH');
  assert.equal(allowed['/api/alerts/summary'], 'GET, HEAD, PATCH');
  assert.equal(allowed['/api/agents'], 'GET, HEAD, POST');
  assert.equal(allowed['/api/agents/:name'], 'DELETE');
});

test('a fault of our own is told to us and not to the sender', async () => {
  const faults: unknown[] = [];
  const { api, backend } = await fixtureApi({ onFault: (fault, where) => faults.push([where, fault]) });
  const fault = new Error('secret path /var/lib/x');
  backend.submit = () => Promise.reject(fault);
  const reply = await api.inject({ method: 'POST', url: '/api/logs', headers: host, payload: '{}' });
  assert.equal(reply.statusCode, 500);
  assert.equal(reply.json<{ code: string }>().code, 'INTERNAL');
  assert.doesNotMatch(reply.body, /secret/);
  assert.deepEqual(faults, [['POST /api/logs', fault]]);
});

for (const [code, status] of [
  ['STORE_FAILED', 503],
  ['BUSY', 503],
  ['BAD_BODY', 400],
] as const) {
  test(`${code} of the backend reaches the sender as ${status}`, async () => {
    const { api, backend } = await fixtureApi();
    backend.submit = () => Promise.reject(new CodedError(code, 'line 3'));
    const reply = await api.inject({ method: 'POST', url: '/api/logs', headers: host, payload: '{}' });
    assert.equal(reply.statusCode, status);
    assert.equal(reply.json<{ detail: string }>().detail, 'line 3');
    assert.equal(reply.headers['retry-after'] !== undefined, status === 503);
  });
}

test('HEAD answers as GET does, without a body', async () => {
  const { api } = await fixtureApi();
  const get = await api.inject({ url: '/api/health', headers: host });
  const head = await api.inject({ method: 'HEAD', url: '/api/health', headers: host });
  assert.equal(head.statusCode, 200);
  assert.equal(head.body, '');
  assert.equal(head.headers['content-length'], get.headers['content-length']);
});

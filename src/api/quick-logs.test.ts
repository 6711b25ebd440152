/** The short way of a POST says what the framework's way says, word for word, and takes only what it may. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CodedError } from '#contract';
import type { Backend } from './backend.ts';
import { fixtureApi, fixtureBackend, KEYS } from './backend.fixture.ts';
import { budget } from './budget.ts';
import { hostCheck } from './gate.ts';
import { exchange } from './http.fixture.ts';
import { LIMITS } from './limits.ts';
import { takeQuickly } from './quick-logs.ts';

const limits = { sentBytes: 1024, inflatedBytes: 4096, bodiesBytes: 3000, linger: 500 };
const faults: string[] = [];
const { api, backend } = await fixtureApi({ limits, onFault: (_, where) => faults.push(where) });
const { port } = await api.listen();
after(() => api.close());

interface Sent {
  readonly what: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  /** What the backend makes of it. */
  readonly submit?: Backend['submit'];
  readonly status: number;
}

const LINE = '{"message":"hello"}';
const failing = (error: Error): Backend['submit'] =>
  async function fail() {
    throw error;
  };

const cases: readonly Sent[] = [
  { what: 'a line', status: 201 },
  { what: 'letters of more than a byte', body: '{"message":"grün"}', status: 201 },
  { what: 'gzip', body: gzipSync(LINE), headers: { 'content-encoding': 'gzip' }, status: 201 },
  { what: 'a body in chunks', headers: { 'transfer-encoding': 'chunked' }, status: 201 },
  { what: 'a key that may', headers: { authorization: `Bearer ${KEYS.agent}` }, status: 201 },
  { what: 'a page of ours', headers: { host: 'localhost:5000', origin: 'http://localhost:5000' }, status: 201 },
  { what: 'a sender that waits to be asked', headers: { expect: '100-continue' }, status: 201 },
  {
    what: 'records that are refused',
    submit: () => Promise.resolve({ accepted: 0, rejected: [{ index: 0, reason: 'ünfit' }] }),
    status: 201,
  },
  { what: 'a sender that hangs up', headers: { connection: 'close' }, status: 201 },
  { what: 'nothing', body: '', status: 400 },
  { what: 'a long key of repetition', headers: { 'idempotency-key': 'x'.repeat(201) }, status: 400 },
  { what: 'too much', body: 'x'.repeat(1025), status: 413 },
  { what: 'too much once inflated', body: gzipSync('x'.repeat(4097)), status: 413 },
  { what: 'more than there is room for', body: gzipSync('x'.repeat(3500)), status: 503 },
  { what: 'an encoding that nobody knows', headers: { 'content-encoding': 'br' }, status: 415 },
  { what: 'what does not inflate', headers: { 'content-encoding': 'gzip' }, status: 400 },
  { what: 'another host', headers: { host: 'porchlight.example' }, status: 421 },
  { what: 'another site', headers: { origin: 'https://example.net' }, status: 403 },
  { what: 'a stranger', headers: { 'x-forwarded-for': '203.0.113.9' }, status: 401 },
  { what: 'a key that is not known', headers: { authorization: 'Bearer nobody' }, status: 401 },
  { what: 'a key that only reads', headers: { authorization: `Bearer ${KEYS.viewer}` }, status: 403 },
  { what: 'a full disk', submit: failing(new CodedError('STORE_FAILED', 'no room')), status: 503 },
  { what: 'what is no JSON', submit: failing(new CodedError('BAD_BODY', 'line 3')), status: 400 },
  { what: 'a fault of ours', submit: failing(new Error('secret')), status: 500 },
];

/** The answer, what the backend was given, and what was counted. */
async function told(path: string, { headers = {}, body = LINE, submit }: Sent): Promise<object> {
  const bytes = Buffer.from(body);
  const length = headers['transfer-encoding'] === undefined ? { 'content-length': String(bytes.length) } : {};
  const before = new Map(backend.counters.entries().map(({ name, label, value }) => [`${name} ${label}`, value]));
  const accept = backend.submit;
  if (submit !== undefined) backend.submit = submit;
  backend.submissions.length = 0;
  faults.length = 0;
  const chunks = bytes.length === 0 ? [] : [bytes];
  const reply = await exchange(port, { method: 'POST', path, headers: { ...length, ...headers }, chunks });
  backend.submit = accept;
  const { date, ...rest } = reply.headers;
  assert.ok(date !== undefined);
  const counted = backend.counters
    .entries()
    .map(({ name, label, value }) => [name, label, value - (before.get(`${name} ${label}`) ?? 0)])
    .filter(([, , more]) => more !== 0);
  const submissions = backend.submissions.map((one) => ({ ...one, body: Buffer.from(one.body).toString('latin1') }));
  return { status: reply.status, headers: rest, body: reply.body, counted, submissions, faults: [...faults] };
}

for (const sent of cases) {
  test(`${sent.what}: ${sent.status}, both ways`, async () => {
    const quick = await told('/api/logs', sent);
    // Not the very path: the framework's.
    assert.deepEqual(quick, await told('/api/logs?', sent));
    assert.equal('status' in quick && quick.status, sent.status);
  });
}

interface Head {
  readonly what: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly closing?: true;
  readonly quick: boolean;
}

const heads: readonly Head[] = [
  { what: 'a POST', quick: true },
  { what: 'another method', method: 'PUT', quick: false },
  { what: 'another path', path: '/api/logs/', quick: false },
  { what: 'a query', path: '/api/logs?a=1', quick: false },
  { what: 'another host', headers: { host: 'example.com' }, quick: false },
  { what: 'another site', headers: { 'sec-fetch-site': 'cross-site' }, quick: false },
  { what: 'an expectation', headers: { expect: '100-continue' }, quick: false },
  { what: 'somebody who may only read', headers: { 'x-role': 'viewer' }, quick: false },
  { what: 'somebody whom nobody knows', headers: { 'x-role': 'unknown' }, quick: false },
  { what: 'a POST while the server closes', closing: true, quick: false },
];

for (const { what, method = 'POST', path = '/api/logs', headers = {}, closing, quick } of heads) {
  test(`${what} ${quick ? 'takes the short way' : 'is left to the framework'}`, async () => {
    const ours = fixtureBackend();
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(299).end();
    });
    server.on('checkContinue', (request, response) => server.emit('request', request, response));
    const stop = new AbortController();
    if (closing === true) stop.abort();
    takeQuickly(server, {
      means: { backend: ours, limits: LIMITS, budget: budget(LIMITS), closing: stop.signal },
      isOurs: hostCheck([]),
      whoIs({ headers: { 'x-role': role } }) {
        if (role === 'unknown') throw new CodedError('UNAUTHORIZED', '');
        return { name: 'local', role: role === 'viewer' ? 'viewer' : 'agent' };
      },
      onFault: assert.fail,
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const length = { 'content-length': String(LINE.length) };
    const sent = { method, path, headers: { ...length, ...headers }, chunks: [Buffer.from(LINE)] };
    const { status } = await exchange(address.port, sent);
    assert.equal(status, quick ? 201 : 299);
    assert.equal(ours.submissions.length, quick ? 1 : 0);
    server.close();
  });
}

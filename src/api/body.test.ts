import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { fixtureApi } from './backend.fixture.ts';
import { exchange, post } from './http.fixture.ts';

const limits = { sentBytes: 64 * 1024, inflatedBytes: 256 * 1024, linger: 1000 };
const { api, backend } = await fixtureApi({ limits });
const { port } = await api.listen();
after(() => api.close());

const text = Buffer.from('{"host":"nas","message":"Failed password for root"}\n{"message":"ü"}\n');
const gzip = gzipSync(text);
const zstd = zstdCompressSync(text);

async function taken(headers: Record<string, string>, ...chunks: Uint8Array[]): Promise<string | number> {
  backend.submissions.length = 0;
  const { status } = await post(port, headers, ...chunks);
  const [submission] = backend.submissions;
  assert.equal(status === 201, submission !== undefined);
  return submission === undefined ? status : Buffer.from(submission.body).toString();
}

const bodies: readonly [name: string, headers: Record<string, string>, body: Uint8Array, expected: string | number][] =
  [
    ['plain', {}, text, text.toString()],
    ['a form, as curl -d sends it', { 'content-type': 'application/x-www-form-urlencoded' }, text, text.toString()],
    ['a type that is none', { 'content-type': ';;' }, text, text.toString()],
    ['identity', { 'content-encoding': 'identity' }, text, text.toString()],
    ['gzip', { 'content-encoding': 'gzip' }, gzip, text.toString()],
    ['x-gzip', { 'content-encoding': 'X-GZIP' }, gzip, text.toString()],
    ['zstd', { 'content-encoding': 'zstd' }, zstd, text.toString()],
    ['gzip that does not say so', {}, gzip, text.toString()],
    ['zstd that does not say so', {}, zstd, text.toString()],
    ['two gzip members', { 'content-encoding': 'gzip' }, Buffer.concat([gzip, gzip]), text.toString().repeat(2)],
    ['two zstd frames', { 'content-encoding': 'zstd' }, Buffer.concat([zstd, zstd]), text.toString().repeat(2)],
    [
      'three zstd frames and an empty one',
      {},
      Buffer.concat([zstd, zstd, zstdCompressSync(''), zstd]),
      text.toString().repeat(3),
    ],
    [
      'more zstd frames than anybody needs',
      {},
      Buffer.concat(Array.from({ length: 1001 }, () => zstdCompressSync(' '))),
      400,
    ],
    [
      'gzip with something behind it',
      { 'content-encoding': 'gzip' },
      Buffer.concat([gzip, Buffer.from('behind')]),
      400,
    ],
    ['gzip with zeros behind it', { 'content-encoding': 'gzip' }, Buffer.concat([gzip, Buffer.alloc(9)]), 400],
    [
      'zstd with something behind it',
      { 'content-encoding': 'zstd' },
      Buffer.concat([zstd, Buffer.from('behind')]),
      400,
    ],
    ['plain that says gzip', { 'content-encoding': 'gzip' }, text, 400],
    ['plain that says zstd', { 'content-encoding': 'zstd' }, text, 400],
    ['gzip cut short', { 'content-encoding': 'gzip' }, gzip.subarray(0, -9), 400],
    ['zstd cut short', { 'content-encoding': 'zstd' }, zstd.subarray(0, -9), 400],
    ['brotli', { 'content-encoding': 'br' }, text, 415],
    ['gzip twice', { 'content-encoding': 'gzip, gzip' }, gzipSync(gzip), 415],
    ['empty gzip', { 'content-encoding': 'gzip' }, gzipSync(''), 400],
    ['empty', {}, Buffer.alloc(0), 400],
    ['exactly the limit', {}, Buffer.alloc(limits.sentBytes, 32), ' '.repeat(limits.sentBytes)],
    ['a byte over the limit', {}, Buffer.alloc(limits.sentBytes + 1, 32), 413],
    [
      'exactly the limit inflated',
      { 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(limits.inflatedBytes, 32)),
      ' '.repeat(limits.inflatedBytes),
    ],
    [
      'a byte over the limit inflated',
      { 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(limits.inflatedBytes + 1, 32)),
      413,
    ],
  ];

for (const [name, headers, body, expected] of bodies) {
  test(`${name}, with its length and chunked: ${typeof expected === 'number' ? expected : 'taken in'}`, async () => {
    assert.equal(await taken({ ...headers, 'content-length': String(body.length) }, body), expected);
    assert.equal(await taken({ ...headers, 'transfer-encoding': 'chunked' }, body), expected);
  });
}

test('a zstd frame whose window is over 8 MB is refused', async () => {
  const params = { [constants.ZSTD_c_windowLog]: 24, [constants.ZSTD_c_contentSizeFlag]: 0 };
  const large = zstdCompressSync(Buffer.alloc(9 * 1024 * 1024), { params });
  assert.equal(await taken({ 'content-encoding': 'zstd' }, large), 400);
});

test('law: however a body is cut into chunks and encoded, the same bytes arrive', async () => {
  const encoders = { identity: (bytes: Uint8Array) => bytes, gzip: gzipSync, zstd: zstdCompressSync };
  const body = fc.uint8Array({ minLength: 1, maxLength: 3000 });
  const encoding = fc.constantFrom(...(Object.keys(encoders) as (keyof typeof encoders)[]));
  const cuts = fc.array(fc.nat({ max: 3000 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(body, encoding, cuts, async (bytes, how, places) => {
      const sent = encoders[how](bytes);
      const edges = [0, ...places.filter((place) => place < sent.length).toSorted((a, b) => a - b), sent.length];
      const chunks = edges
        .slice(1)
        .map((edge, at) => sent.subarray(edges[at], edge))
        .filter(({ length }) => length > 0);
      backend.submissions.length = 0;
      const { status } = await post(port, { 'content-encoding': how }, ...chunks);
      assert.equal(status, 201);
      assert.deepEqual(Buffer.from(backend.submissions[0]?.body ?? []), Buffer.from(bytes));
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('the bytes own their memory, so that they can be transferred', async () => {
  for (const headers of [{ 'content-length': String(text.length) }, { 'transfer-encoding': 'chunked' }]) {
    backend.submissions.length = 0;
    await post(port, headers, text);
    const { buffer } = backend.submissions[0]?.body ?? {};
    assert.equal(buffer?.byteLength, text.length);
    structuredClone(buffer, { transfer: [buffer] });
    assert.equal(buffer.byteLength, 0);
  }
});

test('a body past the point where chunks are gathered arrives whole', async () => {
  const roomy = await fixtureApi();
  const { port: there } = await roomy.api.listen();
  const noise = randomBytes(5 * 1024 * 1024);
  for (const headers of [{ 'content-encoding': 'gzip' }, { 'content-encoding': 'identity' }]) {
    const body = headers['content-encoding'] === 'gzip' ? gzipSync(noise, { level: 1 }) : noise;
    assert.equal((await post(there, headers, body)).status, 201);
    assert.ok(noise.equals(roomy.backend.submissions.pop()?.body ?? new Uint8Array()));
  }
  await roomy.api.close();
});

test('an invitation to send is given only to whom it concerns', async () => {
  const stranger = { 'x-forwarded-for': '203.0.113.9', expect: '100-continue', 'content-length': '10' };
  const refused = await exchange(port, { method: 'POST', path: '/api/logs', headers: stranger });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.connection, 'close');
  const welcome = { expect: '100-continue', 'content-length': String(text.length) };
  assert.equal(await taken(welcome, text), text.toString());
});

test('who sends and under which key of repetition reach the backend', async () => {
  backend.submissions.length = 0;
  await post(port, { 'idempotency-key': 'batch-1' }, text);
  assert.equal(backend.submissions[0]?.agent, 'local');
  assert.equal(backend.submissions[0]?.idempotencyKey, 'batch-1');
  assert.equal((await post(port, { 'idempotency-key': 'x'.repeat(201) }, text)).status, 400);
});

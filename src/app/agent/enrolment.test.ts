import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { EnrollToken } from '#contract';
import { runCli } from '../cli.ts';
import type { Context } from '../command.ts';
import { makeAuthority } from './authority.fixture.ts';
import { countingServer, type CountingServer } from './counting-server.fixture.ts';
import { readEnrolment } from './enrolment.ts';
import { openLink } from './link.ts';

const word = (token: Partial<EnrollToken>): string =>
  `pla1.${Buffer.from(JSON.stringify(token)).toString('base64url')}`;

interface Tried {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly folder: string;
}

async function enrolling(t: TestContext, stdin: string, args: readonly string[] = []): Promise<Tried> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-enrol-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let [out, err] = ['', ''];
  const context: Context = {
    environment: {},
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTerminal: false,
    columns: 100,
    stdin: (async function* () {
      yield Buffer.from(stdin);
    })(),
    stdinIsTerminal: false,
    uid: 1000,
    now: Date.now,
    signal: new AbortController().signal,
  };
  const code = await runCli(['agent', 'enroll', ...args, '--data', folder], context);
  return { code, out, err, folder: join(folder, 'agent') };
}

async function serverOf(t: TestContext): Promise<CountingServer> {
  const server = await countingServer();
  t.after(() => server.close());
  return server;
}

const goodToken = ({ url, authority }: CountingServer): EnrollToken => ({
  urls: ['https://127.0.0.1:1', url],
  ca: authority.fingerprint,
  secret: 'secret',
  expires: Date.now() + 60_000,
});

test('a token from stdin: key and authority are kept for the owner alone, and it says what is next', async (t) => {
  const server = await serverOf(t);
  const { code, out, err, folder } = await enrolling(t, `${word(goodToken(server))}\n`);
  assert.equal(code, 0, err);
  assert.match(out, /This machine is nas to https:.*\nIts key.*\nNext: porchlight agent/);
  assert.equal(out.includes(server.key), false, 'the key is not printed');
  assert.equal(statSync(join(folder, 'enrolment.json')).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const enrolment = readEnrolment(folder);
  assert.deepEqual([enrolment?.agent, enrolment?.key, enrolment?.urls[0]], ['nas', server.key, server.url]);
  assert.equal(enrolment?.ca.trim(), server.authority.ca.trim());
});

test('a token from a file', async (t) => {
  const server = await serverOf(t);
  const file = join(mkdtempSync(join(tmpdir(), 'porchlight-token-')), 'token');
  t.after(() => rmSync(join(file, '..'), { recursive: true }));
  writeFileSync(file, word(goodToken(server)));
  assert.equal((await enrolling(t, '', [file])).code, 0);
});

test('never from the command line', async (t) => {
  const server = await serverOf(t);
  const { code, err } = await enrolling(t, '', [word(goodToken(server))]);
  assert.equal(code, 2);
  assert.match(err, /does not belong on the command line/);
});

const REFUSED: readonly (readonly [
  what: string,
  change: (token: EnrollToken) => Partial<EnrollToken>,
  says: RegExp,
])[] = [
  [
    'another authority than the token names',
    (token) => ({ ...token, ca: 'ab'.repeat(32) }),
    /is not the server that made this token/,
  ],
  ['a secret that was used', (token) => ({ ...token, secret: 'used' }), /it was used, or its time is over/],
  ['a token whose time is over', (token) => ({ ...token, expires: 1000 }), /was good until 1970/],
  ['an address without TLS', (token) => ({ ...token, urls: ['http://127.0.0.1/'] }), /not https/],
  ['half a token', ({ urls }) => ({ urls }), /no enrolment token/],
  ['nobody there', (token) => ({ ...token, urls: ['https://127.0.0.1:1'] }), /no address of the token answers/],
];
for (const [what, change, says] of REFUSED) {
  test(`refused, and nothing is kept: ${what}`, async (t) => {
    const server = await serverOf(t);
    const { code, err, folder } = await enrolling(t, word(change(goodToken(server))));
    assert.notEqual(code, 0);
    assert.match(err, says);
    assert.equal(readEnrolment(folder), undefined);
  });
}

test('an impostor who shows the real authority, but whose own certificate it never signed, gets no secret', async (t) => {
  const real = makeAuthority();
  const other = makeAuthority();
  const [leaf = ''] = other.chain.split(/(?<=-----END CERTIFICATE-----\n)/);
  const impostor = await countingServer(0, { ...other, chain: leaf + real.ca });
  t.after(() => impostor.close());
  const token = { urls: [impostor.url], ca: real.fingerprint, secret: 'secret', expires: Date.now() + 60_000 };
  const { code, folder } = await enrolling(t, word(token));
  assert.notEqual(code, 0);
  assert.equal(readEnrolment(folder), undefined);
});

test('after that no other authority counts', async (t) => {
  const server = await serverOf(t);
  const link = await openLink(new URL(server.url), makeAuthority().ca);
  t.after(() => link.close());
  await assert.rejects(link.post('/', {}, Buffer.alloc(0), new AbortController().signal), /certificate/i);
});

test('a damaged enrolment is an error with a way out, never a plain start', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-enrol-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'enrolment.json'), '{"agent":"nas"');
  assert.throws(() => readEnrolment(folder), /is damaged: remove it and enrol again/);
  assert.ok(readFileSync(join(folder, 'enrolment.json')).length > 0);
});

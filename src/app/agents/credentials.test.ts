/** The certificate as it is made, kept, renewed and damaged; judged by Node's own TLS. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CodedError } from '#contract';
import { makeAuthority, makeServerCertificate } from './certificate.ts';
import { type CredentialOptions, fingerprint, readCredentials } from './credentials.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 14, 12);

interface Home {
  readonly folder: string;
  readonly path: (name: string) => string;
  read(changes?: Partial<CredentialOptions>): ReturnType<typeof readCredentials>;
}

function home(t: TestContext): Home {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const usual: CredentialOptions = { folder, given: undefined, names: () => ['192.0.2.10', 'nas.lan'], now: () => NOW };
  return {
    folder,
    path: (name) => join(folder, 'agents', name),
    read: (changes = {}) => readCredentials({ ...usual, ...changes }),
  };
}

const certificates = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );

test('an authority and a certificate are made on first use, and are the same from then on', async (t) => {
  const { read, path } = home(t);
  const first = await read();
  const [own, root] = certificates(first.cert);
  assert.ok(own !== undefined && root !== undefined);
  assert.ok(own.verify(root.publicKey) && own.checkIssued(root) && root.verify(root.publicKey));
  assert.deepEqual([own.ca, root.ca], [false, true]);
  assert.equal(own.checkIP('192.0.2.10'), '192.0.2.10');
  assert.equal(own.checkHost('nas.lan', { subject: 'never' }), 'nas.lan');
  assert.equal(own.checkHost('other.lan', { subject: 'never' }), undefined);
  assert.deepEqual(own.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(first.ca, fingerprint(readFileSync(path('authority.crt'), 'utf8')));
  assert.deepEqual(await read(), first);
});

test('keys are for their owner only, and nothing is left lying about', async (t) => {
  const { read, path, folder } = home(t);
  await read();
  for (const key of ['authority.key', 'server.key']) assert.equal(statSync(path(key)).mode & 0o777, 0o600, key);
  assert.equal(statSync(join(folder, 'agents')).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(join(folder, 'agents')).toSorted(), [
    'authority.crt',
    'authority.key',
    'server.crt',
    'server.key',
  ]);
});

const renewals: readonly [what: string, changes: Partial<CredentialOptions>][] = [
  ['its end is near', { now: () => NOW + 340 * DAY }],
  ['it is over', { now: () => NOW + 4000 * DAY }],
  ['it has not begun', { now: () => NOW - 30 * DAY }],
  ['this machine has another address', { names: () => ['192.0.2.10', 'nas.lan', '192.0.2.99'] }],
  ['this machine has another name', { names: () => ['192.0.2.10', 'vault.lan'] }],
];

for (const [what, changes] of renewals) {
  test(`renewed, by the same authority, when ${what}`, async (t) => {
    const { read } = home(t);
    const before = await read();
    const after = await read(changes);
    assert.notEqual(after.cert, before.cert);
    assert.notEqual(after.key, before.key);
    assert.equal(after.ca, before.ca);
    const [own] = certificates(after.cert);
    const now = changes.now?.() ?? NOW;
    assert.ok(Date.parse(own?.validFrom ?? '') <= now && Date.parse(own?.validTo ?? '') > now + 300 * DAY);
    assert.deepEqual(await read(changes), after);
  });
}

test('not renewed for nothing', async (t) => {
  const { read } = home(t);
  const before = await read();
  assert.deepEqual(await read({ now: () => NOW + 300 * DAY, names: () => ['nas.lan'] }), before);
});

test('a damaged certificate, or a key of another, is made anew', async (t) => {
  const { read, path } = home(t);
  const before = await read();
  for (const [name, text] of [
    ['server.crt', 'rubbish'],
    ['server.key', makeAuthority().key],
    ['server.crt', makeAuthority().cert],
  ] as const) {
    writeFileSync(path(name), text);
    const after = await read();
    assert.equal(after.ca, before.ca, name);
    assert.ok(
      certificates(after.cert)[0]?.verify(new X509Certificate(readFileSync(path('authority.crt'))).publicKey),
      name,
    );
  }
});

const refused = async (work: Promise<unknown>, says: RegExp): Promise<void> => {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof CodedError && error.code === 'AGENTS_LISTEN', String(error));
    assert.match(error.detail, says);
    return true;
  });
};

test('a damaged authority is not replaced behind the owner’s back: every agent pins it', async (t) => {
  const { read, path } = home(t);
  await read();
  writeFileSync(path('authority.crt'), 'rubbish');
  await refused(read(), /authority\.crt is damaged.*enrol every agent anew/);
});

test('without the authority’s key the certificate is good until it has to be renewed', async (t) => {
  const { read, path } = home(t);
  const before = await read();
  rmSync(path('authority.key'));
  assert.deepEqual(await read(), before);
  await refused(read({ now: () => NOW + 390 * DAY }), /authority\.key is gone/);
});

test('a certificate of the owner: whole, or refused with what is wrong', async (t) => {
  const { read, folder } = home(t);
  const authority = makeAuthority();
  const own = makeServerCertificate(authority, { names: ['nas.lan'], from: NOW, until: NOW + DAY });
  const given = { cert: join(folder, 'own.crt'), key: join(folder, 'own.key') };
  await refused(read({ given }), /own\.key is not there/);
  writeFileSync(given.key, own.key);
  writeFileSync(given.cert, own.cert + authority.cert);
  assert.deepEqual(await read({ given }), {
    key: own.key,
    cert: own.cert + authority.cert,
    ca: fingerprint(authority.cert),
  });
  writeFileSync(given.cert, own.cert);
  await refused(read({ given }), /does not reach its root/);
  writeFileSync(given.cert, 'nothing');
  await refused(read({ given }), /holds no certificate/);
  writeFileSync(given.cert, own.cert + authority.cert);
  writeFileSync(given.key, authority.key);
  await refused(read({ given }), /own\.crt: .*key/i);
});

/** Keys and tokens over a real store: single use, overlap, revocation, and what a stranger's guess costs. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CodedError, type ErrorCode } from '#contract';
import { openSqliteStore, type Store } from '#store';
import { openRegistry, type Registry, type RegistryOptions, TOKEN_LIFE } from './registry.ts';

const NOON = Date.UTC(2026, 2, 14, 12);

interface Bench {
  readonly registry: Registry;
  readonly store: Store;
  readonly folder: string;
  /** Calls of the store since the last look. */
  calls(): string[];
  set(now: number): void;
  reopen(): Promise<Registry>;
  /** The next write fails. */
  failNext(): void;
}

async function bench(t: TestContext): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-agents-'));
  const store = await openSqliteStore(join(folder, 'porchlight.db'));
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  let called: string[] = [];
  let failing = false;
  let now = NOON;
  const watched =
    <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> => {
      called.push(name);
      if (!failing) return call(...args);
      failing = false;
      return Promise.reject(new CodedError('STORE_FAILED', 'the disk is full.'));
    };
  const options: RegistryOptions = {
    store: {
      agents: watched('agents', store.agents),
      saveAgent: watched('saveAgent', store.saveAgent),
      redeemInvitation: watched('redeemInvitation', store.redeemInvitation),
      removeAgent: watched('removeAgent', store.removeAgent),
    },
    reserved: ['house', 'Phone'],
    now: () => now,
  };
  const registry = await openRegistry(options);
  return {
    registry,
    store,
    folder,
    calls() {
      const since = called;
      called = [];
      return since;
    },
    set: (at) => void (now = at),
    reopen: () => openRegistry(options),
    failNext: () => void (failing = true),
  };
}

const coded = (code: ErrorCode) => (error: unknown) => error instanceof CodedError && error.code === code;

async function enrolled(registry: Registry, name = 'attic'): Promise<string> {
  const { secret } = await registry.invite(name, false);
  return (await registry.redeem(secret)).key;
}

test('a token is good once, for one key, and a restart changes nothing', async (t) => {
  const { registry, reopen } = await bench(t);
  const { secret } = await registry.invite('attic', false);
  const both = await Promise.allSettled([registry.redeem(secret), registry.redeem(secret)]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const [first] = both;
  assert.equal(first.status, 'fulfilled');
  assert.equal(first.value.agent, 'attic');
  for (const one of [registry, await reopen()]) {
    assert.equal(one.identify(first.value.key)?.agent, 'attic');
    await assert.rejects(one.redeem(secret), coded('TOKEN'));
  }
});

test('a token ends after half an hour, and with the next one', async (t) => {
  const { registry, set } = await bench(t);
  const old = await registry.invite('attic', false);
  const { secret, expires } = await registry.invite('attic', false);
  assert.equal(expires, NOON + TOKEN_LIFE);
  assert.equal(TOKEN_LIFE, 30 * 60_000);
  await assert.rejects(registry.redeem(old.secret), coded('TOKEN'));
  set(expires);
  await assert.rejects(registry.redeem(secret), coded('TOKEN'));
  set(expires - 1);
  assert.equal((await registry.redeem(secret)).agent, 'attic');
});

test('a token survives a restart, and a disk that refused once', async (t) => {
  const { registry, reopen, failNext } = await bench(t);
  const { secret } = await registry.invite('attic', false);
  failNext();
  await assert.rejects(registry.redeem(secret), coded('STORE_FAILED'));
  assert.equal((await (await reopen()).redeem(secret)).agent, 'attic');
});

test('nothing that is kept is a key or a token', async (t) => {
  const { registry, store, folder } = await bench(t);
  const key = await enrolled(registry);
  const { secret } = await registry.invite('attic', true);
  const rotated = await registry.rotate({ agent: 'attic', key: registry.identify(key)?.key ?? '' });
  const kept = JSON.stringify(await store.agents());
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
  for (const hidden of [key, secret, rotated.key]) {
    assert.ok(hidden.length >= 43);
    for (const text of [kept, ...files]) assert.ok(!text.includes(hidden));
  }
});

test('ten thousand wrong keys and tokens ask the disk for nothing', async (t) => {
  const { registry, calls } = await bench(t);
  for (const name of ['attic', 'cellar', 'garage']) await enrolled(registry, name);
  await registry.invite('shed', false);
  calls();
  for (let n = 0; n < 10_000; n++) {
    assert.equal(registry.identify(`wrong key ${n}`), undefined);
    await assert.rejects(registry.redeem(`wrong token ${n}`), coded('TOKEN'));
  }
  assert.deepEqual(calls(), []);
});

test('rotation: both keys hold until the new one was used, and no more than two', async (t) => {
  const { registry, store, reopen } = await bench(t);
  const old = await enrolled(registry);
  const who = registry.identify(old);
  assert.ok(who !== undefined);
  const lost = await registry.rotate(who);
  const { key: fresh } = await registry.rotate(who);
  assert.equal(registry.identify(lost.key), undefined);
  registry.used(who);
  for (const one of [registry, await reopen()]) {
    assert.equal(one.identify(old)?.agent, 'attic');
    assert.equal(one.identify(fresh)?.agent, 'attic');
  }
  const newer = registry.identify(fresh);
  assert.ok(newer !== undefined);
  registry.used(newer);
  assert.equal(registry.identify(old), undefined);
  assert.equal(registry.identify(fresh)?.agent, 'attic');
  // What follows in its turn finds it written.
  await registry.askToRotate('attic');
  assert.deepEqual(
    (await store.agents())[0]?.keys.map(({ id }) => id),
    [newer.key],
  );
  await assert.rejects(registry.rotate(who), coded('UNAUTHORIZED'));
});

test('revoked is revoked at once, also where the disk refuses', async (t) => {
  const { registry, reopen, failNext } = await bench(t);
  const key = await enrolled(registry);
  await registry.invite('attic', true);
  failNext();
  const revoking = registry.revoke('attic');
  assert.equal(registry.identify(key), undefined);
  await assert.rejects(revoking, coded('STORE_FAILED'));
  assert.equal(registry.identify(key), undefined);
  await registry.revoke('attic');
  const again = await reopen();
  assert.equal(again.identify(key), undefined);
  assert.deepEqual([again.find('attic')?.revoked, again.find('attic')?.invitation], [true, null]);
});

test('a revoked agent can be invited again, with a new key only', async (t) => {
  const { registry } = await bench(t);
  const old = await enrolled(registry);
  await registry.revoke('attic');
  const fresh = await enrolled(registry);
  assert.equal(registry.identify(old), undefined);
  assert.equal(registry.identify(fresh)?.agent, 'attic');
  assert.equal(registry.find('attic')?.revoked, false);
});

test('enrolling again ends the old key with the use of the token, not before', async (t) => {
  const { registry } = await bench(t);
  const old = await enrolled(registry);
  await assert.rejects(registry.invite('attic', false), coded('AGENT_EXISTS'));
  const { secret } = await registry.invite('attic', true);
  assert.equal(registry.identify(old)?.agent, 'attic');
  const { key } = await registry.redeem(secret);
  assert.equal(registry.identify(old), undefined);
  assert.equal(registry.identify(key)?.agent, 'attic');
});

test('removed is gone, and the name is free', async (t) => {
  const { registry, reopen } = await bench(t);
  const key = await enrolled(registry);
  await registry.remove('attic');
  assert.equal(registry.identify(key), undefined);
  assert.deepEqual((await reopen()).entries(), []);
  assert.ok(await enrolled(registry));
  for (const act of [registry.revoke, registry.askToRotate, registry.remove])
    await assert.rejects(async () => act('nobody'), coded('NOT_FOUND'));
});

test('a removal that the disk refuses takes the key all the same, and can be asked for again', async (t) => {
  const { registry, failNext, reopen } = await bench(t);
  const key = await enrolled(registry);
  failNext();
  await assert.rejects(registry.remove('attic'), coded('STORE_FAILED'));
  assert.deepEqual([registry.identify(key), registry.find('attic')?.revoked], [undefined, true]);
  await registry.remove('attic');
  assert.deepEqual([registry.entries(), (await reopen()).entries()], [[], []]);
});

/** Each begins while the other is on its way to the disk. */
const races: readonly [what: string, end: (registry: Registry) => Promise<void>][] = [
  ['revoked', (registry) => registry.revoke('attic')],
  ['removed', (registry) => registry.remove('attic')],
];

for (const [what, end] of races) {
  test(`${what} while it enrols, changes its key or is invited again: no key is left`, async (t) => {
    const { registry, store } = await bench(t);
    const begin: readonly ((secret: string, key: string) => Promise<unknown>)[] = [
      (secret) => registry.redeem(secret),
      (_, key) => registry.rotate({ agent: 'attic', key: registry.identify(key)?.key ?? '' }),
      () => registry.invite('attic', true),
      () => registry.askToRotate('attic'),
    ];
    for (const start of begin) {
      const key = await enrolled(registry);
      const { secret } = await registry.invite('attic', true);
      const [begun] = await Promise.allSettled([start(secret, key), end(registry)]);
      const given =
        begun.status === 'fulfilled' ? (begun.value as { readonly key?: string } | undefined)?.key : undefined;
      assert.deepEqual([registry.identify(key), registry.identify(given ?? '')], [undefined, undefined]);
      for (const { keys, invitation } of [...registry.entries(), ...(await store.agents())])
        assert.deepEqual([keys, invitation], [[], null]);
    }
  });
}

for (const name of ['local', 'house', 'phone', '', '..', 'a/b', 'A', '-a', 'a'.repeat(64), 'a\nb', 'é']) {
  test(`no agent is called ${JSON.stringify(name.slice(0, 10))}`, async (t) => {
    const { registry } = await bench(t);
    await assert.rejects(registry.invite(name, false), CodedError);
    assert.deepEqual(registry.entries(), []);
  });
}

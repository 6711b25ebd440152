import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { tailShare } from '../file-tail/share.ts';
import { type Change, glob, globChanges } from './glob.ts';

async function rootWith(t: TestContext, names: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'glob-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const name of names) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await (name.endsWith('/') ? mkdir(join(root, name)) : writeFile(join(root, name), ''));
  }
  return root;
}

const cases: readonly (readonly [
  name: string,
  pattern: string,
  files: readonly string[],
  expected: readonly string[],
  followed?: readonly string[],
])[] = [
  ['names', '/log/*.log', ['log/a.log', 'log/b.log', 'log/c.txt', 'log/.d.log'], ['/log/a.log', '/log/b.log']],
  [
    'folders',
    '/log/*/access.log',
    ['log/a/access.log', 'log/b/access.log', 'log/access.log'],
    ['/log/a/access.log', '/log/b/access.log'],
  ],
  ['folders and names', '/*/x?.log', ['a/x1.log', 'b/x2.log', 'b/x.log'], ['/a/x1.log', '/b/x2.log']],
  ['a folder is no file', '/log/*', ['log/a/', 'log/b'], ['/log/b']],
  ['a name without wildcards behind them', '/log/*/here', ['log/a/here', 'log/b/'], ['/log/a/here']],
  ['nothing there', '/gone/*.log', [], []],
  ['compressed', '/log/*', ['log/a', 'log/a.1.gz', 'log/b.xz'], ['/log/a']],
  ['rotations of what matches', '/log/*', ['log/a', 'log/a.1', 'log/a-20261120', 'log/b.2'], ['/log/a', '/log/b.2']],
  ['rotations of what matched before', '/log/*', ['log/b.2'], [], ['/log/b']],
  ['a log for each day', '/log/app.log.*', ['log/app.log', 'log/app.log.2026-11-20'], ['/log/app.log.2026-11-20']],
  ['a log for each address', '/log/*', ['log/192.0.2.7', 'log/192.0.2.8'], ['/log/192.0.2.7', '/log/192.0.2.8']],
];
for (const [name, pattern, files, expected, followed = []] of cases) {
  test(`what a path stands for: ${name}`, async (t) => {
    const root = await rootWith(t, files);
    const found = glob(pattern, { root, now: Date.now, wasFollowed: (path) => followed.includes(path) });
    assert.deepEqual(await found.matches(), expected);
    assert.deepEqual(await found.matches(), expected);
  });
}

test('a link to a folder is not gone through, however it got there', async (t) => {
  const root = await rootWith(t, ['log/a/x.log', 'secret/x.log']);
  await symlink('../secret', join(root, 'log/evil'));
  assert.deepEqual(await glob('/log/*/x.log', { root, now: Date.now }).matches(), ['/log/a/x.log']);
});

test('what comes and goes while we look, also in folders that come later', async (t) => {
  const root = await rootWith(t, ['log/a/1.log']);
  const stop = new AbortController();
  const means = { root, now: Date.now, known: ['/log/a/1.log'], since: 0, poll: 10, share: tailShare() };
  const changes = globChanges('/log/*/*.log', means, stop.signal);
  const next = async (): Promise<Change> => (await changes.next()).value as Change;
  const steps: readonly (readonly [make: () => Promise<unknown>, appeared: string[], gone: string[]])[] = [
    [() => writeFile(join(root, 'log/a/2.log'), ''), ['/log/a/2.log'], []],
    [
      () => rename(join(root, 'log/a'), join(root, 'log/b')),
      ['/log/b/1.log', '/log/b/2.log'],
      ['/log/a/1.log', '/log/a/2.log'],
    ],
    [() => rm(join(root, 'log/b/1.log')), [], ['/log/b/1.log']],
  ];
  for (const [make, appeared, gone] of steps) {
    await make();
    const change = await next();
    assert.deepEqual([change.appeared, change.gone], [appeared, gone]);
  }
  stop.abort();
  assert.equal((await changes.next()).done, true);
});

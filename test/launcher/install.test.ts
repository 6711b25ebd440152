import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COUNTING_MAIN, makeCheckout, start, writeLock } from './checkout.ts';

const HELLO = `console.log('hello');`;
const INSTALLING = /Installing the packages/g;

function times(text: string): number {
  return [...text.matchAll(INSTALLING)].length;
}

test('the first start installs, the second does not', async (t) => {
  const root = makeCheckout(t, HELLO);
  const first = await start(t, root, ['parse']).ended;
  assert.equal(times(first.text), 1, first.text);
  assert.match(first.text, /hello/);
  assert.ok(existsSync(join(root, 'node_modules/lamp/package.json')));
  const second = await start(t, root, ['parse']).ended;
  assert.equal(second.text, 'hello\n');
});

test('a lockfile that was only touched installs nothing, one with other content installs', async (t) => {
  const root = makeCheckout(t, HELLO);
  await start(t, root, ['parse']).ended;
  utimesSync(join(root, 'package-lock.json'), new Date(), new Date());
  assert.equal((await start(t, root, ['parse']).ended).text, 'hello\n');
  writeLock(root, '1.0.1');
  assert.equal(times((await start(t, root, ['parse']).ended).text), 1);
});

test('packages that somebody installed by hand are adopted', async (t) => {
  const root = makeCheckout(t, HELLO);
  assert.equal(spawnSync('npm', ['ci'], { cwd: root }).status, 0);
  assert.equal((await start(t, root, ['parse']).ended).text, 'hello\n');
});

test('an install that was cut short is done again', async (t) => {
  const root = makeCheckout(t, HELLO);
  mkdirSync(join(root, 'node_modules/lamp'), { recursive: true });
  assert.equal(times((await start(t, root, ['parse']).ended).text), 1);
});

test('packages are never pulled from under a running process', async (t) => {
  const root = makeCheckout(t, COUNTING_MAIN);
  const server = start(t, root, ['up'], { node: 'other' });
  await server.saw('ready');
  writeFileSync(join(root, 'node_modules/canary'), '');
  writeLock(root, '2.0.0');
  const second = await start(t, root, ['top']).ended;
  assert.equal(second.code, 1);
  assert.match(
    second.text,
    /^porchlight: The packages have changed, but Porchlight runs from this folder \(process \d+: up\).*\n$/,
  );
  assert.ok(existsSync(join(root, 'node_modules/canary')));

  server.child.kill('SIGTERM');
  await server.ended;
  const third = start(t, root, ['up']);
  await third.saw('ready');
  assert.ok(!existsSync(join(root, 'node_modules/canary')));
});

test('two first starts at once install once, and both run', async (t) => {
  const root = makeCheckout(t, HELLO);
  const ends = await Promise.all([start(t, root, ['parse']).ended, start(t, root, ['parse']).ended]);
  const text = ends.map((end) => end.text).join('');
  assert.equal(times(text), 1, text);
  assert.equal(text.match(/hello/g)?.length, 2, text);
});

test('the lock and the mark of a process that died are broken', async (t) => {
  const root = makeCheckout(t, HELLO);
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  const mark = JSON.stringify({ pid: dead.pid, started: '1', command: 'up' });
  mkdirSync(join(root, '.cache/running'), { recursive: true });
  writeFileSync(join(root, '.cache/install.lock'), mark);
  writeFileSync(join(root, `.cache/running/${dead.pid}`), mark);
  const { text, code } = await start(t, root, ['parse']).ended;
  assert.equal(code, 0, text);
  assert.deepEqual(readdirSync(join(root, '.cache')).toSorted(), ['compiled', 'install.log', 'running']);
  assert.deepEqual(readdirSync(join(root, '.cache/running')), []);
});

test(
  'a mark whose number now belongs to another process does not count',
  { skip: process.platform !== 'linux' && 'no /proc' },
  async (t) => {
    const root = makeCheckout(t, HELLO);
    mkdirSync(join(root, '.cache/running'), { recursive: true });
    writeFileSync(
      join(root, `.cache/running/${process.pid}`),
      JSON.stringify({ pid: process.pid, started: '1', command: 'up' }),
    );
    assert.equal((await start(t, root, ['parse']).ended).code, 0);
  },
);

test('an interrupted install leaves no lock, and the next start finishes it', async (t) => {
  const root = makeCheckout(t, HELLO);
  const run = start(t, root, ['parse']);
  await run.saw('Installing');
  run.child.kill('SIGINT');
  assert.notEqual((await run.ended).code, 0);
  assert.ok(!existsSync(join(root, '.cache/install.lock')));
  assert.match((await start(t, root, ['parse']).ended).text, /hello/);
});

test('a failed install is one line that says why', async (t) => {
  const root = makeCheckout(t, HELLO);
  rmSync(join(root, 'package.json'));
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ name: 'house', version: '1.0.0', dependencies: { other: 'file:nowhere' } }),
  );
  const { code, text } = await start(t, root, ['parse']).ended;
  assert.equal(code, 1);
  assert.match(
    text.split('\n')[1] ?? '',
    /^porchlight: npm could not install the packages: .+ \(all of it: .+install\.log\)$/,
  );
  assert.equal(text.trimEnd().split('\n').length, 2, text);
});

/** Machines that this one can only pretend to be. */
const FOREIGN = [
  {
    platform: 'darwin',
    arch: 'arm64',
    version: '20.1.0',
    says: /Node 24\.7 or newer is needed; this is 20\.1\.0, and there is no packaged one for darwin-arm64/,
  },
  { platform: 'linux', arch: 'arm', version: '22.0.0', says: /no packaged one for linux-arm\b/ },
  { platform: 'linux', arch: 'x64', version: '24.6.9', says: /npm left out the packaged Node/ },
];

for (const { platform, arch, version, says } of FOREIGN) {
  test(`${platform}-${arch} with Node ${version} gets one clear line`, async (t) => {
    const root = makeCheckout(t, HELLO);
    const pretend = join(root, 'pretend.mjs');
    writeFileSync(
      pretend,
      `Object.defineProperty(process, 'platform', { value: '${platform}' });
       Object.defineProperty(process, 'arch', { value: '${arch}' });
       Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );
    const { code, text } = await start(t, root, ['up'], { env: { NODE_OPTIONS: `--import ${pretend}` } }).ended;
    assert.equal(code, 1);
    assert.match(text, says);
    assert.doesNotMatch(text, /hello|^ {4}at /m);
  });
}

test('the launcher loads nothing but itself and Node before the packages are there', () => {
  const launch = join(import.meta.dirname, '../../launch');
  for (const name of readdirSync(launch).filter((file) => file.endsWith('.mjs') && file !== 'inside.mjs')) {
    for (const [, from = ''] of readFileSync(join(launch, name), 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g)) {
      assert.match(from, /^(node:|\.\/)/, `${name} imports ${from}`);
    }
  }
});

/** The honeypot's process: what it may do, how it begins and ends, and that it waits for whoever reads. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { CodedError } from '#contract';
import { honeypot } from '#sources';
import { until } from '../e2e/waiting.ts';
import { action, alive, parse, settings, start, TAG, visitor } from './started.ts';

const linux = process.platform === 'linux';
const proc = (pid: number, name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');

/** A script that does something and then becomes Node: it stands in Node's place. */
function witness(
  t: TestContext,
  does: (folder: string) => string,
): { readonly path: string; read(name: string): string } {
  const folder = mkdtempSync(join(tmpdir(), 'honeypot-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'witness');
  writeFileSync(path, `#!/bin/sh\n${does(folder)} ${process.execPath} "$@"\n`, { mode: 0o700 });
  return { path, read: (name) => readFileSync(join(folder, name), 'utf8') };
}

test('honeypot process: as root it becomes nobody, in no group, with no capability', async (t) => {
  const root = process.getuid?.() === 0 && linux;
  const grouped = witness(t, () => 'exec setpriv --groups 4,24,27');
  const pot = await start({}, root ? { nodePath: grouped.path } : {});
  t.after(() => pot.stop());
  assert.equal(pot.uid, process.getuid?.() === 0 ? 65534 : process.getuid?.());
  if (!root) return;
  const status = proc(pot.pid, 'status');
  assert.match(status, /^Uid:\s+65534\s+65534\s+65534\s+65534$/m);
  assert.match(status, /^Gid:\s+65534\s+65534\s+65534\s+65534$/m);
  assert.match(status, /^Groups:\s*$/m);
  assert.match(status, /^CapEff:\s+0+$/m);
});

test(
  'honeypot process: no environment, no path and no setting on its command line',
  { skip: !linux && 'reads /proc' },
  async (t) => {
    const noting = witness(
      t,
      (folder) => `cat /proc/$$/environ >${folder}/environ; cat /proc/$$/cmdline >${folder}/cmdline\nexec`,
    );
    process.env['CANARY'] = 'canary-env';
    const pot = await start({ name: 'canary-name', exempt: ['198.51.100.77'] }, { nodePath: noting.path });
    delete process.env['CANARY'];
    await pot.stop();
    assert.equal(noting.read('environ'), '');
    const command = noting.read('cmdline');
    assert.match(command, /--permission\0.*--jitless\0/s);
    assert.doesNotMatch(command, /canary|198\.51|--allow-|file:|\.db/);
  },
);

test('honeypot process: small, also after visits', { skip: !linux && 'memory is read from /proc' }, async (t) => {
  const pot = await start();
  t.after(() => pot.stop());
  for (let n = 0; n < 30; n++) {
    const guest = await visitor(pot.port);
    guest.socket.end('root\nvizxv\n');
    await guest.closed;
  }
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(proc(pot.pid, 'status')) ?? [];
  assert.ok(Number(kilobytes) <= 50 * 1024, `${kilobytes} kB resident`);
});

test('honeypot process: a port that is taken is one clear error with the way out', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  assert.ok(typeof address === 'object' && address !== null);
  await assert.rejects(start({ port: address.port }), (error) => {
    assert.ok(error instanceof CodedError);
    assert.equal(error.code, 'HONEYPOT_PORT_IN_USE');
    assert.equal(error.detail, `127.0.0.1:${address.port}`);
    return true;
  });
  other.close();
});

test('honeypot process: what cannot work is said, not tried', async () => {
  await assert.rejects(start({ exempt: ['scanner.lan'] }), /honeypot\.exempt: 'scanner\.lan' is neither/);
  await assert.rejects(start({ host: '192.0.2.77' }), /cannot listen on 192\.0\.2\.77:0/);
  await assert.rejects(start({}, { nodePath: '/nowhere/node' }), /ENOENT/);
  await assert.rejects(start({}, { nodePath: '/bin/false' }), /The honeypot process ended with 1/);
});

test('honeypot process: its death is an error, and visits go with it', async () => {
  const pot = await start();
  const guest = await visitor(pot.port);
  await guest.hears('login: ');
  process.kill(pot.pid, 'SIGKILL');
  await assert.rejects(
    pot.find(() => false),
    /The honeypot process ended with a signal/,
  );
  await guest.closed;
});

test('honeypot process: on abort it tells how the open visits ended, and is gone', async () => {
  const pot = await start();
  const guest = await visitor(pot.port);
  guest.socket.write('root\nvizxv\nhalf');
  await pot.find(action('login-attempt'));
  const records = await pot.stop();
  assert.equal(alive(pot.pid), false);
  assert.deepEqual(
    records.map((record) => record['event.action']),
    ['connection-opened', 'login-attempt', 'input', 'connection-closed'],
  );
  assert.equal(records.at(-1)?.['event.reason'], 'shutdown');
  await guest.closed;
});

test('honeypot process: an aborted signal starts nothing; Ctrl-C is left to the parent', async () => {
  const options = { config: settings(), tag: TAG, now: Date.now, onListening: () => assert.fail('It listens.') };
  for await (const _ of honeypot(options, AbortSignal.abort())) assert.fail('A record.');
  const pot = await start();
  process.kill(pot.pid, 'SIGINT');
  process.kill(pot.pid, 'SIGHUP');
  const guest = await visitor(pot.port);
  await guest.hears('login: ');
  await pot.stop();
});

test('honeypot process: whoever stops asking ends it too', async () => {
  const found = Promise.withResolvers<number>();
  let pid = 0;
  const options = { config: settings(), tag: TAG, now: Date.now, failDelay: 1 };
  const stream = honeypot(
    { ...options, onStarted: (id) => (pid = id), onListening: ({ port }) => found.resolve(port) },
    new AbortController().signal,
  );
  const first = stream[Symbol.asyncIterator]();
  const next = first.next();
  const guest = await visitor(await found.promise);
  assert.equal((await next).done, false);
  await first.return?.();
  assert.equal(alive(pid), false);
  await guest.closed;
});

test('honeypot process: a parent that is killed leaves no orphan', async () => {
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module-typescript',
      '-e',
      `import { start } from ${JSON.stringify(import.meta.resolve('./started.ts'))};
       const pot = await start();
       console.log(pot.pid + ' ' + pot.port);`,
    ],
    { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const [pid = 0, port = 0] = line.split(' ').map(Number);
  assert.ok(alive(pid));
  const guest = await visitor(port);
  await guest.hears('login: ');
  parent.kill('SIGKILL');
  // The child closes its visits as the last thing it does.
  await guest.closed;
  await until('the child is gone', () => !alive(pid));
});

test('honeypot process: it waits for whoever does not read, and then loses nothing', async () => {
  const ending = new AbortController();
  const found = Promise.withResolvers<number>();
  const stream = honeypot(
    {
      config: settings({ max_per_address: 200 }),
      tag: TAG,
      now: Date.now,
      onListening: ({ port }) => found.resolve(port),
    },
    ending.signal,
  )[Symbol.asyncIterator]();
  const first = stream.next();
  const port = await found.promise;
  const calling = async (): Promise<boolean> => {
    const guest = await visitor(port);
    const welcome = await guest.hears('login: ').then(
      () => true,
      () => false,
    );
    guest.socket.destroy();
    return welcome;
  };
  let visits = 1;
  assert.ok(await calling());
  const seen = [await first];
  // Nobody asks now: pipe, parent and outbox fill, and then it takes no more visitors.
  while (await calling()) assert.ok(++visits < 5000, 'It never stops taking visitors.');
  let opened = 0;
  let refused = 0;
  for (;;) {
    const next = seen.pop() ?? (await stream.next());
    if (next.done === true) break;
    const records = next.value.map(parse);
    opened += records.filter(action('connection-opened')).length;
    for (const sum of records.filter(action('connections-refused')))
      refused += Number(sum['porchlight.honeypot.refused_busy']);
    if (refused > 0) ending.abort();
  }
  assert.deepEqual({ opened, refused }, { opened: visits, refused: 1 });
});

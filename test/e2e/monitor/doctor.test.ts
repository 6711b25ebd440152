/** `porchlight doctor`: 0 where all is well or could be better, 1 where something wants mending, with what to do. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type House, openHouse } from '../house.ts';

let house: House;

before(async () => {
  house = await openHouse();
});
after(() => house.close());

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly text: string;
  readonly next?: string;
}

async function examine(): Promise<{ readonly code: number; readonly findings: ReadonlyMap<string, Finding> }> {
  const { code, out, err } = await house.shell('./porchlight doctor --json');
  assert.equal(err, '');
  const lines = out.trimEnd().split('\n');
  return { code, findings: new Map(lines.map((line) => JSON.parse(line) as Finding).map((one) => [one.name, one])) };
}

test('a new machine without a log: 0, and it says what is not seen', async () => {
  const { code, findings } = await examine();
  assert.equal(code, 0);
  assert.equal(findings.get('Logins')?.state, 'look');
  assert.match(findings.get('Server')?.text ?? '', /^does not run; port \d+ is free/);
  const { out } = await house.shell('./porchlight doctor');
  assert.match(out, /waiting +\/var\/log\/auth\.log: Not there\./);
  assert.match(out, /Nothing wants mending\.\n$/);
});

test('another program on our port: 1, and how to go on', async () => {
  const other = createServer((socket) => socket.destroy()).listen(house.port, '127.0.0.1');
  await once(other, 'listening');
  const { code, findings } = await examine();
  other.close();
  assert.equal(code, 1);
  const { state, text, next } = findings.get('Server') ?? {};
  assert.equal(state, 'broken');
  assert.match(text ?? '', /another program listens there/);
  assert.match(next ?? '', /--port/);
});

test('a setting that is misspelled: 1, with its line', async () => {
  const extra = join(house.folder, 'wrong.yaml');
  writeFileSync(extra, 'honeypott: { enabled: false }\n');
  const { code, out } = await house.shell(`./porchlight doctor --config ${extra}`);
  assert.equal(code, 1);
  assert.match(out, /wrong\.yaml:1.*honeypott/);
  assert.match(out, /honeypot\b/);
});

test('a rule that cannot be read: 1, with its file', async () => {
  const rules = join(house.folder, 'rules');
  mkdirSync(rules);
  writeFileSync(join(rules, 'broken.yml'), 'title: x\ndetection: [\n');
  const own = join(house.folder, 'own.yaml');
  writeFileSync(own, `rules: { folders: [${rules}] }\nhoneypot: { enabled: false }\nhttp: { port: ${house.port} }\n`);
  const { code, out } = await house.shell(`./porchlight doctor --config ${own}`);
  assert.equal(code, 1);
  assert.match(out, /broken\.yml.* is refused/);
  rmSync(rules, { recursive: true });
});

test('beside a running server: 0, with what that one says of its sources', async () => {
  writeFileSync(house.authLog, '');
  const up = await house.up('--quiet --interval 1');
  const { code, findings } = await examine();
  assert.equal(code, 0);
  assert.match(findings.get('Server')?.text ?? '', /^Porchlight [\d.]+ runs at /);
  assert.equal(findings.get('/var/log/auth.log')?.state, 'ok');
  assert.match(findings.get('monitor')?.text ?? '', /looks at this machine every 1 s/);
  assert.equal(findings.has('Logins'), false);
  assert.equal(await up.stop(), 0);
});

test('a store whose bytes were changed: 1', async () => {
  for (const rest of ['-wal', '-shm']) rmSync(join(house.data, `porchlight.db${rest}`), { force: true });
  writeFileSync(join(house.data, 'porchlight.db'), 'this is no database, whatever it was');
  const { code, findings } = await examine();
  assert.equal(code, 1);
  assert.equal(findings.get('Store')?.state, 'broken');
  assert.notEqual(findings.get('Store')?.next, undefined);
});

/** The command over real servers on this machine: what it sends, says, and ends with. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runLine } from '../cli.fixture.ts';

const TOKEN = '42:canary-token';

async function catcher(context: TestContext, status: number): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(status).end(JSON.stringify({ ok: status === 200 }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

async function run(context: TestContext, config: string, argv: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-notify-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'porchlight.yaml'), config);
  const said = await runLine([...argv, '--data', folder]);
  assert.ok(!`${said.out}${said.err}`.includes(TOKEN), 'the token is nowhere');
  return said;
}

const configOf = (telegram: string, ntfy: string): string =>
  `host: { name: nas }\nnotify:\n  telegram: { token: '${TOKEN}', chat_id: 7, api: '${telegram}' }\n  ntfy: { url: '${ntfy}/topic' }\n`;

test('each channel gets a message and says what came of it', async (context) => {
  const [telegram, ntfy] = [await catcher(context, 200), await catcher(context, 200)];
  const { code, out } = await run(context, configOf(telegram.url, ntfy.url), ['notify', 'test']);
  assert.deepEqual([code, out], [0, 'ntfy       taken\ntelegram   taken\n']);
  assert.match(telegram.bodies[0] ?? '', /Porchlight on nas can reach you/);
  assert.match(ntfy.bodies[0] ?? '', /Porchlight on nas can reach you/);
});

test('one that refuses is named with the reason, the other still gets its message; exit 1', async (context) => {
  const [telegram, ntfy] = [await catcher(context, 401), await catcher(context, 200)];
  const { code, out } = await run(context, configOf(telegram.url, ntfy.url), ['notify', 'test']);
  assert.equal(code, 1);
  assert.match(out, /^ntfy {7}taken\ntelegram {3}NOT TAKEN: Telegram answered 401: it does not know the token/);
});

test('one channel alone, as JSON', async (context) => {
  const [telegram, ntfy] = [await catcher(context, 200), await catcher(context, 404)];
  const { code, out } = await run(context, configOf(telegram.url, ntfy.url), ['notify', 'test', 'ntfy', '--json']);
  assert.equal(code, 1);
  const reason = 'ntfy answered 404: there is no such topic: see notify.ntfy.url';
  assert.deepEqual(JSON.parse(out), { channel: 'ntfy', taken: false, reason, dead: true });
  assert.deepEqual(telegram.bodies, []);
});

/** [arguments, exit code, what is said] */
const WRONG: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['http: {}', ['test'], 1, /No channel is configured.*porchlight\.yaml/],
  [
    configOf('http://127.0.0.1:1', 'http://127.0.0.1:1'),
    ['test', 'pager'],
    2,
    /"pager" is not configured; there is ntfy, telegram/,
  ],
  ['http: {}', ['send'], 2, /there is no "send"; it is test/],
  ['notify: { telegram: { token: x } }', ['test'], 3, /notify\.telegram\.token: a token looks like/],
];

for (const [config, args, code, says] of WRONG) {
  test(`notify ${args.join(' ')} ends with ${code}`, async (context) => {
    const result = await run(context, config, ['notify', ...args]);
    assert.equal(result.code, code);
    assert.match(result.err, says);
  });
}

test('what is in force is shown without its secrets', async (context) => {
  const mail = "{ host: mail.example.net, user: anna, password: 'canary', from: a@example.net, to: [b@example.net] }";
  const { out } = await run(context, `${configOf('http://127.0.0.1:1', 'http://127.0.0.1:1')}  email: ${mail}\n`, [
    'config',
    'show',
  ]);
  assert.ok(out.includes('user: anna') && !out.includes('canary'), out);
});

/** What an attacker wrote never reaches a terminal raw: not from `up`, `tail`, `search`, `alerts`, `parse`, nor from our own logs. */
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type House, logLine, openHouse, type Up } from '../house.ts';
import type { Terminal } from '../terminal.ts';
import { until } from '../waiting.ts';
import { CONTROLS, RAW } from './words.ts';

let house: House;
let up: Up;
const tails: Terminal[] = [];

/** Everything that could carry the text: fields, a field's name, lines of a file, an alert's sentence, a visit. */
async function attack(text: string): Promise<void> {
  const record = { host: `h${text}`, program: `p${text}`, message: `posted ${text}`, user: text, [`f${text}`]: text };
  await house.client.call('postLogs', { body: record });
  const line = text.replaceAll(/[\r\n]/g, ' ');
  const guesses = Array.from({ length: 20 }, (_, n) =>
    logLine('sshd[77]', `Failed password for u${line} from 203.0.113.${text.length} port ${4000 + n} ssh2`),
  );
  appendFileSync(house.authLog, guesses.join(''));
  const added = { host: 'nas', 'event.action': 'user_added', 'event.outcome': 'success', 'labels.product': 'linux' };
  await house.client.call('postLogs', { body: { ...added, 'user.name': `new${text}`, 'user.id': '1001' } });
}

before(async () => {
  house = await openHouse();
  writeFileSync(house.authLog, '');
  up = await house.up();
  tails.push(house.terminal('./porchlight tail', 400), house.terminal('./porchlight tail --json', 400));
  await until('both follow', async () =>
    /^porchlight_stream_clients 2$/m.test(await (await fetch(`${house.url}/metrics`)).text()),
  );
  for (const [, text] of CONTROLS) await attack(text);
  const socket = connect(house.honeypotPort, '127.0.0.1');
  socket.write('\u001b[31mroot\u009b2J\r\nsecret\u202e\r\n');
  socket.on('data', () => undefined);
  await until('the visit is told', async () => (await house.count('event.action:login-attempt')) === 1);
  socket.destroy();
  await house.client.call('postLogs', { body: { host: 'nas', message: 'the last line' } });
});
after(() => house.close());

function assertClean(what: string, shown: string): void {
  const at = shown.search(RAW);
  const around = JSON.stringify(shown.slice(Math.max(0, at - 60), at + 20));
  assert.equal(at, -1, `${what}: a raw U+${shown.codePointAt(at)?.toString(16)} in ${around}`);
}

test('up on a terminal', async () => {
  await until('events are printed', () => /posted|\[LOG\] \+/.test(up.terminal.screen()));
  assertClean('up', up.terminal.screen());
  assert.doesNotMatch(up.terminal.screen(), /^\[LOG\] forged line/m);
});

for (const [at, name] of ['tail', 'tail --json'].entries()) {
  test(`${name} on a terminal`, async () => {
    const tail = tails[at];
    assert.ok(tail);
    await tail.shows('the last line');
    assertClean(name, tail.screen());
    assert.doesNotMatch(tail.screen(), /^\[LOG\] forged line/m);
  });
}

const COMMANDS: readonly (readonly [command: string, shows: string])[] = [
  ["./porchlight search -n 1000 ''", 'posted'],
  ["./porchlight search -n 1000 --json ''", 'posted'],
  ['./porchlight alerts list', 'SSH logins on nas'],
  ['./porchlight alerts list --status all --json', 'SSH logins on nas'],
  ["./porchlight alerts ack 1 --note 'red \u001b[31m \u202e'", 'is acknowledged'],
  ["./porchlight search 'red \u001b[31m\u009b2J \u202e ('", 'query'],
  ['./porchlight no-such-\u001b[31m\u009b', 'no command'],
  ["./porchlight alerts list --level 'x\u001b]52;c;QQ==\u0007'", '--level'],
];

for (const [command, shows] of COMMANDS) {
  test(`${JSON.stringify(command)} on a terminal and into a pipe`, async () => {
    const terminal = house.terminal(command, 400);
    await terminal.ended;
    assert.ok(terminal.screen().includes(shows), terminal.screen().slice(0, 2000));
    assertClean(command, terminal.screen());
    const { out, err } = await house.shell(command);
    assert.ok((out + err).includes(shows));
    assertClean(command, out + err);
  });
}

test('parse escapes in JSON, and what it says is what was written', async () => {
  const texts = CONTROLS.map(([, text]) => text.replaceAll(/[\r\n]/g, ' '));
  const path = join(house.folder, 'hostile.log');
  writeFileSync(path, texts.map((text) => logLine('sshd[7]', text)).join(''));
  const { code, out } = await house.shell(`./porchlight parse ${path}`);
  assert.equal(code, 0);
  assertClean('parse', out);
  const messages = out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message);
  // A file has no lone surrogates: writing it as UTF-8 has replaced them.
  assert.deepEqual(
    messages,
    texts.map((text) => text.toWellFormed()),
  );
  const explained = await house.shell(`./porchlight parse --explain "$(head -n 5 ${path} | tail -n 1)"`);
  assertClean('parse --explain', explained.out + explained.err);
});

test('what is refused says so without repeating it raw', async () => {
  for (const path of ['/api/events?q=%1b%5b31m(', '/api/alerts/%1b%5b31m', '/%1b%5b2J', '/api/events?from=%9b'])
    await fetch(house.url + path);
  await fetch(`${house.url}/api/logs`, { method: 'POST', body: '\u001b[31m' });
  await fetch(`${house.url}/api/health`, { headers: { authorization: 'Bearer \u009b' } });
  assert.equal((await house.client.call('health')).status, 'ok');
  assertClean('the server', up.terminal.screen());
});

/** Visits to a real honeypot process: what is recorded, and the caps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HoneypotConfig } from '#contract';
import { action, type HoneypotRecord, start, visitor } from './started.ts';

test('honeypot: a visit is told from hello to goodbye, in ECS names and in words', async () => {
  const pot = await start();
  const guest = await visitor(pot.port);
  const sourcePort = guest.socket.localPort;
  await guest.hears('router login: ');
  guest.socket.write('root\r\nvizxv\r\n');
  await guest.hears('Login incorrect\r\nrouter login: ');
  guest.socket.end();
  await pot.find(action('connection-closed'));
  const records = await pot.stop();

  const common = {
    'event.kind': 'event',
    'event.dataset': 'porchlight.honeypot',
    'labels.product': 'porchlight',
    'labels.service': 'honeypot',
    'labels.category': 'honeypot',
    'network.protocol': 'telnet',
    'network.transport': 'tcp',
    'network.direction': 'inbound',
    'source.ip': '127.0.0.1',
    'source.port': sourcePort,
    'destination.ip': '127.0.0.1',
    'destination.port': pot.port,
  };
  const [opened, attempt, closed] = records;
  assert.equal(records.length, 3);
  for (const record of records) {
    for (const [field, value] of Object.entries(common)) assert.equal(record[field], value, field);
    assert.match(String(record['@timestamp']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(record['porchlight.honeypot.session'], opened?.['porchlight.honeypot.session']);
  }
  assert.deepEqual(
    [opened?.['event.action'], opened?.['event.category'], opened?.['event.type']],
    ['connection-opened', ['network'], ['connection', 'start']],
  );
  assert.equal(opened?.['message'], '127.0.0.1 connected to the Telnet honeypot');
  assert.deepEqual(
    [attempt?.['event.action'], attempt?.['event.category'], attempt?.['event.outcome']],
    ['login-attempt', ['authentication'], 'failure'],
  );
  assert.deepEqual([attempt?.['user.name'], attempt?.['porchlight.honeypot.password']], ['root', 'vizxv']);
  assert.equal(attempt?.['message'], '127.0.0.1 tried root with vizxv over Telnet');
  assert.deepEqual(
    [closed?.['event.action'], closed?.['event.reason'], closed?.['source.bytes']],
    ['connection-closed', 'left', 13],
  );
  assert.ok(Number(closed?.['event.duration']) >= 0);
  assert.match(String(closed?.['message']), /^127\.0\.0\.1 left after \d+\.\d s$/);
});

test('honeypot: after three wrong passwords the visitor is sent away', async () => {
  const pot = await start();
  const guest = await visitor(pot.port);
  guest.socket.write('root\nroot\nroot\nadmin\nroot\n1234\nroot\nmore\n');
  await guest.closed;
  const records = await pot.stop();
  assert.equal(records.filter(action('login-attempt')).length, 3);
  assert.equal(records.find(action('connection-closed'))?.['event.reason'], 'attempts');
});

const strangers: readonly { name: string; bytes: string; spoke: string | undefined; input: RegExp }[] = [
  {
    name: 'a browser',
    bytes: 'GET /cgi-bin/ HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n',
    spoke: 'http',
    input: /^GET \/cgi-bin\/ HTTP\/1\.1\\x0d\\x0aHost/,
  },
  { name: 'an SSH client', bytes: 'SSH-2.0-Go\r\n', spoke: 'ssh', input: /^SSH-2\.0-Go\\x0d\\x0a$/ },
  { name: 'a TLS client', bytes: '\x16\x03\x01\x00\x05\x01\x00\x00\x01\xff', spoke: 'tls', input: /^\\x16\\x03\\x01/ },
  { name: 'an unfinished name', bytes: 'admin', spoke: undefined, input: /^admin$/ },
];

for (const { name, bytes, spoke, input } of strangers) {
  test(`honeypot: ${name} is recorded as input`, async () => {
    const pot = await start();
    const guest = await visitor(pot.port);
    guest.socket.end(Buffer.from(bytes, 'latin1'));
    await guest.closed;
    const records = await pot.stop();
    assert.deepEqual(
      records.map((record) => record['event.action']),
      ['connection-opened', 'input', 'connection-closed'],
    );
    assert.equal(records[1]?.['porchlight.honeypot.spoke'], spoke);
    assert.match(String(records[1]?.['porchlight.honeypot.input']), input);
  });
}

test('honeypot: a port scan that says nothing is told as such', async () => {
  const pot = await start();
  const guest = await visitor(pot.port);
  await pot.find(action('connection-opened'));
  guest.socket.resetAndDestroy();
  const closed = await pot.find(action('connection-closed'));
  await pot.stop();
  assert.equal(closed['source.bytes'], 0);
  assert.match(String(closed['message']), /without a word$/);
});

test('honeypot: hostile bytes arrive escaped, on one line', async () => {
  const pot = await start();
  const guest = await visitor(pot.port);
  guest.socket.write('\u001b]0;x\u0007{"a":1}\r\n<script>\u202e\r\n');
  const attempt = await pot.find(action('login-attempt'));
  await pot.stop();
  assert.equal(attempt['user.name'], '\\x1b]0;x\\x07{"a":1}');
  assert.equal(attempt['porchlight.honeypot.password'], '<script>\\u{202e}');
});

const CAPS: readonly (readonly [cap: Partial<HoneypotConfig>, said: string, reason: string])[] = [
  [{ max_bytes: 64 }, 'x'.repeat(1000), 'byte-limit'],
  [{ max_seconds: 1 }, '', 'time-limit'],
];

for (const [cap, said, reason] of CAPS) {
  test(`honeypot: ${Object.keys(cap).join()} ends a visit`, async () => {
    const pot = await start(cap);
    const guest = await visitor(pot.port);
    guest.socket.write(said);
    await guest.closed;
    const closed = (await pot.stop()).filter(action('connection-closed'));
    assert.deepEqual(
      closed.map((record) => record['event.reason']),
      [reason],
    );
  });
}

test('honeypot: caps per address and in all; refusals come as one sum', async () => {
  const pot = await start({ max_per_address: 2, max_connections: 3 });
  const from = async (address: string): Promise<boolean> => {
    const guest = await visitor(pot.port, address);
    return guest.hears('login: ').then(
      () => true,
      () => false,
    );
  };
  const welcome: boolean[] = [];
  for (const address of ['127.0.0.2', '127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.4'])
    welcome.push(await from(address));
  assert.deepEqual(welcome, [true, true, false, true, false]);
  const refused = await pot.find(action('connections-refused'));
  await pot.stop();
  assert.deepEqual(
    [
      refused['porchlight.honeypot.refused'],
      refused['porchlight.honeypot.refused_address'],
      refused['porchlight.honeypot.refused_total'],
    ],
    [2, 1, 1],
  );
  assert.deepEqual(refused['related.ip'], ['127.0.0.2', '127.0.0.4']);
  assert.equal(refused['source.ip'], undefined);
});

test('honeypot: exempt addresses are answered and not reported', async () => {
  const pot = await start({ exempt: ['127.0.0.8/31'], max_per_address: 1 });
  const scanner = await visitor(pot.port, '127.0.0.9');
  await scanner.hears('router login: ');
  scanner.socket.write('root\nroot\n');
  await scanner.hears('Login incorrect');
  const refused = await visitor(pot.port, '127.0.0.9');
  await refused.closed;
  const other = await visitor(pot.port, '127.0.0.10');
  await other.hears('router login: ');
  const records = await pot.stop();
  const told = (record: HoneypotRecord): string => `${String(record['source.ip'])} ${String(record['event.action'])}`;
  assert.deepEqual(records.map(told), ['127.0.0.10 connection-opened', '127.0.0.10 connection-closed']);
});

test('honeypot: a visitor who never reads is cut off before the answers pile up', async () => {
  const pot = await start({ max_bytes: 20_000_000 });
  const guest = await visitor(pot.port);
  guest.socket.pause();
  // A control key and its rub out are 2 bytes of input and 8 of answer: 32 MB, more than the system's own buffers hold.
  guest.socket.write('\x01\x7f'.repeat(4_000_000));
  const closed = await pot.find(action('connection-closed'));
  guest.socket.destroy();
  await pot.stop();
  assert.equal(closed['event.reason'], 'not-reading');
});

/**
 * A house whose router speaks syslog: its lines arrive by UDP and TCP, from logger(1) and, where there is one, from rsyslog, become events under
 * the router's name, raise an alert, and each sender is a row among the sources.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { freePort, type House, openHouse } from './house.ts';
import { until } from './waiting.ts';

const run = promisify(execFile);
const HERE = '127.0.0.1';
const RSYSLOGD = '/usr/sbin/rsyslogd';

async function houseWithSyslog(t: TestContext): Promise<{ readonly house: House; readonly port: number }> {
  const port = await freePort();
  const place = `${HERE}:${port}`;
  const house = await openHouse([`sources: { syslog: { udp: '${place}', tcp: '${place}', timezone: UTC } }`]);
  t.after(() => house.close());
  await house.up();
  return { house, port };
}

async function datagram(port: number, text: string, from = HERE): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, from);
  await once(socket, 'listening');
  await new Promise((resolve) => socket.send(text, port, HERE, resolve));
  socket.close();
}

const stamp = (): string =>
  new Date()
    .toUTCString()
    .replace(
      /^\w+, (\d\d) (\w+) \d+ ([\d:]+) GMT$/,
      (_, day: string, month: string, time: string) => `${month} ${day.replace(/^0/, ' ')} ${time}`,
    );

test('a router’s lines become events under its name; what comes from nowhere else is under its address', async (t) => {
  const { house, port } = await houseWithSyslog(t);
  const line = `<38>${stamp()} router dropbear[811]: Bad password attempt for 'root' from 203.0.113.7:40022`;
  await datagram(port, line, '127.0.0.9');
  await datagram(port, '<30>link is up', '127.0.0.9');
  const { items } = await until('both are stored', async () => {
    const found = await house.client.call('listEvents', {
      query: { q: '-event.dataset:porchlight.snapshot', limit: 10 },
    });
    return found.items.length === 2 && found;
  });
  const [attack] = items.filter((event) => event['process.name'] === 'dropbear');
  assert.equal(attack?.['host.name'], 'router');
  assert.equal(attack?.['source.ip'], '203.0.113.7');
  assert.equal(attack?.['event.outcome'], 'failure');
  // Of this hour and year, though it said neither year nor zone.
  assert.ok(Math.abs(Date.parse(String(attack?.['@timestamp'])) - Date.now()) < 1_200_000);
  const [plain] = items.filter((event) => event['message'] === 'link is up');
  assert.equal(plain?.['host.name'], '127.0.0.9');

  const row = await until('the router is a row', async () => {
    const { sources } = await house.client.call('health');
    return sources.find(({ id, records }) => id === 'syslog:127.0.0.9' && records === 2);
  });
  assert.match(
    (
      await until('its figures stand there', async () => {
        const { sources } = await house.client.call('health');
        return sources.find(({ id, reason }) => id === row.id && reason.includes('2 messages'));
      })
    ).reason,
    /^Sent 2 messages, \d+ bytes\.$/,
  );
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  assert.match(metrics, /^porchlight_syslog_messages_total\{label="127\.0\.0\.9"\} 2$/m);
});

test('logger(1) by TCP, with counts and without', async (t) => {
  const { house, port } = await houseWithSyslog(t);
  for (const args of [['--rfc5424', '--octet-count'], ['--rfc3164']])
    await run('logger', ['-n', HERE, '-P', String(port), '-T', ...args, '-t', 'nas', 'the disk is full']);
  await until('both are stored', async () => (await house.count('process.name:nas')) === 2);
});

test('a thousand attacks over one connection: every one is stored once, and they are an alert', async (t) => {
  const { house, port } = await houseWithSyslog(t);
  const socket = connect({ port, host: HERE });
  await once(socket, 'connect');
  for (let i = 0; i < 1000; i++) {
    const text = `<38>${stamp()} router sshd[${i + 1}]: Failed password for root from 203.0.113.7 port ${1000 + i} ssh2`;
    socket.write(`${Buffer.byteLength(text)} ${text}`);
  }
  socket.end();
  await until('all are stored', async () => (await house.count('event.action:ssh_login')) === 1000);
  const alert = await until('an alert', async () => {
    const { items } = await house.client.call('listAlerts', { query: {} });
    return items.find(({ entity }) => JSON.stringify(entity).includes('203.0.113.7'));
  });
  assert.equal(await house.count('host.name:router'), 1000, alert.title);
});

// Nothing may depend on a package that is not there.
if (existsSync(RSYSLOGD)) {
  test('rsyslog forwards by TCP with counts', async (t) => {
    const { house, port } = await houseWithSyslog(t);
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-rsyslog-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const log = join(folder, 'nas.log');
    const lines = Array.from(
      { length: 200 },
      (_, i) => `${new Date().toISOString()} nas backup[${i}]: run ${i} of a night\n`,
    );
    writeFileSync(log, lines.join(''));
    const config = join(folder, 'rsyslog.conf');
    writeFileSync(
      config,
      [
        `global(workDirectory="${folder}")`,
        'module(load="imfile" mode="polling" pollingInterval="1")',
        `input(type="imfile" file="${log}" tag="nightly:")`,
        `action(type="omfwd" target="${HERE}" port="${port}" protocol="tcp" tcp_framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")`,
        '',
      ].join('\n'),
    );
    const forwarder = spawn(RSYSLOGD, ['-n', '-f', config, '-i', join(folder, 'pid')], { stdio: 'ignore' });
    const gone = once(forwarder, 'exit');
    try {
      await until('all are stored', async () => (await house.count('process.name:nightly')) === 200);
    } finally {
      forwarder.kill();
      await gone;
    }
  });
}

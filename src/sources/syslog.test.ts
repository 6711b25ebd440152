import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import type { RawRecord } from '#contract';
import { createLedger, type Ledger, syslog, type SyslogOptions } from './syslog.ts';

const HERE = '127.0.0.1';
const HOUSE = ['127.0.0.0/8', '::1/128'];
const run = promisify(execFile);

interface Station {
  readonly port: number;
  readonly ledger: Ledger;
  readonly records: RawRecord[];
  /** Resolves once so many records have come. */
  got(count: number): Promise<void>;
  /** Resolves once a sender has so many drops of that kind. */
  dropped(sender: string, name: string, count?: number): Promise<void>;
  figure(sender: string, name: string): number;
  /** Takes no records until it is called again. */
  hold(): () => void;
  stop(): Promise<void>;
}

/** A listener whose records are taken at once, unless they are held. */
async function station(t: TestContext, options: Partial<SyslogOptions> = {}): Promise<Station> {
  const ledger = createLedger({ agent: 'local', type: 'syslog' });
  const records: RawRecord[] = [];
  const figures = new Map<string, number>();
  const stop = new AbortController();
  const listening = Promise.withResolvers<number>();
  let changed = Promise.withResolvers<void>();
  let held: Promise<void> | undefined;
  const notice = (): void => {
    for (const { account, added } of ledger.changes())
      for (const { name, by } of added)
        figures.set(`${account.sender} ${name}`, (figures.get(`${account.sender} ${name}`) ?? 0) + by);
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const stream = syslog(
    {
      transport: 'udp',
      listen: `${HERE}:0`,
      allow: HOUSE,
      ledger,
      now: Date.now,
      onListening: ({ port }) => listening.resolve(port),
      ...options,
    },
    stop.signal,
  );
  const taking = (async () => {
    for await (const chunk of stream) {
      records.push(...chunk);
      notice();
      await held;
    }
  })();
  taking.catch((error: unknown) => listening.reject(error));
  const noticing = setInterval(notice, 10);
  const ended = async (): Promise<void> => {
    stop.abort();
    await Promise.allSettled([taking]);
    notice();
    clearInterval(noticing);
  };
  t.after(ended);
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await changed.promise;
  };
  const figure = (sender: string, name: string): number => figures.get(`${sender} ${name}`) ?? 0;
  return {
    port: await listening.promise,
    ledger,
    records,
    got: (count) => until(() => records.length >= count),
    dropped: (sender, name, count = 1) => until(() => figure(sender, name) >= count),
    figure,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = undefined;
        resolve();
      };
    },
    stop: ended,
  };
}

async function datagrams(port: number, texts: readonly (string | Buffer)[], from = HERE): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, from);
  await once(socket, 'listening');
  for (const text of texts) await new Promise((resolve) => socket.send(text, port, HERE, resolve));
  socket.close();
}

async function dial(t: TestContext, port: number, from = HERE): Promise<Socket> {
  const socket = connect({ port, host: HERE, localAddress: from });
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** However it came to that. */
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => void socket.once('close', () => resolve()));

const texts = ({ records }: Station): string[] => records.map(({ text }) => text);

test('udp: a datagram is a message, under its sender’s address', async (t) => {
  const one = await station(t);
  await datagrams(one.port, ['<13>a', '<13>b\n', Buffer.from('<13>c\r\n\0')]);
  await datagrams(one.port, ['<13>ü', Buffer.from('<13>\xfc', 'latin1')], '127.0.0.2');
  await one.got(5);
  assert.deepEqual(texts(one).toSorted(), ['<13>a', '<13>b', '<13>c', '<13>ü', '<13>\ufffd'].toSorted());
  assert.deepEqual(
    new Set(one.records.map(({ source }) => `${source.id} ${source.host} ${source.type}`)),
    new Set(['syslog:127.0.0.1 127.0.0.1 syslog', 'syslog:127.0.0.2 127.0.0.2 syslog']),
  );
  assert.equal(one.figure('127.0.0.1', 'syslog_messages'), 3);
  assert.equal(one.figure('127.0.0.1', 'syslog_bytes'), 5 + 6 + 8);
  assert.equal(one.figure('127.0.0.2', 'syslog_mended'), 1);
});

test('udp: IPv6, and an IPv4 sender on it, are shown as people write them', async (t) => {
  const one = await station(t, { listen: '[::]:0' });
  await datagrams(one.port, ['<13>a']);
  await one.got(1);
  assert.equal(one.records[0]?.source.host, HERE);
});

test('who is not allowed is turned away and counted, and takes up no row', async (t) => {
  for (const transport of ['udp', 'tcp'] as const) {
    const one = await station(t, { transport, allow: ['127.0.0.3'] });
    if (transport === 'udp') await datagrams(one.port, ['<13>a', '<13>b']);
    else for (let i = 0; i < 2; i++) await closed(await dial(t, one.port));
    await one.dropped('others', 'syslog_dropped_not_allowed', 2);
    if (transport === 'udp') await datagrams(one.port, ['<13>c'], '127.0.0.3');
    else (await dial(t, one.port, '127.0.0.3')).end('<13>c\n');
    await one.got(1);
    assert.deepEqual(texts(one), ['<13>c']);
  }
});

test('empty datagrams are counted', async (t) => {
  const one = await station(t);
  await datagrams(one.port, ['', '\n', '<13>a']);
  await one.got(1);
  assert.equal(one.figure(HERE, 'syslog_dropped_empty'), 2);
});

test('a sender has a row of its own, up to a number; the rest share one, each under its own host', async (t) => {
  const ledger = createLedger({ agent: 'local' }, 2);
  const one = await station(t, { ledger });
  for (let i = 1; i <= 4; i++) await datagrams(one.port, [`<13>${i}`, `<13>${i}`], `127.0.0.${i}`);
  await one.got(8);
  assert.deepEqual(
    [...new Set(one.records.map(({ source }) => source))].map(({ id, host }) => `${id} ${host}`),
    ['syslog:127.0.0.1 127.0.0.1', 'syslog:127.0.0.2 127.0.0.2', 'syslog:others 127.0.0.3', 'syslog:others 127.0.0.4'],
  );
});

test('udp: when nobody takes the messages, so many wait, the rest is dropped and counted, and nothing else', async (t) => {
  const one = await station(t, { inbox: { records: 50, length: 1_000_000 } });
  const go = one.hold();
  await datagrams(one.port, ['<13>first']);
  await one.got(1);
  await datagrams(
    one.port,
    Array.from({ length: 80 }, (_, i) => `<13>${i}`),
  );
  await one.dropped(HERE, 'syslog_dropped_queue_full', 30);
  go();
  await one.got(51);
  assert.deepEqual(texts(one), ['<13>first', ...Array.from({ length: 50 }, (_, i) => `<13>${i}`)]);
  assert.equal(one.figure(HERE, 'syslog_dropped_queue_full'), 30);
});

test('udp: what the kernel dropped while we were busy is counted: sent = taken + dropped', async (t) => {
  let kernel = 0;
  const one = await station(t, { receiveBuffer: 4096, onKernelDrops: (count) => (kernel += count) });
  const sent = 500;
  const program = `const s=require('dgram').createSocket('udp4');let n=0;const go=()=>n<${sent}?s.send('<13>'+n++,${one.port},'${HERE}',go):s.close();go()`;
  // Our own loop stands still meanwhile.
  execFileSync(process.execPath, ['-e', program]);
  let more = 0;
  for (; !texts(one).includes('<13>last'); more++) {
    await datagrams(one.port, ['<13>last']);
    // Sending alone does not let anything be received.
    await new Promise(setImmediate);
  }
  await one.stop();
  assert.ok(kernel > 0);
  // The last one or two may have come while we ended.
  assert.equal(one.records.length + kernel + one.figure(HERE, 'syslog_dropped_stopped'), sent + more);
});

test('tcp: both framings, each seen by its connection, a message over many packets, several in one', async (t) => {
  const one = await station(t, { transport: 'tcp' });
  const lines = await dial(t, one.port);
  const counted = await dial(t, one.port, '127.0.0.2');
  lines.write('<13>a\n<13>b\n<1');
  counted.write('5 <13>c8 <13>');
  await one.got(3);
  lines.end('3>d');
  counted.end('e\nf!');
  await one.got(5);
  assert.deepEqual(texts(one).toSorted(), ['<13>a', '<13>b', '<13>c', '<13>d', '<13>e\nf!']);
});

test('tcp: while nobody takes the messages the sender waits, and nothing is lost', async (t) => {
  const one = await station(t, { transport: 'tcp', inbox: { records: 100, length: 1_000_000 } });
  const go = one.hold();
  const socket = await dial(t, one.port);
  socket.write('<13>first\n');
  await one.got(1);
  const line = `<13>${'x'.repeat(1000)}\n`;
  let sent = 0;
  // Until the sockets' own buffers are full: from here on the sender really waits.
  while (socket.write(line.repeat(1000)) || socket.writableLength < 8_000_000) sent += 1000;
  sent += 1000;
  await one.dropped(HERE, 'syslog_messages', 100);
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  assert.ok(one.figure(HERE, 'syslog_messages') < 1000, 'what the inbox holds, and a packet more');
  go();
  socket.end();
  await one.got(sent + 1);
  assert.equal(one.records.length, sent + 1);
  assert.equal(one.figure(HERE, 'syslog_messages'), sent + 1);
});

test('tcp: connections in all and of one sender are bounded, and come free again', async (t) => {
  const one = await station(t, { transport: 'tcp', caps: { total: 3, perSender: 2 } });
  const mine = [await dial(t, one.port), await dial(t, one.port)];
  for (const socket of mine) socket.write('<13>in\n');
  await one.got(2);
  await closed(await dial(t, one.port));
  await one.dropped(HERE, 'syslog_dropped_sender_connections');
  (await dial(t, one.port, '127.0.0.2')).write('<13>other\n');
  await one.got(3);
  await closed(await dial(t, one.port, '127.0.0.3'));
  await one.dropped('127.0.0.3', 'syslog_dropped_connections');
  for (const socket of mine) socket.end();
  await Promise.all(mine.map((socket) => closed(socket)));
  (await dial(t, one.port)).write('<13>again\n');
  await one.got(4);
});

test('tcp: a message that never ends closes its connection, and what came of it is kept', async (t) => {
  let clock = 0;
  const one = await station(t, { transport: 'tcp', caps: { message: 40, idle: 60_000 }, now: () => clock });
  const quiet = await dial(t, one.port, '127.0.0.2');
  quiet.write('<13>whole\n');
  const slow = await dial(t, one.port);
  const dripping = setInterval(() => {
    clock++;
    slow.write('x');
  }, 2);
  slow.write('900 <13>slow');
  await closed(slow);
  clearInterval(dripping);
  await one.dropped(HERE, 'syslog_slow');
  await one.got(2);
  const last = one.records.find(({ text }) => text.startsWith('<13>slow'));
  assert.equal(last?.cut, true);
  assert.equal(quiet.destroyed, false);
});

test('tcp: a silent connection is closed', async (t) => {
  const one = await station(t, { transport: 'tcp', caps: { message: 60_000, idle: 40 } });
  await closed(await dial(t, one.port));
  await one.dropped(HERE, 'syslog_slow');
});

test('tcp: a length that lies costs one message; the next one comes', async (t) => {
  const one = await station(t, { transport: 'tcp' });
  (await dial(t, one.port)).write('99999999 <13>hello\n5 <13>a');
  await one.got(2);
  assert.deepEqual(texts(one), ['<13>hello', '<13>a']);
  assert.equal(one.figure(HERE, 'syslog_framing'), 1);
});

test('tcp: 10 MB in one message: a megabyte of it is kept, flagged and counted', async (t) => {
  const one = await station(t, { transport: 'tcp' });
  const socket = await dial(t, one.port);
  socket.write(`10000004 <13>${'x'.repeat(10_000_000)}`);
  socket.write('5 <13>a');
  await one.got(2);
  assert.deepEqual(
    one.records.map(({ text, cut }) => [text.length, cut ?? false]),
    [
      [1024 * 1024, true],
      [5, false],
    ],
  );
  assert.equal(one.figure(HERE, 'syslog_cut'), 1);
  assert.equal(one.figure(HERE, 'syslog_bytes'), 10_000_009);
});

/** Names of files with a certificate that openssl makes, signed by itself. */
function certificate(t: TestContext, name: string): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'syslog-tls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...curve, '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`],
    {
      stdio: 'ignore',
    },
  );
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

test('tls: messages come, who speaks no TLS or an old one is told nothing and counted', async (t) => {
  const own = certificate(t, 'porchlight');
  const one = await station(t, { transport: 'tls', tls: own, caps: { handshake: 50, perSender: 2 } });
  const socket = connectTls({ port: one.port, host: HERE, ca: own.cert, servername: 'porchlight' });
  await once(socket, 'secureConnect');
  socket.end('7 <13>a\nb5 <13>c');
  await one.got(2);
  assert.deepEqual(texts(one), ['<13>a\nb', '<13>c']);
  const other = '127.0.0.2';
  const plain = await dial(t, one.port, other);
  plain.end('<13>plain\n');
  await closed(plain);
  await one.dropped(other, 'syslog_dropped_tls');
  // Says nothing at all.
  await closed(await dial(t, one.port, other));
  await one.dropped(other, 'syslog_dropped_tls', 2);
  const raw = await dial(t, one.port, other);
  const old = connectTls({ socket: raw, ca: own.cert, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' });
  await assert.rejects(once(old, 'secureConnect'));
  await one.dropped(other, 'syslog_dropped_tls', 3);
  await one.stop();
  assert.equal(one.records.length, 2);
  assert.equal(one.figure(HERE, 'syslog_dropped_tls'), 0);
});

test('tls: with an authority named, senders need a certificate of it', async (t) => {
  const [own, sender, stranger] = ['porchlight', 'nas', 'stranger'].map((name) => certificate(t, name)) as [
    ReturnType<typeof certificate>,
    ReturnType<typeof certificate>,
    ReturnType<typeof certificate>,
  ];
  const one = await station(t, { transport: 'tls', tls: { ...own, ca: sender.cert } });
  for (const shown of [stranger, {}]) {
    const socket = connectTls({ port: one.port, host: HERE, ca: own.cert, servername: 'porchlight', ...shown });
    socket.on('error', () => {});
    socket.write('5 <13>x');
    await closed(socket);
  }
  await one.dropped(HERE, 'syslog_dropped_tls', 2);
  const socket = connectTls({ port: one.port, host: HERE, ca: own.cert, servername: 'porchlight', ...sender });
  socket.end('5 <13>a');
  await one.got(1);
  assert.deepEqual(texts(one), ['<13>a']);
});

const clients: readonly (readonly [what: string, transport: 'udp' | 'tcp', args: readonly string[], text: RegExp])[] = [
  ['RFC 3164 by UDP', 'udp', ['-d', '--rfc3164'], /^<13>\w{3} [ \d]\d [\d:]{8} \S+ porch: a message$/],
  [
    'RFC 5424 by UDP',
    'udp',
    ['-d', '--rfc5424'],
    /^<13>1 \d{4}-\d\d-\S+ \S+ porch - - \[timeQuality [^\]]+\] a message$/,
  ],
  ['RFC 3164 by TCP', 'tcp', ['-T', '--rfc3164'], /^<13>\w{3} .* porch: a message$/],
  ['RFC 5424 by TCP', 'tcp', ['-T', '--rfc5424'], /^<13>1 .* a message$/],
  ['RFC 5424 by TCP with counts', 'tcp', ['-T', '--rfc5424', '--octet-count'], /^<13>1 .* a message$/],
];
for (const [what, transport, args, text] of clients) {
  test(`logger(1): ${what}`, async (t) => {
    const one = await station(t, { transport });
    await run('logger', ['-n', HERE, '-P', String(one.port), ...args, '-t', 'porch', 'a message']);
    await one.got(1);
    assert.match(one.records[0]?.text ?? '', text);
    assert.equal(one.figure(HERE, 'syslog_framing'), 0);
  });
}

test('a port that is taken, and an address that is not ours, are told with the way out', async (t) => {
  for (const transport of ['udp', 'tcp'] as const) {
    const one = await station(t, { transport });
    const again = station(t, { transport, listen: `${HERE}:${one.port}` });
    await assert.rejects(again, /Another program listens on 127\.0\.0\.1:\d+ already/);
    await assert.rejects(
      station(t, { transport, listen: '192.0.2.1:0' }),
      /no address 192\.0\.2\.1\. 0\.0\.0\.0 listens/,
    );
  }
});

test('ending closes the port and every connection', async (t) => {
  const one = await station(t, { transport: 'tcp' });
  const socket = await dial(t, one.port);
  socket.write('<13>a\n<13>half');
  await one.got(1);
  const gone = closed(socket);
  await one.stop();
  await gone;
  const late = connect({ port: one.port, host: HERE });
  await assert.rejects(once(late, 'connect'), { code: 'ECONNREFUSED' });
  assert.equal(one.figure(HERE, 'syslog_dropped_stopped'), 1);
});

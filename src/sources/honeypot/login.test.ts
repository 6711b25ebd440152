import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FOREIGN_BYTES, FOREIGN_RECORDS } from './foreign-talk.ts';
import type { LoginRecord } from './login-record.ts';
import { login, type LoginStep, MAX_ATTEMPTS, MAX_LINE } from './login.ts';
import { GREETING } from './telnet.ts';

interface Visit {
  readonly output: string;
  readonly records: LoginRecord[];
  /** `next` of the last step before the visitor went. */
  readonly next: LoginStep['next'];
}

/** A whole visit: what is sent piece by piece, every pause waited for at once, then the visitor goes. */
function visit(pieces: readonly Buffer[], waits = true): Visit {
  const prompt = login('router');
  const steps = [prompt.start()];
  for (const piece of pieces) {
    let step = prompt.receive(piece);
    steps.push(step);
    if (waits) while (step.next === 'delay') steps.push((step = prompt.resume()));
    if (step.next === 'close') break;
  }
  const next = steps.at(-1)?.next ?? 'close';
  steps.push(prompt.finish());
  const output = Buffer.concat(steps.map((step) => step.output)).toString('latin1');
  return { output: output.slice(GREETING.length + 2), records: steps.flatMap((step) => step.records), next };
}

const send = (text: string): Visit => visit([Buffer.from(text, 'latin1')]);
const attempt = (user: string, password: string, cut = false): LoginRecord => ({
  kind: 'attempt',
  user,
  password,
  cut,
});
const input = (text: string): LoginRecord => ({ kind: 'input', text, cut: false, protocol: undefined });
const P = 'router login: ';
const WRONG = 'Password: \r\nLogin incorrect\r\n';

const cases: readonly {
  name: string;
  typed: string;
  output: string;
  records: readonly LoginRecord[];
  next?: 'close';
}[] = [
  { name: 'nothing typed', typed: '', output: P, records: [] },
  {
    name: 'CR LF',
    typed: 'root\r\nvizxv\r\n',
    output: `${P}root\r\n${WRONG}${P}`,
    records: [attempt('root', 'vizxv')],
  },
  {
    name: 'CR NUL',
    typed: 'root\r\0vizxv\r\0',
    output: `${P}root\r\n${WRONG}${P}`,
    records: [attempt('root', 'vizxv')],
  },
  { name: 'LF alone', typed: 'root\nvizxv\n', output: `${P}root\r\n${WRONG}${P}`, records: [attempt('root', 'vizxv')] },
  { name: 'CR alone', typed: 'root\rvizxv\r', output: `${P}root\r\n${WRONG}${P}`, records: [attempt('root', 'vizxv')] },
  {
    name: 'an empty password',
    typed: 'root\r\n\r\n',
    output: `${P}root\r\n${WRONG}${P}`,
    records: [attempt('root', '')],
  },
  {
    name: 'rub out',
    typed: 'rooo\x7ft\rvx\x08izxv\r',
    output: `${P}rooo\b \bt\r\n${WRONG}${P}`,
    records: [attempt('root', 'vizxv')],
  },
  { name: 'rub out of nothing', typed: '\x7f\x08\x7f', output: P, records: [] },
  {
    name: '^U',
    typed: 'ab\x15cd\rxx\x15y\r',
    output: `${P}ab\b \b\b \bcd\r\n${WRONG}${P}`,
    records: [attempt('cd', 'y')],
  },
  {
    name: 'a control key shows as ^X',
    typed: '\x1b[A\r\r',
    output: `${P}^[[A\r\n${WRONG}${P}`,
    records: [attempt('\\x1b[A', '')],
  },
  { name: '^C at the name', typed: 'ro\x03', output: `${P}ro\r\n`, records: [input('ro')], next: 'close' },
  {
    name: '^C at the password',
    typed: 'root\rse\x03',
    output: `${P}root\r\nPassword: \r\n`,
    records: [input('root\\x0dse')],
    next: 'close',
  },
  { name: '^D on an empty line', typed: '\x04', output: `${P}\r\n`, records: [], next: 'close' },
  { name: '^D in a line does nothing', typed: 'ro\x04ot', output: `${P}root`, records: [input('root')] },
  { name: 'telnet interrupt', typed: '\xff\xf4\xff\xfd\x06', output: `${P}\r\n`, records: [], next: 'close' },
  {
    name: 'a name and no password',
    typed: 'admin\r\n',
    output: `${P}admin\r\nPassword: `,
    records: [input('admin\\x0d')],
  },
  {
    name: 'a bot that sends all at once, three times and out',
    typed: 'root\r\nxc3511\r\nenable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox MIRAI\r\n',
    output: `${P}root\r\n${WRONG}${P}enable\r\n${WRONG}${P}shell\r\n${WRONG}`,
    records: [
      attempt('root', 'xc3511'),
      attempt('enable', 'system'),
      attempt('shell', 'sh'),
      input('/bin/busybox MIRAI\\x0d\\x0a'),
    ],
    next: 'close',
  },
  {
    name: 'ten empty names',
    typed: '\n'.repeat(12),
    output: `${P}\r\n`.repeat(10),
    records: [input('\\x0a\\x0a')],
    next: 'close',
  },
  {
    name: 'a byte of 255 in a name',
    typed: 'a\xff\xff\r\r',
    output: `${P}a\xff\xff\r\n${WRONG}${P}`,
    records: [attempt('a\\xff', '')],
  },
  {
    name: 'a name over the limit',
    typed: `${'n'.repeat(MAX_LINE + 5)}\rpw\r`,
    output: `${P}${'n'.repeat(MAX_LINE)}\r\n${WRONG}${P}`,
    records: [attempt('n'.repeat(MAX_LINE), 'pw', true)],
  },
];

for (const { name, typed, output, records, next = 'read' } of cases) {
  test(`login: ${name}`, () => {
    assert.deepEqual(send(typed), { output, records, next });
    // Byte by byte it is the same, but that a visitor who is sent away sends no more.
    const slow = visit([...Buffer.from(typed, 'latin1')].map((byte) => Buffer.from([byte])));
    assert.equal(slow.output, output);
    if (next === 'read') assert.deepEqual(slow.records, records);
  });
}

test('login: greets like the telnet daemon of a router', () => {
  const { output, next } = login('router').start();
  assert.equal(output.toString('latin1'), '\xff\xfd\x01\xff\xfd\x1f\xff\xfb\x01\xff\xfb\x03\r\nrouter login: ');
  assert.equal(next, 'read');
});

test('login: the attempt is told at once, the answer comes after the pause', () => {
  const prompt = login('router');
  prompt.start();
  prompt.receive(Buffer.from('root\r'));
  const told = prompt.receive(Buffer.from('vizxv\radmin\r'));
  assert.deepEqual([told.output.toString(), told.records, told.next], ['\r\n', [attempt('root', 'vizxv')], 'delay']);
  assert.deepEqual(prompt.receive(Buffer.from('1234')).output.toString(), '');
  const after = prompt.resume();
  assert.equal(after.output.toString(), 'Login incorrect\r\nrouter login: admin\r\nPassword: ');
  assert.deepEqual(prompt.finish().records, [input('admin\\x0d1234')]);
});

test('login: whoever leaves during the pause is still read to the end', () => {
  const { records } = visit([Buffer.from('root\nroot\nroot\nadmin\nro')], false);
  assert.deepEqual(records, [attempt('root', 'root'), attempt('root', 'admin'), input('ro')]);
});

const http = 'GET / HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: x\r\n\r\n';
const foreign: readonly { name: string; pieces: readonly string[]; protocol: string; text: string }[] = [
  { name: 'HTTP', pieces: [http], protocol: 'http', text: http.replaceAll('\r', '\\x0d').replaceAll('\n', '\\x0a') },
  {
    name: 'HTTP in two pieces',
    pieces: [http.slice(0, 2), http.slice(2)],
    protocol: 'http',
    text: http.replaceAll('\r', '\\x0d').replaceAll('\n', '\\x0a'),
  },
  { name: 'SSH', pieces: ['SSH-2.0-libssh_0.9\r\n'], protocol: 'ssh', text: 'SSH-2.0-libssh_0.9\\x0d\\x0a' },
  {
    name: 'TLS',
    pieces: ['\x16\x03\x01\x00\x05\x01\x00\x00\x01\xff'],
    protocol: 'tls',
    text: '\\x16\\x03\\x01\\x00\\x05\\x01\\x00\\x00\\x01\\xff',
  },
];

for (const { name, pieces, protocol, text } of foreign) {
  test(`login: ${name} is kept as input, not as a password`, () => {
    const { records } = visit(pieces.map((piece) => Buffer.from(piece, 'latin1')));
    assert.deepEqual(records, [{ kind: 'input', text, cut: false, protocol }]);
  });
}

test('login: a foreign visitor who drips bytes, or pours them, makes few records', () => {
  const dripped = visit([...Buffer.from(`SSH-${'x'.repeat(3000)}`)].map((byte) => Buffer.from([byte])));
  const poured = visit([Buffer.from(`SSH-${'x'.repeat(100_000)}`)]);
  for (const { records } of [dripped, poured]) {
    assert.equal(records.length, FOREIGN_RECORDS);
    for (const record of records) assert.ok(record.kind === 'input' && record.text.length <= FOREIGN_BYTES);
  }
  assert.equal(poured.records.at(-1)?.cut, true);
});

const noise = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc
    .constantFrom(
      'root\r\n',
      'admin\r\0',
      '\n',
      '\xff\xfa\x18',
      '\xff\xf0',
      '\xff\xfb\x01',
      '\xff\xff',
      '\x03',
      '\x04',
      '\x7f',
      '\x01\x01',
      'GET / ',
      'sh\r\n',
    )
    .map((text) => Buffer.from(text, 'latin1')),
);

test('login: whatever comes, it never throws, says only what a login says, and bounds bytes and records', () => {
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 30 }), fc.boolean(), (pieces, waits) => {
      const sent = pieces.reduce((sum, piece) => sum + piece.length, 0);
      const { output, records } = visit(
        pieces.map((piece) => Buffer.from(piece)),
        waits,
      );
      const attempts = records.filter((record) => record.kind === 'attempt').length;
      assert.ok(attempts <= MAX_ATTEMPTS, `${attempts} attempts`);
      assert.ok(records.length <= MAX_ATTEMPTS + FOREIGN_RECORDS + 1, `${records.length} records`);
      assert.ok(output.length <= 4 * sent + (10 + 2 * MAX_ATTEMPTS) * 32, `${output.length} bytes for ${sent}`);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('login: a password is never sent back, and there is never a shell', () => {
  const secret = fc.string({ unit: fc.constantFrom('Q', 'Z', 'J', '7', '$', '#'), minLength: 6, maxLength: 20 });
  const cuts = fc.array(fc.nat(80), { maxLength: 6 });
  fc.assert(
    fc.property(secret, cuts, fc.constantFrom('\r\n', '\r\0', '\n'), (password, at, end) => {
      const talk = Buffer.from(`root${end}${password}${end}id${end}${password}${end}`);
      const places = [0, ...at.map((one) => one % talk.length).toSorted((a, b) => a - b), talk.length];
      const { output, records } = visit(places.slice(1).map((to, n) => talk.subarray(places[n], to)));
      assert.equal(output, `${P}root\r\n${WRONG}${P}id\r\n${WRONG}${P}`);
      assert.doesNotMatch(output, /[$#]|uid=/);
      assert.deepEqual(records, [attempt('root', password), attempt('id', password)]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

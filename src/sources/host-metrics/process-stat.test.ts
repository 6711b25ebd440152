import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processName } from './process-name.ts';
import { readStat } from './process-stat.ts';
import { readUnits } from './units.ts';

/** A line of a kernel: utime 120, stime 30, starttime 473707, rss 410. */
const line = (name: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('3463 ('),
    Buffer.from(name),
    Buffer.from(
      ') R 3452 3452 30237 0 -1 4194304 100 0 0 0 120 30 7 8 20 0 1 0 473707 3133440 410 18446744073709551615 9 9\n',
    ),
  ]);

const NAMES: readonly (readonly [given: string | Buffer, read: string])[] = [
  ['sshd', 'sshd'],
  ['tmux: server', 'tmux: server'],
  ['(sd-pam)', '(sd-pam)'],
  ['a) R 1 2 3 (b', 'a) R 1 2 3 (b'],
  ['x\ny) S 1', 'x\ny) S 1'],
  ['\x1b[31mred', '\x1b[31mred'],
  ['', ''],
  ['日本', '日本'],
  [Buffer.from([0xff, 0x41]), '\ufffdA'],
];

for (const [given, name] of NAMES) {
  test(`readStat: a process called ${JSON.stringify(name)}`, () => {
    assert.deepEqual(readStat(line(given)), { name, ticks: 150, start: 473707, resident: 410 });
  });
}

test('readStat: a line that ends too early says nothing', () => {
  const whole = line('x) 1');
  const needed = whole.indexOf('473707 3133440 410') + '473707 3133440 410'.length;
  assert.equal(readStat(whole.subarray(0, needed))?.resident, 410);
  for (let end = 0; end < needed - 3; end++) assert.equal(readStat(whole.subarray(0, end)), undefined, String(end));
});

const WORDS: readonly (readonly [kernel: string, commandLine: string, name: string])[] = [
  ['sshd', '/usr/sbin/evil\0-D\0', 'sshd'],
  ['MainThread', '/usr/bin/node\0server.js\0', 'node'],
  ['MainThread', '', 'MainThread'],
  ['systemd-journal', '/usr/lib/systemd/systemd-journald\0', 'systemd-journald'],
  ['porchlight hone', 'porchlight honeypot\0', 'porchlight honeypot'],
  ['a-long-name-cut', '/opt/something-else\0', 'a-long-name-cut'],
  ['a-long-name-cut', '', 'a-long-name-cut'],
  ['MainThread', `/${'x'.repeat(500)}`, 'x'.repeat(100)],
];

for (const [kernel, commandLine, name] of WORDS) {
  test(`processName: ${kernel} beside ${commandLine.slice(0, 40).replaceAll('\0', ' ')}`, () => {
    assert.equal(processName(kernel, commandLine), name);
  });
}

test('readUnits: from the auxiliary vector, by word size; guesses where there is none', () => {
  const vector = (wordBytes: 4 | 8, pairs: readonly (readonly [number, number])[]): Buffer => {
    const bytes = Buffer.alloc(pairs.length * 2 * wordBytes);
    for (const [i, [type, value]] of pairs.entries()) {
      bytes.writeUInt32LE(type, i * 2 * wordBytes);
      bytes.writeUInt32LE(value, i * 2 * wordBytes + wordBytes);
    }
    return bytes;
  };
  const pairs = [
    [33, 6],
    [6, 16_384],
    [17, 250],
    [0, 0],
  ] as const;
  for (const size of [4, 8] as const) {
    assert.deepEqual(readUnits(vector(size, pairs), size), { pageBytes: 16_384, ticksPerSecond: 250 });
  }
  assert.deepEqual(readUnits(undefined, 8), { pageBytes: 4096, ticksPerSecond: 100 });
  assert.deepEqual(readUnits(vector(8, pairs).subarray(0, 20), 8), { pageBytes: 4096, ticksPerSecond: 100 });
});

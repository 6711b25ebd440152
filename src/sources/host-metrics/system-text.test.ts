import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readMounts } from './disks.ts';
import { readAccounts, readCpu, readLoad, readMemory, readOwner, readTraffic, readUptime } from './system-text.ts';

const table = <T>(
  name: string,
  read: (text: string) => T,
  rows: readonly (readonly [text: string, value: T])[],
): void => {
  for (const [text, value] of rows) {
    test(`${name}: ${JSON.stringify(text.slice(0, 60))}`, () => assert.deepEqual(read(text), value));
  }
};

table('readLoad', readLoad, [
  ['0.42 0.40 0.30 2/345 32612\n', [0.42, 0.4, 0.3]],
  ['12.00 8.5 4 1/1 1', [12, 8.5, 4]],
  ['0.42 0.40', undefined],
  ['', undefined],
  ['a b c', undefined],
]);

table('readCpu', readCpu, [
  [
    'cpu  100 20 30 800 50 5 5 10 7 3\ncpu0 50 10 15 400 25 2 2 5 0 0\ncpu1 50 10 15 400 25 3 3 5 0 0\nintr 1\n',
    { busy: 170, total: 1020, cpus: 2 },
  ],
  ['cpu  100 0 50 850\n', { busy: 150, total: 1000, cpus: 1 }],
  ['cpu  100 0 5', undefined],
  ['cpu0 1 2 3 4\n', undefined],
  ['', undefined],
]);

const K = 1024;
table('readMemory', readMemory, [
  [
    'MemTotal:  1000 kB\nMemFree:  100 kB\nMemAvailable:  400 kB\nBuffers: 1 kB\nCached: 2 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\n',
    { memory: { total: 1000 * K, used: 600 * K }, swap: { total: 50 * K, used: 30 * K } },
  ],
  [
    'MemTotal:  1000 kB\nMemFree:  100 kB\nBuffers:  50 kB\nCached:  250 kB\n',
    { memory: { total: 1000 * K, used: 600 * K }, swap: undefined },
  ],
  [
    'MemTotal:  1000 kB\nMemAvailable:  1200 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
    { memory: { total: 1000 * K, used: 0 }, swap: { total: 0, used: 0 } },
  ],
  ['MemTotal:  1000 kB\nMemFr', undefined],
  ['', undefined],
]);

table('readUptime', readUptime, [
  ['4737.08 5041.62\n', 4737.08],
  ['12 3', 12],
  ['4737.08', undefined],
  ['', undefined],
]);

const HEAD = 'Inter-|   Receive    |  Transmit\n face |bytes    packets |bytes\n';
table('readTraffic', readTraffic, [
  [
    `${HEAD}    lo: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0\n  eth0: 100 1 0 0 0 0 0 0 200 2 0 0 0 0 0 0\n`,
    [{ name: 'eth0', in: 100, out: 200 }],
  ],
  [
    `${HEAD}eth0:1:5 1 0 0 0 0 0 0 6 2 0 0 0 0 0 0\nwl p:7 1 0 0 0 0 0 0 8 2 0 0 0 0 0 0`,
    [
      { name: 'eth0:1', in: 5, out: 6 },
      { name: 'wl p', in: 7, out: 8 },
    ],
  ],
  [`${HEAD}  eth0: 100 1 0 0`, []],
  [HEAD, []],
  ['', []],
]);

table('readAccounts', (text) => [...readAccounts(text)], [
  [
    'root:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n',
    [
      [0, 'root'],
      [1000, 'anna'],
    ],
  ],
  ['+::::::\nbroken\nx:y:-1\n:x:7:\n', []],
]);

table('readOwner', readOwner, [
  ['Name:\tx\\nUid:\t0\t0\t0\t0\nUmask:\t0022\nUid:\t1000\t33\t1000\t1000\n', 33],
  ['Name:\tsshd\nUid:\t1000', undefined],
  ['', undefined],
]);

test('law: no text makes a reader throw', () => {
  const readers = [readAccounts, readCpu, readLoad, readMemory, readMounts, readOwner, readTraffic, readUptime];
  const bits = fc.constantFrom(
    'cpu  ',
    'MemTotal:',
    ' kB\n',
    'Uid:\t',
    '12',
    ' ',
    ':',
    '\n',
    '\\040',
    '\x1b',
    '-',
    '.',
    'x',
  );
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 40 }), (parts) => {
      for (const read of readers) read(parts.join(''));
    }),
    { seed: 1, numRuns: 300 },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RecentLogin } from '#contract';
import { wtmp, type Written } from './wtmp.fixture.ts';
import { readWtmp } from './wtmp.ts';

const T = Date.UTC(2026, 2, 1, 12) / 1000;
const boot = (at: number): Written => ({ type: 2, line: '~', user: 'reboot', host: '6.12.0', at });
const login = (user: string, line: string, at: number, host = ''): Written => ({ type: 7, line, user, host, at });
const logout = (line: string, at: number): Written => ({ type: 8, line, at });
const was = (user: string, from: string, at: number, until: number | null): RecentLogin => ({
  user,
  from,
  at: at * 1000,
  until: until === null ? null : until * 1000,
});

const ROWS: readonly (readonly [what: string, records: readonly Written[], logins: readonly RecentLogin[]])[] = [
  ['nothing', [], []],
  ['a boot alone', [boot(T)], []],
  [
    'in and out, newest first',
    [boot(T), login('anna', 'pts/0', T + 10, '203.0.113.7'), login('jonas', 'tty1', T + 20), logout('pts/0', T + 70)],
    [was('jonas', '', T + 20, null), was('anna', '203.0.113.7', T + 10, T + 70)],
  ],
  [
    'the same line again without a logout',
    [login('anna', 'pts/0', T), login('jonas', 'pts/0', T + 50)],
    [was('jonas', '', T + 50, null), was('anna', '', T, T + 50)],
  ],
  [
    'the power went: the next boot ends all',
    [login('anna', 'pts/0', T), login('jonas', 'pts/1', T + 1), boot(T + 900)],
    [was('jonas', '', T + 1, T + 900), was('anna', '', T, T + 900)],
  ],
  [
    'an orderly shutdown ends all, a change of runlevel does not',
    [
      login('anna', 'pts/0', T),
      { type: 1, line: '~', user: 'runlevel', at: T + 5 },
      login('jonas', 'pts/1', T + 6),
      { type: 1, line: '~', user: 'shutdown', at: T + 9 },
      boot(T + 60),
    ],
    [was('jonas', '', T + 6, T + 9), was('anna', '', T, T + 9)],
  ],
  ['a logout nobody knows of', [logout('pts/7', T), login('anna', 'pts/0', T)], [was('anna', '', T, null)]],
  ['a screen of the machine itself', [login('anna', ':0', T, ':0')], [was('anna', '', T, null)]],
  [
    'waiting for a name, and a login without one',
    [{ type: 6, line: 'tty1', user: 'LOGIN', at: T }, login('', 'tty1', T)],
    [],
  ],
  [
    'a clock set back: never out before in',
    [login('anna', 'pts/0', T), logout('pts/0', T - 60)],
    [was('anna', '', T, T)],
  ],
  [
    'names that fill their fields, and hostile ones',
    [login('a'.repeat(32), 'pts/0', T, 'h'.repeat(256)), login('\x1b[2J\nroot', 'pts/1', T + 1, '2001:db8::1')],
    [was('\x1b[2J\nroot', '2001:db8::1', T + 1, null), was('a'.repeat(32), 'h'.repeat(256), T, null)],
  ],
];

for (const size of [384, 400] as const) {
  for (const [what, records, logins] of ROWS) {
    test(`wtmp of ${size} bytes a record: ${what}`, () => {
      assert.deepEqual(readWtmp(wtmp(size, records), 10), logins);
    });
  }
  test(`wtmp of ${size}: a record cut off at the end is left out, whatever is left of it`, () => {
    const whole = wtmp(size, [boot(T), login('anna', 'pts/0', T), login('jonas', 'pts/1', T + 1)]);
    for (const cut of [1, 50, size - 1]) {
      assert.deepEqual(readWtmp(whole.subarray(0, -cut), 10), [was('anna', '', T, null)], String(cut));
    }
  });
  test(`wtmp of ${size}: so many that both sizes divide it, and only the newest`, () => {
    const many = Array.from({ length: 9600 }, (_, i) => login(`user${i}`, `pts/${i}`, T + i));
    assert.deepEqual(
      readWtmp(wtmp(size, many.slice(0, 9600 / (size / 100))), 2).map(({ user }) => user),
      [9600 / (size / 100) - 1, 9600 / (size / 100) - 2].map((i) => `user${i}`),
    );
  });
}

test('microseconds become milliseconds', () => {
  const [one] = readWtmp(wtmp(400, [{ ...login('anna', 'pts/0', T), micros: 123_999 }]), 10);
  assert.equal(one?.at, T * 1000 + 123);
});

test('law: no bytes make it throw, and what it gives is in order', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      assert.ok(readWtmp(Buffer.from(bytes), 10).length <= 10);
    }),
    { seed: 1, numRuns: 200 },
  );
});

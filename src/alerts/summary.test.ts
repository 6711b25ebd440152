import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CALM, type Finding, summaries, type Told } from './summary.ts';

const SEED = 1;
const logins = (n: number): Finding => ({
  metric: 'failed_logins',
  message: `Recent failed login attempts: ${n} (last 300 lines)`,
});
const connections = (n: number): Finding => ({
  metric: 'established_connections',
  message: `Established TCP/UDP connections: ${n}`,
});

type Heard = readonly [level: string, title: string, text: string];

/** What one host's person hears, snapshot by snapshot. */
function hear(snapshots: readonly (readonly Finding[])[], before: readonly Told[] = []): (readonly Heard[])[] {
  let told = before;
  return snapshots.map((current) => {
    const next = summaries('nas', told, current);
    told = next.told;
    return next.pushes.map(({ level, title, text }) => [level, title, text] as const);
  });
}

const NEWS = ['high', 'nas needs a look', 'Recent failed login attempts: 23 (last 300 lines)'] as const;
const OVER = ['informational', 'nas is back to normal', 'Recent failed login attempts: back to normal'] as const;

/** [name, alert-level entries of each snapshot, messages of each snapshot] */
const CASES: readonly (readonly [string, readonly (readonly Finding[])[], readonly (readonly Heard[])[]])[] = [
  ['all is well', [[], []], [[], []]],
  ['news once, however the number moves', [[logins(23)], [logins(24)], [logins(300)]], [[NEWS], [], []]],
  ['an end once', [[logins(23)], [], [], [], []], [[NEWS], [], [], [OVER], []]],
  [
    'a value on the edge rings once',
    [[logins(23)], [], [logins(21)], [], [], [logins(22)], [], [], []],
    [[NEWS], [], [], [], [], [], [], [], [OVER]],
  ],
  ['what ended and comes again is news', [[logins(23)], [], [], [], [logins(23)]], [[NEWS], [], [], [OVER], [NEWS]]],
  [
    'two at once are one message',
    [[logins(23), connections(245)]],
    [
      [
        [
          'high',
          'nas needs a look',
          'Recent failed login attempts: 23 (last 300 lines)\nEstablished TCP/UDP connections: 245',
        ],
      ],
    ],
  ],
  [
    'a second one says what still stands',
    [[logins(23)], [logins(25), connections(245)]],
    [
      [NEWS],
      [
        [
          'high',
          'nas needs a look',
          'Established TCP/UDP connections: 245\nStill: Recent failed login attempts: 25 (last 300 lines)',
        ],
      ],
    ],
  ],
  [
    'one of two ends',
    [[logins(23), connections(245)], [connections(250)], [connections(251)], [connections(252)]],
    [
      [
        [
          'high',
          'nas needs a look',
          'Recent failed login attempts: 23 (last 300 lines)\nEstablished TCP/UDP connections: 245',
        ],
      ],
      [],
      [],
      [
        [
          'informational',
          'nas: one thing less',
          'Recent failed login attempts: back to normal\nStill: Established TCP/UDP connections: 252',
        ],
      ],
    ],
  ],
  [
    'an end and news in one snapshot are one message',
    [[logins(23)], [], [], [connections(245)]],
    [
      [NEWS],
      [],
      [],
      [
        [
          'high',
          'nas needs a look',
          'Established TCP/UDP connections: 245\nRecent failed login attempts: back to normal',
        ],
      ],
    ],
  ],
  [
    'what is away just now does not stand',
    [[logins(23)], [connections(245)]],
    [[NEWS], [['high', 'nas needs a look', 'Established TCP/UDP connections: 245']]],
  ],
  ['one metric twice is one finding', [[logins(23), logins(23)]], [[NEWS]]],
  [
    'hostile words stay on their line',
    [[{ metric: 'm', message: 'a\nb\u001b: <b>' }]],
    [[['high', 'nas needs a look', 'a\\x0ab\\x1b: <b>']]],
  ],
];

for (const [name, snapshots, heard] of CASES) test(name, () => assert.deepEqual(hear(snapshots), heard));

test('a restart tells nothing again: the entries of the last snapshot are state enough', () => {
  const entries = [{ ...logins(23), level: 'alert', value: 23 }];
  assert.deepEqual(hear([[logins(23)], [], [], []], entries), [[], [], [], [OVER]]);
});

test('the state is plain data with nothing of the caller in it', () => {
  const { told } = summaries('nas', [], [{ ...logins(23), value: 23 } as Finding]);
  assert.deepEqual(JSON.parse(JSON.stringify(told)), [logins(23)]);
});

test('10 kB and more are cut', () => {
  const many = Array.from({ length: 500 }, (_, i) => ({
    metric: `m${i}`,
    message: `${i} <b>&_*[x]${'😀'.repeat(20)}`,
  }));
  const [push] = summaries('nas', [], many).pushes;
  assert.ok(push !== undefined && new TextEncoder().encode(push.text).length <= 10_000 && push.text.isWellFormed());
});

test(`news and ends of a metric take turns, and no snapshot says more than one thing (seed ${SEED})`, () => {
  const metrics = fc.subarray(['a', 'b', 'c']);
  fc.assert(
    fc.property(fc.array(metrics, { maxLength: 40 }), (snapshots) => {
      const turns = new Map<string, boolean>();
      const heard = hear(snapshots.map((names) => names.map((metric) => ({ metric, message: `${metric}: 1` }))));
      for (const pushes of heard) {
        assert.ok(pushes.length <= 1);
        for (const line of pushes[0]?.[2].split('\n') ?? []) {
          const [, still, metric = '', what] = /^(Still: )?(\w): (.*)$/.exec(line) ?? [];
          const begins = what === '1';
          if (still !== undefined) assert.equal(turns.get(metric), true);
          else {
            assert.equal(turns.get(metric) ?? false, !begins);
            turns.set(metric, begins);
          }
        }
      }
      const quiet = snapshots.slice(-CALM);
      if (quiet.length === CALM && quiet.every((names) => names.length === 0))
        assert.ok(![...turns.values()].includes(true));
    }),
    { seed: SEED },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type AuthSummary,
  type HostSnapshot,
  LEVELS,
  type LedgerRow,
  MONITOR_METRICS,
  type ProcessUse,
} from '#contract';
import { monitorSchema } from '#contract/schema';
import { quiet, QUIET_AUTH, SETTINGS } from './fixture.ts';
import { bandOf, type OpenAlert, score } from './score.ts';

const busy = (pid: number, cpu: number): ProcessUse => ({ pid, name: 'xmrig', user: 'www-data', cpu, memory: 1 });
const failed = (count: number): AuthSummary => ({
  ...QUIET_AUTH,
  failed: count,
  failedBy: count === 0 ? [] : [{ address: '203.0.113.7', count }],
});
const connected = (established: number): Partial<HostSnapshot> => ({
  connections: { established, peers: [{ address: '198.51.100.4', count: 99 }] },
});
const memory = (percent: number): Partial<HostSnapshot> => ({ memory: { total: 1000, used: percent * 10 } });

test('a machine at rest loses nothing, and says so as the monitor always did', () => {
  const { score: left, band, ledger, entries } = score(quiet(), QUIET_AUTH, [], SETTINGS);
  assert.deepEqual([left, band, ledger], [100, 'normal', []]);
  assert.deepEqual(entries, [
    { level: 'info', metric: 'cpu_load', value: 0.42, message: 'CPU load average: 0.42' },
    { level: 'info', metric: 'memory_used_pct', value: 61.3, message: 'Memory used: 61.3%' },
    { level: 'info', metric: 'established_connections', value: 12, message: 'Established TCP/UDP connections: 12' },
    {
      level: 'info',
      metric: 'failed_logins',
      value: 0,
      message: 'Recent failed login attempts: 0 (last 300 lines)',
    },
    { level: 'info', metric: 'high_cpu_processes', value: 0, message: 'High CPU processes: 0' },
  ]);
});

interface Case {
  readonly what: string;
  readonly change?: Partial<HostSnapshot>;
  readonly auth?: AuthSummary;
  readonly row: LedgerRow | undefined;
  readonly entry: readonly [level: string, message: string];
}

const CASES: readonly Case[] = [
  {
    what: 'load just below 0.7 for each of 4 CPUs',
    change: { load: [2.79, 0, 0] },
    row: undefined,
    entry: ['info', 'CPU load average: 2.79'],
  },
  {
    what: 'load at the threshold costs one point',
    change: { load: [2.8, 0, 0] },
    row: {
      points: 1,
      metric: 'cpu_load',
      value: 2.8,
      threshold: 2.8,
      reason: 'load 2.80 on 4 CPUs',
      culprit: 'jellyfin (2210)',
    },
    entry: ['warning', 'CPU load average: 2.80'],
  },
  {
    what: 'half way to the limit costs half',
    change: { load: [3.4, 0, 0] },
    row: {
      points: 10,
      metric: 'cpu_load',
      value: 3.4,
      threshold: 2.8,
      reason: 'load 3.40 on 4 CPUs',
      culprit: 'jellyfin (2210)',
    },
    entry: ['warning', 'CPU load average: 3.40'],
  },
  {
    what: 'beyond the limit costs no more than the weight',
    change: { load: [400, 0, 0], cpus: 1, processes: [] },
    row: { points: 20, metric: 'cpu_load', value: 400, threshold: 0.7, reason: 'load 400.00 on 1 CPU', culprit: '' },
    entry: ['alert', 'CPU load average: 400.00'],
  },
  {
    what: 'memory names the process that holds most of it',
    change: memory(91.24),
    row: {
      points: 15,
      metric: 'memory_used_pct',
      value: 91.2,
      threshold: 80,
      reason: '91.2 % of memory in use',
      culprit: 'postgres (912)',
    },
    entry: ['alert', 'Memory used: 91.2%'],
  },
  {
    what: 'connections name the address with most of them',
    change: connected(245),
    row: {
      points: 10,
      metric: 'established_connections',
      value: 245,
      threshold: 150,
      reason: '245 established connections, 99 with 198.51.100.4',
      culprit: '198.51.100.4',
    },
    entry: ['alert', 'Established TCP/UDP connections: 245'],
  },
  {
    what: 'failed logins name the address that failed most',
    auth: failed(23),
    row: {
      points: 20,
      metric: 'failed_logins',
      value: 23,
      threshold: 5,
      reason: '23 failed logins in the last 300 lines',
      culprit: '203.0.113.7',
    },
    entry: ['alert', 'Recent failed login attempts: 23 (last 300 lines)'],
  },
  {
    what: 'four failed logins are a bad morning',
    auth: failed(4),
    row: undefined,
    entry: ['info', 'Recent failed login attempts: 4 (last 300 lines)'],
  },
  {
    what: 'one process that takes a whole CPU',
    change: { processes: [busy(77, 99), busy(78, 79.9)] },
    row: {
      points: 1,
      metric: 'high_cpu_processes',
      value: 1,
      threshold: 1,
      reason: '1 process at 80 % of a CPU or more',
      culprit: 'xmrig (77)',
    },
    entry: ['warning', 'High CPU processes: 1'],
  },
  {
    what: 'two of them',
    change: { processes: [busy(77, 99), busy(78, 180)] },
    row: {
      points: 5,
      metric: 'high_cpu_processes',
      value: 2,
      threshold: 1,
      reason: '2 processes at 80 % of a CPU or more',
      culprit: 'xmrig (78)',
    },
    entry: ['warning', 'High CPU processes: 2'],
  },
  {
    what: 'a system that does not show connections',
    change: { connections: null },
    row: undefined,
    entry: ['info', 'Established TCP/UDP connections: not known on this system'],
  },
  {
    what: 'a system that does not show processes',
    change: { processes: [] },
    row: undefined,
    entry: ['info', 'High CPU processes: not known on this system'],
  },
];

for (const { what, change, auth, row, entry } of CASES) {
  test(`score: ${what}`, () => {
    const { score: left, ledger, entries } = score(quiet(change), auth ?? QUIET_AUTH, [], SETTINGS);
    assert.deepEqual(ledger, row === undefined ? [] : [row]);
    assert.equal(left, 100 - (row?.points ?? 0));
    assert.deepEqual(
      entries.map(({ metric }) => metric),
      MONITOR_METRICS,
    );
    const [level, message] = entry;
    assert.equal(entries.find((one) => one.message === message)?.level, level, JSON.stringify(entries));
  });
}

const alert = (id: string, level: OpenAlert['level']): OpenAlert => ({ id, level, sentence: `what ${id} is about` });

test('open alerts: critical and high ones cost points, each by its id, most first', () => {
  const alerts = LEVELS.map((level, i) => alert(String(i), level));
  const { score: left, band, ledger } = score(quiet(), failed(23), alerts, SETTINGS);
  assert.deepEqual(
    ledger.map(({ points, metric, culprit, reason }) => [points, metric, culprit, reason]),
    [
      [35, 'alert', '4', 'what 4 is about'],
      [20, 'failed_logins', '203.0.113.7', '23 failed logins in the last 300 lines'],
      [12, 'alert', '3', 'what 3 is about'],
    ],
  );
  assert.deepEqual([left, band], [33, 'serious']);
});

test('a flood of alerts: the score stays at 0, the ledger short and its sum whole', () => {
  const alerts = Array.from({ length: 5000 }, (_, i) => alert(String(i), i === 4999 ? 'critical' : 'high'));
  const { score: left, ledger } = score(quiet(), QUIET_AUTH, alerts, SETTINGS);
  assert.equal(left, 0);
  assert.equal(ledger.length, 20);
  assert.equal(
    ledger.reduce((sum, { points }) => sum + points, 0),
    35 + 4999 * 12,
  );
  assert.equal(ledger[0]?.reason, '4981 more open alerts');
  assert.equal(ledger[1]?.culprit, '4999');
});

test('bands', () => {
  const rows = [
    [100, 'normal'],
    [90, 'normal'],
    [89, 'minor'],
    [70, 'minor'],
    [69, 'look'],
    [50, 'look'],
    [49, 'serious'],
    [0, 'serious'],
  ] as const;
  for (const [value, band] of rows) assert.equal(bandOf(value), band, String(value));
});

test('every threshold, weight and limit is a setting', () => {
  const settings = monitorSchema.parse({
    thresholds: { failed_logins: 100, process_cpu: 10 },
    weights: { high_cpu_processes: 0, high_alert: 3 },
    limits: { failed_logins: { warning: 200, alert: 300 }, high_cpu_processes: { warning: 1, alert: 1 } },
  });
  const { ledger, entries } = score(quiet(), failed(150), [alert('7', 'high')], settings);
  assert.deepEqual(
    ledger.map(({ metric, points }) => [metric, points]),
    [
      ['failed_logins', 5],
      ['alert', 3],
    ],
  );
  assert.deepEqual(
    entries.map(({ level }) => level),
    ['info', 'info', 'info', 'info', 'alert'],
  );
});

test('settings that cannot be meant are refused', () => {
  for (const wrong of [
    { limits: { cpu_load: { warning: 2, alert: 1 } } },
    { weights: { critical_alert: 0 } },
    { weights: { high_alert: 0 } },
    { thresholds: { memory_used_pct: 101 } },
    { interval: 0 },
    { interval: 10, unknown: 1 },
  ]) {
    assert.equal(monitorSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
  }
});

/** Any state of a machine and any alerts. */
const anyState = fc.record({
  load: fc.double({ min: 0, max: 50, noNaN: true }),
  cpus: fc.integer({ min: 1, max: 64 }),
  used: fc.integer({ min: 0, max: 1000 }),
  established: fc.integer({ min: 0, max: 500 }),
  cpu: fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 6 }),
  failures: fc.integer({ min: 0, max: 60 }),
  levels: fc.array(fc.constantFrom(...LEVELS), { maxLength: 30 }),
});
type State = typeof anyState extends fc.Arbitrary<infer T> ? T : never;

function scored({ load, cpus, used, established, cpu, failures, levels }: State): ReturnType<typeof score> {
  const snapshot = quiet({
    load: [load, 0, 0],
    cpus,
    memory: { total: 1000, used },
    processes: cpu.map((percent, i) => busy(i + 1, percent)),
    ...connected(established),
  });
  return score(
    snapshot,
    failed(failures),
    levels.map((level, i) => alert(String(i), level)),
    SETTINGS,
  );
}

test('law: 100 less the ledger is the score, down to 0; whole; never 100 beside an open high alert', () => {
  let floored = 0;
  fc.assert(
    fc.property(anyState, (state) => {
      const { score: left, band, ledger, entries } = scored(state);
      const sum = ledger.reduce((total, { points }) => total + points, 0);
      if (sum > 100) floored++;
      assert.equal(left, Math.max(0, 100 - sum));
      assert.ok(Number.isInteger(left) && ledger.every(({ points }) => Number.isInteger(points) && points > 0));
      assert.ok(ledger.every((row, i) => i === 0 || row.points <= (ledger[i - 1]?.points ?? 0)));
      assert.ok(ledger.every(({ value, threshold }) => value >= threshold - 0.005));
      assert.equal(band, bandOf(left));
      assert.equal(entries.length, 5);
      if (state.levels.includes('high') || state.levels.includes('critical')) assert.ok(left < 100);
    }),
    { seed: 1, numRuns: 500 },
  );
  assert.ok(floored > 20, String(floored));
});

const WORSE: readonly (readonly [what: string, worse: (state: State, by: number) => State])[] = [
  ['more failed logins', (state, by) => ({ ...state, failures: state.failures + by })],
  ['more load', (state, by) => ({ ...state, load: state.load + by / 10 })],
  ['more memory', (state, by) => ({ ...state, used: Math.min(1000, state.used + by * 5) })],
  ['more connections', (state, by) => ({ ...state, established: state.established + by })],
  ['one more busy process', (state) => ({ ...state, cpu: [...state.cpu, 100] })],
  ['one more alert', (state, by) => ({ ...state, levels: [...state.levels, LEVELS[by % 5] ?? 'high'] })],
];

test('law: what gets worse never raises the score', () => {
  let fell = 0;
  for (const [what, worse] of WORSE) {
    fc.assert(
      fc.property(anyState, fc.integer({ min: 1, max: 40 }), (state, by) => {
        const [before, after] = [scored(state).score, scored(worse(state, by)).score];
        if (after < before) fell++;
        assert.ok(after <= before, what);
      }),
      { seed: 1, numRuns: 150 },
    );
  }
  assert.ok(fell > 100, String(fell));
});

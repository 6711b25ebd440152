import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AgentState, HostSnapshot, WireAlert } from '#contract';
import { frame, scrollLimit } from './frame.ts';
import { FIRST_VIEW, nothingYet, type Page, PANES, type TopState } from './state.ts';
import { plainAlert } from './state.fixture.ts';
import { themeOf } from './theme.ts';
import { widthOf } from './width.ts';

const PLAIN = themeOf('none');
const BARE: TopState = {
  ...nothingYet('nas', '0.1.0'),
  ...FIRST_VIEW,
  now: Date.UTC(2025, 10, 30, 20, 42, 8),
  zone: 'UTC',
  connection: 'live',
  interval: 10,
  rate: undefined,
};

const said = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 60 }));
const amount = fc.double({ min: 0, max: 1e13, noNaN: true });
const moment = fc.integer({ min: BARE.now - 1e12, max: BARE.now });

const snapshot: fc.Arbitrary<HostSnapshot> = fc.record({
  host: said,
  at: moment,
  span: fc.constantFrom(0, 10_000),
  cpus: fc.integer({ min: 1, max: 256 }),
  uptime: amount,
  load: fc.tuple(amount, amount, amount),
  cpu: fc.option(amount),
  memory: fc.record({ total: amount, used: amount }),
  swap: fc.option(fc.record({ total: amount, used: amount })),
  disks: fc.array(fc.record({ mount: said, total: amount, used: amount }), { maxLength: 4 }),
  processes: fc.array(fc.record({ pid: fc.nat(), name: said, user: said, cpu: amount, memory: amount }), {
    maxLength: 10,
  }),
  connections: fc.option(
    fc.record({
      established: fc.nat(),
      peers: fc.array(fc.record({ address: said, count: fc.nat() }), { maxLength: 3 }),
    }),
  ),
  listeners: fc.array(
    fc.record({
      port: fc.nat({ max: 65_535 }),
      protocol: fc.constantFrom('tcp' as const, 'udp' as const),
      address: said,
      process: said,
    }),
    { maxLength: 4 },
  ),
  network: fc.option(fc.record({ in: amount, out: amount })),
  logins: fc.array(fc.record({ user: said, from: said, at: moment, until: fc.option(moment) }), { maxLength: 4 }),
});

const anyAlert: fc.Arbitrary<WireAlert> = fc
  .record({ id: fc.nat().map(String), level: fc.constantFrom('critical' as const, 'low' as const), text: said })
  .map(({ id, level, text }) => ({
    ...plainAlert(id, level),
    sentence: text,
    entity: text,
    steps: [{ text, command: text }],
    evidence: [{ '@timestamp': text, 'event.id': text, message: text, 'event.category': text, 'user.name': text }],
    history: [{ at: text, by: text, action: 'opened' as const, note: text }],
  }));

const page = (alerts: readonly WireAlert[]): fc.Arbitrary<Page> => {
  const first = alerts[0];
  const opened = first === undefined ? [] : [{ kind: 'alert' as const, alert: first }];
  return fc.constantFrom<Page>({ kind: 'panes' }, { kind: 'help' }, { kind: 'pane' }, ...opened);
};

const anyState: fc.Arbitrary<TopState> = fc
  .tuple(
    snapshot,
    fc.array(anyAlert, { maxLength: 4 }),
    said,
    fc.nat({ max: 100 }),
    fc.constantFrom(...PANES),
    fc.boolean(),
  )
  .chain(([look, alerts, text, score, focus, flag]) =>
    page(alerts).map((shown): TopState => ({
      ...BARE,
      host: text,
      focus,
      page: shown,
      notice: flag ? text : '',
      filter: { text: flag ? '' : text, typing: !flag },
      paused: flag ? { since: BARE.now, waiting: score } : undefined,
      alerts: { value: alerts },
      authEvents: { value: alerts.flatMap((each) => each.evidence) },
      sources: { value: [{ id: text, state: 'failed', reason: text, records: 1, last_seen: null }] },
      levels: flag ? { missing: text } : { value: { critical: 1, high: 2, medium: 1_000_000 } },
      snapshot: {
        value: {
          snapshot: look,
          auth: { lines: 300, failed: 1, failedBy: [], sudo: 0 },
          score: {
            score,
            band: 'look',
            ledger: alerts.map((each) => ({
              points: 5,
              metric: 'alert',
              value: 1,
              threshold: 0,
              reason: each.sentence,
              culprit: '',
            })),
            entries: [],
          },
        },
      },
    })),
  );

test('law: exactly so many lines, none too wide, nothing but text and colours, whatever was sent to us', () => {
  fc.assert(
    fc.property(anyState, fc.integer({ min: 1, max: 220 }), fc.integer({ min: 1, max: 70 }), (state, columns, rows) => {
      const lines = frame(state, columns, rows, themeOf('24-bit'));
      assert.equal(lines.length, rows);
      for (const line of lines) {
        const text = line.replace(/\u001b\[(?:0|1|(?:1;)?38;2;\d+;\d+;\d+)m/g, '');
        assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}]/u);
        assert.ok(widthOf(text) <= columns, `${widthOf(text)} cells in ${columns} columns: ${text}`);
      }
    }),
    { seed: 1, numRuns: 400 },
  );
});

test('before anything is known every part says so', () => {
  const text = frame(BARE, 120, 36, PLAIN).join('\n');
  assert.match(text, /Not scored yet/);
  assert.equal(text.match(/first look is on its way/g)?.length, 8);
});

const followed = { id: 'journald', state: 'following', reason: '', records: 1, last_seen: null } as const;
const agent = (state: AgentState, always_on = true) => ({ name: 'attic', state, always_on });

const CALM: readonly (readonly [name: string, change: Partial<TopState>, shown: RegExp])[] = [
  ['nothing open', { alerts: { value: [] } }, /All quiet\. Nothing needs you\./],
  [
    'only what can wait',
    { alerts: { value: [plainAlert('1')] }, levels: { value: { medium: 1 } } },
    /Nothing needs you\. One can wait until you have time\./,
  ],
  ['reconnecting', { connection: 'reconnecting' }, /reconnecting, nothing is lost/],
  ['paused', { paused: { since: BARE.now, waiting: 2 } }, /paused at 20:42:08, 2 new alerts/],
  ['no server', { connection: 'monitor' }, /no server, watching this machine/],
  [
    'agents',
    { sources: { value: [followed] }, agents: { value: [agent('live'), agent('live')] } },
    /1 followed   agents 2 live  /,
  ],
  [
    'an agent that wants a hand, first of all',
    { sources: { value: [followed] }, agents: { value: [agent('live'), agent('silent'), agent('silent', false)] } },
    /nas   agents 1 live, 1 silent, 1 asleep   1 followed/,
  ],
  [
    'each agent once',
    { sources: { value: [followed, { ...followed, id: 'agent:attic', state: 'failed' }] }, agents: { value: [] } },
    /nas   1 followed {5}/,
  ],
  ['the rate', { sources: { value: [] }, rate: 0.4 }, /under 1 event a second/],
];
for (const [name, change, shown] of CALM)
  test(`the top says: ${name}`, () => assert.match(frame({ ...BARE, ...change }, 120, 36, PLAIN).join('\n'), shown));

test('a screen too small for six shows the focused pane alone', () => {
  const text = frame({ ...BARE, focus: 'network' }, 40, 12, PLAIN).join('\n');
  assert.match(text, /━ 3 Network/);
  assert.doesNotMatch(text, /Processes/);
});

test('the last line that can be scrolled to is the last one there is', () => {
  const alert = { ...plainAlert('1'), steps: Array.from({ length: 50 }, (_, at) => ({ text: `step ${at}.` })) };
  const state: TopState = { ...BARE, page: { kind: 'alert', alert } };
  const scroll = scrollLimit(state, 80, 24);
  assert.match(frame({ ...state, scroll }, 80, 24, PLAIN).join('\n'), /step 49\./);
  assert.doesNotMatch(frame({ ...state, scroll: scroll - 1 }, 80, 24, PLAIN).join('\n'), /step 49\./);
});

test('damage and an old backup are told in the first line; where all is well nothing is', () => {
  const sources = { value: [] };
  const top = (state: Partial<TopState>, columns = 120): string =>
    frame({ ...BARE, sources, ...state }, columns, 36, PLAIN)[0] ?? '';
  assert.doesNotMatch(top({}), /damaged|backup/);
  const damage = { places: 2, first: [] };
  const backup = { made: '2025-10-01T00:00:00.000Z', days: 60, old: true };
  assert.match(top({ damage, backup }), /2 places damaged: porchlight doctor --verify/);
  assert.match(top({ damage }, 80), /2 places damaged/);
  assert.match(top({ backup }), /backup 60 days old/);
  assert.doesNotMatch(top({ backup: { ...backup, old: false } }), /backup/);
});

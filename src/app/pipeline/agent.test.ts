/** Batches of agents against the rules of the contract: what is taken, what is refused, what the account says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type AgentReport,
  type BatchHead,
  type DeclaredGap,
  type Mark,
  type RawRecord,
  SNAPSHOT_DATASET,
  SNAPSHOT_FIELD,
} from '#contract';
import { counters } from '#lib/counters';
import { createMarks } from '../marks.ts';
import { type AgentResult, receiveAgent } from './agent.ts';
import type { Intake, Taken } from './intake.ts';

const NOW = Date.UTC(2026, 2, 14, 12);

interface Bench {
  readonly records: RawRecord[];
  readonly counted: ReturnType<typeof counters>;
  readonly intake: Intake;
  send(
    head: Partial<BatchHead> & { readonly from: number; readonly to: number },
    lines?: readonly string[],
  ): AgentResult;
  body(text: string): AgentResult;
}

function bench(marks: readonly Mark[] = [], take: (record: RawRecord) => Taken = () => 'stored'): Bench {
  const records: RawRecord[] = [];
  const counted = counters();
  const intake: Intake = {
    marks: createMarks(marks),
    take(record) {
      records.push(record);
      return take(record);
    },
    count: (name, reason, by) => counted.add(name, reason, by),
  };
  const body = (text: string): AgentResult =>
    receiveAgent(
      { kind: 'agent', agent: 'attic', key: 'k1', received: NOW, body: new TextEncoder().encode(text) },
      intake,
    );
  return {
    records,
    counted,
    intake,
    body,
    send(head, lines) {
      const whole = { v: 1, epoch: 'e1', sources: [{ id: 'a' }], ...head };
      const numbers = Array.from({ length: head.to - head.from }, (_, i) => head.from + i);
      const wires = lines ?? numbers.map((n) => JSON.stringify({ s: 0, r: NOW - 5, t: `line ${n}` }));
      return body([JSON.stringify(whole), ...wires].join('\n'));
    },
  };
}

const report = (rest: Partial<AgentReport> = {}): AgentReport => ({
  version: '1.0.0',
  platform: 'linux',
  host: 'attic.lan',
  started: NOW,
  always_on: true,
  spool: { records: 0, bytes: 0, oldest: null, quarantined: 0, parked: 0 },
  sources: [],
  ...rest,
});

const account = (source: string, spooled: number): AgentReport['sources'][number] => ({
  source,
  read: spooled,
  spooled,
  sent: 0,
  dropped: {},
  gaps: [],
  lag: 0,
  state: 'following',
  reason: '',
});

interface Case {
  readonly what: string;
  readonly head: { readonly from: number; readonly to: number; readonly gap?: DeclaredGap };
  /** New lines, or the number that is asked for. */
  readonly gives: readonly number[] | { readonly expected: number };
  readonly mark?: number;
  readonly lost?: number;
}

/** The mark stands at 10. */
const cases: readonly Case[] = [
  { what: 'that follows', head: { from: 10, to: 12 }, gives: [10, 11], mark: 12 },
  { what: 'whose reply was lost', head: { from: 8, to: 10 }, gives: [], mark: 10 },
  { what: 'that is half a repeat', head: { from: 8, to: 12 }, gives: [10, 11], mark: 12 },
  { what: 'from long ago', head: { from: 0, to: 3 }, gives: [], mark: 10 },
  { what: 'that leaves numbers out', head: { from: 12, to: 13 }, gives: { expected: 10 } },
  {
    what: 'that declares what it leaves out',
    head: { from: 12, to: 13, gap: { from: 10, to: 12, reason: 'damaged' } },
    gives: [12],
    mark: 13,
    lost: 2,
  },
  {
    what: 'that declares too little',
    head: { from: 12, to: 13, gap: { from: 11, to: 12, reason: 'damaged' } },
    gives: { expected: 10 },
  },
  {
    what: 'that declares less than it leaves out',
    head: { from: 12, to: 13, gap: { from: 10, to: 11, reason: 'damaged' } },
    gives: { expected: 10 },
  },
  {
    what: 'that repeats its declaration',
    head: { from: 10, to: 11, gap: { from: 8, to: 10, reason: 'damaged' } },
    gives: [10],
    mark: 11,
  },
  { what: 'of nothing', head: { from: 10, to: 10 }, gives: [], mark: 10 },
  { what: 'of nothing, ahead', head: { from: 11, to: 11 }, gives: { expected: 10 } },
  {
    what: 'of nothing but a gap',
    head: { from: 12, to: 12, gap: { from: 10, to: 12, reason: 'evicted' } },
    gives: [],
    mark: 12,
    lost: 2,
  },
];

for (const { what, head, gives, mark, lost = 0 } of cases) {
  test(`a batch ${what}`, () => {
    const { send, records, intake, counted } = bench([{ key: 'agent:attic/e1', mark: 10, detail: '' }]);
    const { outcome, account: kept } = send(head);
    if ('expected' in gives) {
      assert.deepEqual(outcome, { kind: 'sequence', ...gives });
      assert.equal(kept, undefined);
      assert.deepEqual([records, intake.marks.take().moved, counted.entries()], [[], [], []]);
      return;
    }
    const repeated = head.to - head.from - gives.length;
    assert.deepEqual(outcome, { kind: 'taken', accepted: gives.length, repeated, mark, report: undefined });
    assert.deepEqual(
      records.map(({ text }) => text),
      gives.map((n) => `line ${n}`),
    );
    assert.equal(intake.marks.at('agent:attic/e1')?.mark, mark);
    assert.equal(
      kept?.gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0),
      lost,
    );
    assert.equal(counted.get('records_lost', `agent_${head.gap?.reason ?? ''}`), lost);
    assert.equal(counted.get('records_repeated', 'repeat'), repeated);
  });
}

test('a law: however batches are cut, repeated, held up and thrown away, each line comes once and in order', () => {
  const step = fc.record({
    // Where it begins, against the mark; how many; and what becomes of it.
    back: fc.integer({ min: -3, max: 6 }),
    length: fc.integer({ min: 0, max: 8 }),
    end: fc.constantFrom('committed', 'committed', 'reply lost', 'commit failed'),
    declares: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let committed: readonly Mark[] = [];
      const stored: number[] = [];
      const lost: number[] = [];
      let expected = 0;
      for (const { back, length, end, declares } of steps) {
        const { send, records, intake } = bench(committed);
        const from = Math.max(0, expected - back);
        const gap =
          declares && from > expected ? { gap: { from: expected, to: from, reason: 'evicted' as const } } : {};
        const { outcome } = send({ from, to: from + length, ...gap });
        if (from > expected && !declares) {
          assert.deepEqual(outcome, { kind: 'sequence', expected });
          continue;
        }
        if (end === 'commit failed') continue;
        committed = [...committed.filter(({ key }) => key !== 'agent:attic/e1'), ...intake.marks.take().moved];
        stored.push(...records.map(({ text }) => Number(text.slice(5))));
        for (let n = expected; n < from; n++) lost.push(n);
        expected = Math.max(expected, from + length);
      }
      assert.deepEqual(
        [...stored, ...lost].toSorted((a, b) => a - b),
        Array.from({ length: expected }, (_, n) => n),
      );
      assert.deepEqual(
        stored,
        stored.toSorted((a, b) => a - b),
      );
    }),
    { seed: 20261120, numRuns: 500 },
  );
});

test('two agents with one epoch, and two epochs of one agent, are strangers', () => {
  const { send, intake } = bench([{ key: 'agent:cellar/e1', mark: 7, detail: '' }]);
  assert.equal(send({ from: 0, to: 2 }).outcome.kind, 'taken');
  assert.equal(send({ from: 0, to: 1, epoch: 'e2' }).outcome.kind, 'taken');
  assert.deepEqual(
    ['agent:cellar/e1', 'agent:attic/e1', 'agent:attic/e2'].map((key) => intake.marks.at(key)?.mark),
    [7, 2, 1],
  );
});

test('the agent is the key’s, the host is the agent’s unless the source names one, the time is when it was read', () => {
  const { send, records } = bench();
  const line = (s: number, r: number): string => JSON.stringify({ s, r, t: 'x', b: 1, c: 1, agent: 'other' });
  const sources = [
    { id: 'a', agent: 'other', type: 'porchlight' },
    { id: 'syslog', host: 'router', path: '/x', timezone: 'UTC' },
  ];
  const later = NOW + 1;
  const long = NOW - 61 * 86_400_000;
  send({ from: 0, to: 4, sources }, [line(0, NOW - 9), line(1, NOW - 8), line(0, later), line(0, long)]);
  const own = { id: 'agent:attic', agent: 'attic', host: 'attic' };
  const relayed = { ...own, host: 'router', path: '/x', timezone: 'UTC' };
  const rest = { text: 'x', backfill: true, cut: true };
  assert.deepEqual(records, [
    { source: own, received: NOW - 9, ...rest },
    { source: relayed, received: NOW - 8, ...rest },
    { source: own, received: NOW, ...rest },
    { source: own, received: NOW, ...rest },
  ]);
});

test('the account counts by source what was stored and what was left out', () => {
  const outcomes: Taken[] = ['stored', 'blank', 'stored', 'older_than_backfill', 'stored'];
  const { send } = bench([], () => outcomes.shift() ?? 'stored');
  const sources = [{ id: 'a' }, { id: 'b' }, { id: 'a', host: 'other' }, { id: 'idle' }];
  const lines = [0, 0, 1, 1, 2].map((s) => JSON.stringify({ s, r: NOW, t: 'x' }));
  const { account: kept } = send({ from: 0, to: 5, sources, sent: NOW + 40 }, lines);
  assert.deepEqual(kept, {
    agent: 'attic',
    epoch: 'e1',
    key: 'k1',
    sources: [
      { source: 'a', stored: 2, dropped: { blank: 1 } },
      { source: 'b', stored: 1, dropped: { older_than_backfill: 1 } },
    ],
    gaps: [],
    skew: 40,
  });
});

test('an agent that comes with a new spool has lost what the old one still held', () => {
  const { send, intake, counted } = bench();
  const waiting = { records: 5, bytes: 500, oldest: NOW, quarantined: 0, parked: 0 };
  send({ from: 0, to: 3, report: report({ spool: waiting, sources: [account('a', 4), account('b', 3)] }) });
  // Seven were numbered, three came: four are lost, though five were said to wait (one of those three among them).
  const first = send({ from: 0, to: 1, epoch: 'e2' });
  assert.deepEqual(first.account?.gaps, [{ epoch: 'e1', from: 3, to: 7, reason: 'missing', at: NOW }]);
  assert.equal(counted.get('records_lost', 'agent_missing'), 4);
  assert.deepEqual(send({ from: 1, to: 2, epoch: 'e2' }).account?.gaps, []);
  assert.deepEqual(send({ from: 0, to: 1, epoch: 'e3' }).account?.gaps, []);
  // The old spool turns up again: its numbers go on.
  assert.deepEqual(send({ from: 3, to: 4 }).outcome, {
    kind: 'taken',
    accepted: 1,
    repeated: 0,
    mark: 4,
    report: undefined,
  });
  assert.equal(intake.marks.at('agent:attic/e1')?.mark, 4);
});

test('of ever new spools only the last few are remembered', () => {
  const { send, intake } = bench();
  for (let n = 0; n < 30; n++) send({ from: 0, to: 1, epoch: `e${n}` });
  assert.equal(intake.marks.startingWith('agent:attic/').length, 8);
  assert.equal(intake.marks.take().forgotten.length, 22);
});

test('a report that is not whole is none, and the records are taken all the same', () => {
  const good = report({ sources: [account('a', 4)] });
  const bad: readonly [string, unknown][] = [
    ['no object', 'fine'],
    ['a text for a number', { ...good, started: 'now' }],
    ['a negative count', { ...good, sources: [{ ...account('a', 4), read: -1 }] }],
    ['a state nobody knows', { ...good, sources: [{ ...account('a', 4), state: 'asleep' }] }],
    [
      'a reason that is no word',
      { ...good, sources: [{ ...account('a', 4), dropped: { __proto__: null, 'A"b': 1 } }] },
    ],
    ['too many sources', { ...good, sources: Array.from({ length: 300 }, () => account('a', 1)) }],
    ['a time no calendar has', { ...good, started: 1e300 }],
    ['spool missing', { ...good, spool: undefined }],
  ];
  for (const [what, given] of bad) {
    const { send, records, counted } = bench();
    const { outcome, account: kept } = send({ from: 0, to: 1, report: given as AgentReport });
    assert.equal(outcome.kind === 'taken' && outcome.report, undefined, what);
    assert.equal(kept?.report, undefined, what);
    assert.deepEqual([records.length, counted.get('agent_reports_refused', 'attic')], [1, 1], what);
  }
  const { outcome } = bench().send({
    from: 0,
    to: 0,
    report: { ...good, extra: 'x', host: 'h'.repeat(999) } as AgentReport,
  });
  assert.deepEqual(outcome.kind === 'taken' && outcome.report, { ...good, host: 'h'.repeat(300) });
});

const head = (rest: object = {}): string =>
  JSON.stringify({ v: 1, epoch: 'e1', from: 0, to: 1, sources: [{ id: 'a' }], ...rest });
const record = (rest: object = {}): string => JSON.stringify({ s: 0, r: NOW, t: 'x', ...rest });

const malformed: readonly [what: string, body: string, reason: RegExp][] = [
  ['nothing', '', /line 1 is not JSON/],
  ['no JSON', 'hello\nworld', /line 1 is not JSON/],
  ['an array', '[]', /not an object/],
  ['another version', `${head({ v: 2 })}\n${record()}`, /version 2/],
  ['an epoch that is a path', `${head({ epoch: '../x' })}\n${record()}`, /epoch/],
  ['a range backwards', head({ from: 5, to: 1 }), /range/],
  ['a range of halves', head({ from: 0.5, to: 1.5 }), /range/],
  ['a number too large to count', head({ from: 1e300, to: 1e300 }), /range/],
  ['more records than said', `${head()}\n${record()}\n${record()}`, /2 records where the head says 1/],
  ['fewer records than said', head(), /0 records/],
  ['a body cut in the middle', `${head({ to: 2 })}\n${record()}\n{"s":0,"r"`, /line 3 is not JSON/],
  ['too many records', head({ to: 1e6 }), /more than/],
  ['too many sources', head({ sources: Array.from({ length: 300 }, () => ({ id: 'a' })) }), /sources/],
  ['a source without a name', `${head({ sources: [{}] })}\n${record()}`, /id of a source/],
  ['a source of another shape', `${head({ sources: [null] })}\n${record()}`, /id of a source/],
  ['a zone that is no text', `${head({ sources: [{ id: 'a', timezone: 3 }] })}\n${record()}`, /timezone/],
  ['a source nobody named', `${head()}\n${record({ s: 1 })}`, /no source/],
  ['a source behind the list', `${head()}\n${record({ s: -1 })}`, /no source/],
  ['a record without a time', `${head()}\n${record({ r: 'x' })}`, /no time/],
  ['a record without a text', `${head()}\n${record({ t: { a: 1 } })}`, /no text/],
  ['a gap without an end', `${head({ gap: { from: 0 } })}\n${record()}`, /gap/],
  ['a gap for no reason', `${head({ gap: { from: 0, to: 1, reason: '<b>' } })}\n${record()}`, /gap/],
];

for (const [what, body, reason] of malformed) {
  test(`a body with ${what} is no batch, and nothing of it is taken`, () => {
    const { body: sendBody, records, intake } = bench();
    const { outcome, account: kept } = sendBody(body);
    assert.equal(outcome.kind, 'malformed');
    assert.match(outcome.kind === 'malformed' ? outcome.reason : '', reason);
    assert.deepEqual([kept, records, intake.marks.take().moved], [undefined, [], []]);
  });
}

test('whatever bytes come, nothing throws', () => {
  const { body } = bench();
  const whole = `${head({ to: 3, report: report() })}\n${record()}\n${record()}\n${record()}`;
  fc.assert(
    fc.property(fc.array(fc.record({ at: fc.nat(whole.length), text: fc.string() }), { maxLength: 5 }), (cuts) => {
      let text = whole;
      for (const { at, text: other } of cuts) text = text.slice(0, at) + other + text.slice(at + other.length);
      body(text);
    }),
    { seed: 20261120, numRuns: 500 },
  );
});

test('a line longer than a record may be is cut, and says so', () => {
  const { send, records } = bench();
  send({ from: 0, to: 1 }, [record({ t: 'x'.repeat(1_100_000) })]);
  assert.deepEqual([records[0]?.text.length, records[0]?.cut], [1_048_576, true]);
});

interface Voice {
  readonly what: string;
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** What the record then says, under its type; undefined: it is taken as anybody's words. */
  readonly says: Readonly<Record<string, unknown>> | undefined;
}

const look = (rest: object = {}): string => JSON.stringify({ host: 'house', at: NOW - 5, cpus: 4, ...rest });
const snapshot = { 'event.dataset': SNAPSHOT_DATASET, 'labels.product': 'porchlight', 'labels.service': 'snapshot' };
const visit = { 'event.dataset': 'porchlight.honeypot', 'labels.product': 'porchlight', 'labels.service': 'honeypot' };
const at = new Date(NOW - 5).toISOString();
const own = { ...snapshot, 'host.name': 'attic', '@timestamp': at };

const voices: readonly Voice[] = [
  {
    what: 'a look at another machine becomes one at its own',
    type: 'snapshot',
    fields: { ...snapshot, 'host.name': 'house', [SNAPSHOT_FIELD]: look() },
    says: { ...own, [SNAPSHOT_FIELD]: look({ host: 'attic' }) },
  },
  {
    what: 'a look from the future is one from now',
    type: 'snapshot',
    fields: { ...snapshot, [SNAPSHOT_FIELD]: look({ at: NOW + 1e12 }) },
    says: { ...own, '@timestamp': new Date(NOW).toISOString(), [SNAPSHOT_FIELD]: look({ at: NOW, host: 'attic' }) },
  },
  {
    what: 'a look without a time is none',
    type: 'snapshot',
    fields: { ...snapshot, [SNAPSHOT_FIELD]: look({ at: 'x' }) },
    says: undefined,
  },
  {
    what: 'a look that is no object is none',
    type: 'snapshot',
    fields: { ...snapshot, [SNAPSHOT_FIELD]: '[]' },
    says: undefined,
  },
  {
    what: 'a name in another shape is no way round',
    type: 'snapshot',
    fields: { host: { name: 'house' }, labels: { service: 'agent' }, ...snapshot, [SNAPSHOT_FIELD]: look() },
    says: { ...own, [SNAPSHOT_FIELD]: look({ host: 'attic' }) },
  },
  {
    what: 'a visit to its honeypot is under its own name',
    type: 'honeypot',
    fields: { ...visit, 'host.name': 'house', 'source.ip': '203.0.113.7' },
    says: { ...visit, 'host.name': 'attic', 'source.ip': '203.0.113.7' },
  },
  {
    what: 'news of agents are not for agents',
    type: 'honeypot',
    fields: { 'event.dataset': 'porchlight.agent', 'event.action': 'agent-back', 'host.name': 'cellar' },
    says: undefined,
  },
  {
    what: 'a visit with the label of news loses the label',
    type: 'honeypot',
    fields: { ...visit, 'labels.service': 'agent' },
    says: { ...visit, 'host.name': 'attic' },
  },
  {
    what: 'Porchlight itself is no type an agent may claim',
    type: 'porchlight',
    fields: { 'event.dataset': 'porchlight.agent' },
    says: undefined,
  },
];

for (const { what, type, fields, says } of voices) {
  test(`our own voice from an agent: ${what}`, () => {
    const { send, records } = bench();
    const text = JSON.stringify(fields);
    send({ from: 0, to: 1, sources: [{ id: 'monitor', type }] }, [record({ t: text })]);
    const [taken] = records;
    assert.equal(taken?.source.type, says === undefined ? undefined : type);
    assert.deepEqual(JSON.parse(taken?.text ?? ''), says ?? fields);
  });
}

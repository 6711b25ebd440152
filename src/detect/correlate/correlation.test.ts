import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RuleDocument } from '#contract';
import { compile } from '../compile.ts';
import { baseRule, correlationRule, located } from '../fixture.ts';
import type { Located, Match } from '../match.ts';
import { type Arrival, naive, type NaiveMatch, type NaivePlan } from './naive.ts';

const SPAN = 60_000;
const PATIENCE = 600_000;
const START = Date.UTC(2026, 0, 1);

/** When it says it happened: on time, late (at the window's very edge too), from the future, or read slowly from an old file. */
const stamps = fc.oneof(
  { weight: 30, arbitrary: fc.constant({ late: 0 }) },
  { weight: 6, arbitrary: fc.record({ late: fc.constantFrom(5, 30, 59, 60, 61) }) },
  { weight: 3, arbitrary: fc.record({ late: fc.integer({ min: -1000, max: 1000 }) }) },
  { weight: 20, arbitrary: fc.record({ old: fc.integer({ min: 0, max: 70 }) }) },
);

/** Whole seconds, so that equal times are common, as they are in syslog. */
const steps = fc.record({
  gap: fc.oneof(
    { weight: 25, arbitrary: fc.integer({ min: 0, max: 12 }) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 700 }) },
  ),
  stamp: stamps,
  rule: fc.nat(2),
  group: fc.constantFrom('192.0.2.1', '192.0.2.2'),
  value: fc.constantFrom('a', 'b', 'c', 'd'),
});
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

function arrivalsOf(given: readonly Step[], rules: number): Arrival[] {
  let received = START;
  return given.map(({ gap, stamp, rule, group, value }, at) => {
    received += gap * 1000;
    const arrival = { id: `1-${at}`, rule: rule % rules, value, received };
    if ('old' in stamp) return { ...arrival, group: `old ${group}`, stamp: START - 1e9 + stamp.old * 1000 };
    return { ...arrival, group, stamp: received - stamp.late * 1000 };
  });
}

const sequences = fc.array(steps, { maxLength: 60, size: 'max' });

const eventOf = (arrival: Arrival): Located =>
  located(
    Number(arrival.id.slice(2)),
    { 'event.action': `r${arrival.rule}`, g: arrival.group, v: arrival.value },
    arrival.stamp,
    arrival.received,
  );

const seen = (match: Match): NaiveMatch => ({
  at: match.event.id,
  evidence: match.evidence.map(({ id }) => id),
  counted: Number(match.values['count']),
});

interface Law {
  readonly type: NaivePlan['type'];
  readonly rules: number;
  readonly condition: Readonly<Record<string, unknown>> | undefined;
  readonly holds: (count: number) => boolean;
}

const LAWS: readonly Law[] = [
  { type: 'event_count', rules: 1, condition: { gte: 3 }, holds: (n) => n >= 3 },
  { type: 'event_count', rules: 2, condition: { gt: 1, lte: 4 }, holds: (n) => n > 1 && n <= 4 },
  { type: 'event_count', rules: 1, condition: { lt: 3 }, holds: (n) => n < 3 },
  { type: 'event_count', rules: 1, condition: { eq: 2 }, holds: (n) => n === 2 },
  { type: 'value_count', rules: 1, condition: { field: 'v', gte: 3 }, holds: (n) => n >= 3 },
  { type: 'temporal', rules: 3, condition: undefined, holds: (n) => n >= 3 },
  { type: 'temporal', rules: 3, condition: { gte: 2 }, holds: (n) => n >= 2 },
  { type: 'temporal_ordered', rules: 2, condition: undefined, holds: (n) => n >= 2 },
  { type: 'temporal_ordered', rules: 3, condition: undefined, holds: (n) => n >= 3 },
];

function documentsOf({ type, rules, condition }: Law): RuleDocument[] {
  const names = Array.from({ length: rules }, (_, at) => `r${at}`);
  const section = { type, rules: names, 'group-by': ['g'], timespan: '60s', ...(condition && { condition }) };
  return [...names.map((name) => baseRule(name)), correlationRule('c', section)];
}

for (const law of LAWS) {
  test(`${law.type} over ${law.rules} with ${JSON.stringify(law.condition)} finds what a list and a filter find`, () => {
    let found = 0;
    fc.assert(
      fc.property(sequences, (gaps) => {
        const arrivals = arrivalsOf(gaps, law.rules);
        const { detector } = compile(documentsOf(law));
        const matches = arrivals.flatMap((arrival) => detector.detect(eventOf(arrival)).matches.map(seen));
        const expected = naive({ ...law, timespan: SPAN, patience: PATIENCE }, arrivals);
        assert.deepEqual(matches, expected);
        found += matches.length;
      }),
      { seed: 1, numRuns: 300 },
    );
    assert.ok(found > 100, `only ${found} matches were compared`);
  });
}

/** A chain of two, the outer one ordered, as our own SSH rules are. */
const CHAIN: readonly RuleDocument[] = [
  baseRule('r0'),
  baseRule('r1'),
  correlationRule('many', {
    type: 'event_count',
    rules: ['r0'],
    'group-by': ['g'],
    timespan: '60s',
    condition: { gte: 3 },
  }),
  correlationRule(
    'then',
    { type: 'temporal_ordered', rules: ['many', 'r1'], 'group-by': ['g'], timespan: '15m' },
    { generate: true },
  ),
];

test('a fresh detector that saw the last two horizons goes on like the old one', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(steps, { minLength: 10, maxLength: 120, size: 'max' }), fc.nat(), (gaps, seed) => {
      const arrivals = arrivalsOf(gaps, 2);
      const old = compile(CHAIN);
      const cut = seed % arrivals.length;
      const now = arrivals[cut]?.received ?? 0;
      const hits = arrivals.slice(0, cut).filter((arrival) => old.detector.detect(eventOf(arrival)).hit);
      const fresh = compile(CHAIN);
      const recent = hits.filter((arrival) => arrival.received > now - 2 * fresh.horizonSeconds * 1000);
      for (const arrival of recent) fresh.detector.detect(eventOf(arrival));
      for (const arrival of arrivals.slice(cut)) {
        const expected = old.detector.detect(eventOf(arrival)).matches.map(seen);
        assert.deepEqual(fresh.detector.detect(eventOf(arrival)).matches.map(seen), expected);
        found += expected.length;
      }
    }),
    { seed: 1, numRuns: 500 },
  );
  assert.ok(found > 500, `only ${found} matches were compared`);
});

test('a detector that takes over the windows of another goes on like it, titles and levels changed', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(steps, { minLength: 10, maxLength: 120, size: 'max' }), fc.nat(), (gaps, seed) => {
      const arrivals = arrivalsOf(gaps, 2);
      const [one, other] = [compile(CHAIN).detector, compile(CHAIN).detector];
      const cut = seed % arrivals.length;
      for (const arrival of arrivals.slice(0, cut)) {
        one.detect(eventOf(arrival));
        other.detect(eventOf(arrival));
      }
      const renamed = CHAIN.map((document) => ({
        ...document,
        content: Object.assign({}, document.content, { title: 'New', level: 'low', description: 'New.' }),
      }));
      const next = compile(renamed).detector;
      assert.deepEqual(next.resume(structuredClone(other.handover())), { kept: 2, fresh: 0 });
      for (const arrival of arrivals.slice(cut)) {
        const expected = one.detect(eventOf(arrival)).matches.map(seen);
        assert.deepEqual(next.detect(eventOf(arrival)).matches.map(seen), expected);
        found += expected.length;
      }
      assert.deepEqual(next.dropped(), one.dropped());
    }),
    { seed: 1, numRuns: 300 },
  );
  assert.ok(found > 300, `only ${found} matches were compared`);
});

const COUNT = { type: 'event_count', rules: ['a'], 'group-by': ['g'], timespan: '60s', condition: { gte: 3 } };

function run(documents: readonly RuleDocument[], events: readonly Located[]): readonly (Match | undefined)[] {
  const { detector, problems } = compile(documents);
  assert.deepEqual(problems, []);
  return events.map((event) => detector.detect(event).matches[0]);
}

const knock = (at: number, seconds: number, received = seconds, group = 'x'): Located =>
  located(at, { 'event.action': 'a', g: group }, START + seconds * 1000, START + received * 1000);

test('each event is evidence once, and the window says how many are in it', () => {
  const matches = run(
    [baseRule('a'), correlationRule('c', COUNT)],
    [0, 1, 2, 3].map((second) => knock(second, second)),
  );
  assert.deepEqual(
    matches.map((match) => match && [match.count, match.evidence.map(({ id }) => id), match.values]),
    [undefined, undefined, [3, ['1-0', '1-1', '1-2'], { g: 'x', count: '3' }], [1, ['1-3'], { g: 'x', count: '4' }]],
  );
});

test('a stamp years off, in either direction, does not stop what comes after it', () => {
  const years = 10 * 365 * 86_400;
  const events = [
    knock(0, years, 0),
    knock(1, -years, 1),
    ...[2, 3, 4].map((second) => knock(second, second)),
    knock(5, -years, 5),
    knock(6, 6),
  ];
  const matches = run([baseRule('a'), correlationRule('c', COUNT)], events);
  // The one from the future counts when it was received; the two from the past are late.
  assert.deepEqual(
    matches.map((match) => match?.evidence.map(({ id }) => id)),
    [undefined, undefined, undefined, ['1-0', '1-2', '1-3'], ['1-4'], undefined, ['1-6']],
  );
});

test('when the clock of this machine went years ahead and came back, windows go on', () => {
  const years = 10 * 365 * 86_400;
  const events = [knock(0, years, years), ...[1, 2, 3].map((second) => knock(second, second))];
  const matches = run([baseRule('a'), correlationRule('c', COUNT)], events);
  assert.deepEqual(
    matches.at(-1)?.evidence.map(({ id }) => id),
    ['1-1', '1-2', '1-3'],
  );
});

test('a line exactly one timespan behind is late; a second later it is not', () => {
  const { detector } = compile([baseRule('a'), correlationRule('c', COUNT)]);
  const hits = [knock(0, 100), knock(1, 40, 100), knock(2, 41, 100)].map((event) => detector.detect(event).hit);
  assert.deepEqual(hits, [true, false, true]);
  assert.deepEqual(detector.dropped(), { late: 1 });
});

test('old lines that are read now correlate among themselves', () => {
  const old = -400 * 86_400;
  const matches = run(
    [baseRule('a'), correlationRule('c', COUNT)],
    [0, 1, 2].map((n) => knock(n, old + n, 0)),
  );
  assert.equal(matches[2]?.count, 3);
});

test('a long quiet trickle does not lose the events that are still in the window', () => {
  const trickle = Array.from({ length: 100 }, (_, n) => knock(n, n * 31));
  const matches = run([baseRule('a'), correlationRule('c', COUNT)], [...trickle, knock(100, 99 * 31 + 1)]);
  assert.deepEqual(
    matches.filter((match) => match !== undefined).map(({ evidence }) => evidence.map(({ id }) => id)),
    [['1-98', '1-99', '1-100']],
  );
});

test('an event without the field to group by takes no part, and that is counted', () => {
  const { detector } = compile([baseRule('a'), correlationRule('c', COUNT)]);
  assert.equal(detector.detect(located(0, { 'event.action': 'a' }, START)).hit, false);
  assert.deepEqual(detector.dropped(), { no_group: 1 });
});

test('values that join to the same text are different groups', () => {
  const two = { ...COUNT, 'group-by': ['g', 'h'], condition: { gte: 2 } };
  const pair = (at: number, g: string, h: string): Located => located(at, { 'event.action': 'a', g, h }, START);
  const events = [pair(0, 'a,b', 'c'), pair(1, 'a', 'b,c'), pair(2, 'a","b', 'c'), pair(3, 'a,b', 'c')];
  const matches = run([baseRule('a'), correlationRule('c', two)], events);
  assert.deepEqual(
    matches.map((match) => match?.count),
    [undefined, undefined, undefined, 2],
  );
});

test('an alias groups one rule by another field than the other', () => {
  const section = {
    type: 'temporal',
    rules: ['a', 'b'],
    'group-by': ['ip'],
    timespan: '10s',
    aliases: { ip: { a: 'source.ip', b: 'destination.ip' } },
  };
  const events = [
    located(0, { 'event.action': 'a', 'source.ip': '192.0.2.1' }, START),
    located(1, { 'event.action': 'b', 'source.ip': '192.0.2.1' }, START),
    located(2, { 'event.action': 'b', 'destination.ip': '192.0.2.1' }, START),
  ];
  const matches = run([baseRule('a'), baseRule('b'), correlationRule('c', section)], events);
  assert.deepEqual(
    matches.map((match) => match?.values),
    [undefined, undefined, { ip: '192.0.2.1', count: '2' }],
  );
});

test('folded repeats weigh as many events', () => {
  const line = located(0, { 'event.action': 'a', g: 'x', 'porchlight.repeat': 3 }, START);
  const [match] = run([baseRule('a'), correlationRule('c', COUNT)], [line]);
  assert.deepEqual([match?.count, match?.values['count'], match?.evidence.length], [3, '3', 1]);
});

test('memory is bounded by groups: the one longest without news goes, and is counted', () => {
  const { detector } = compile([baseRule('a'), correlationRule('c', COUNT)], {
    groups: 3,
    entries: 100,
    entriesPerGroup: 10,
  });
  const groups = ['kept', 'lost', 'third', 'kept', 'fourth', 'kept', 'lost', 'lost'];
  const results = groups.map((group, at) => detector.detect(knock(at, 0, 0, group)));
  assert.deepEqual(
    results.flatMap(({ matches }, at) => (matches.length > 0 ? [groups[at]] : [])),
    ['kept'],
  );
  assert.equal(detector.dropped()['group_evicted'], 2);
});

test('memory is bounded by entries, in all and in one group', () => {
  const limits = { groups: 100, entries: 6, entriesPerGroup: 4 };
  const { detector } = compile([baseRule('a'), correlationRule('c', COUNT)], limits);
  for (let n = 0; n < 10; n++) detector.detect(knock(n, 0, 0, 'loud'));
  assert.equal(detector.dropped()['entry_evicted'], 6);
  for (let n = 0; n < 3; n++) detector.detect(knock(n, 0, 0, 'other'));
  assert.equal(detector.dropped()['group_evicted'], 1);
  for (const group of ['one', 'two', 'three']) detector.detect(knock(20, 0, 0, group));
  assert.equal(detector.dropped()['group_evicted'], 1);
});

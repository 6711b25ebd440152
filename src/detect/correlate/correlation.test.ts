import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVIDENCE, type RuleDocument } from '#contract';
import { compile, LIMITS } from '../compile.ts';
import { baseRule, correlationRule, located } from '../fixture.ts';
import type { Located, Match } from '../match.ts';
import type { CorrelationLimits } from './correlation.ts';

const START = Date.UTC(2026, 0, 1);

const COUNT = { type: 'event_count', rules: ['a'], 'group-by': ['g'], timespan: '60s', condition: { gte: 3 } };

function run(documents: readonly RuleDocument[], events: readonly Located[]): readonly (Match | undefined)[] {
  const { detector, problems } = compile(documents);
  assert.deepEqual(problems, []);
  return events.map((event) => detector.detect(event).matches[0]);
}

const knock = (at: number, seconds: number, received = seconds, group = 'x'): Located =>
  located(at, { 'event.action': 'a', g: group }, START + seconds * 1000, START + received * 1000);

const told = (count: number): Match['values'] => ({
  g: 'x',
  count: String(count),
  value: String(count),
  timespan: '60 seconds',
});

test('each event is evidence once, and the window says how many are in it', () => {
  const matches = run(
    [baseRule('a'), correlationRule('c', COUNT)],
    [0, 1, 2, 3].map((second) => knock(second, second)),
  );
  assert.deepEqual(
    matches.map((match) => match && [match.count, match.evidence.map(({ id }) => id), match.values]),
    [undefined, undefined, [3, ['1-0', '1-1', '1-2'], told(3)], [1, ['1-3'], told(4)]],
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
  // It is offered again after a restart as well, for others may be late because of it.
  assert.deepEqual(hits, [true, true, true]);
  assert.deepEqual(detector.handover().correlations[0]?.groups[0]?.entries.length, 2);
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

test('old lines that are read too slowly do not: ten minutes after its receipt an event is gone', () => {
  for (const [received, count] of [
    [599, 3],
    [600, undefined],
  ] as const) {
    const events = [knock(0, -5000, 0), knock(1, -4999, 0), knock(2, -4998, received)];
    assert.equal(run([baseRule('a'), correlationRule('c', COUNT)], events)[2]?.count, count);
  }
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
    [undefined, undefined, { ip: '192.0.2.1', count: '2', value: '2', timespan: '10 seconds' }],
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
    bytes: 1e6,
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
  const limits = { groups: 100, entries: 6, entriesPerGroup: 4, bytes: 1e6 };
  const { detector } = compile([baseRule('a'), correlationRule('c', COUNT)], limits);
  for (let n = 0; n < 10; n++) detector.detect(knock(n, 0, 0, 'loud'));
  assert.equal(detector.dropped()['entry_evicted'], 6);
  for (let n = 0; n < 3; n++) detector.detect(knock(n, 0, 0, 'other'));
  assert.equal(detector.dropped()['group_evicted'], 1);
  for (const group of ['one', 'two', 'three']) detector.detect(knock(20, 0, 0, group));
  assert.equal(detector.dropped()['group_evicted'], 1);
});

const MANY = 200;
const ids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, n) => `1-${from + n}`);

/** [what a match has room for, the evidence of a match of two hundred] */
const ROOMS: readonly (readonly [CorrelationLimits, readonly string[]])[] = [
  [LIMITS, [...ids(0, EVIDENCE.first), ...ids(MANY - EVIDENCE.last, MANY)]],
  [{ ...LIMITS, evidence: 'all' }, ids(0, MANY)],
];

for (const [limits, evidence] of ROOMS) {
  test(`a match of many counts all of them; ${limits.evidence ?? 'the ends'} are its evidence`, () => {
    const { detector } = compile([baseRule('a'), correlationRule('c', { ...COUNT, condition: { gte: MANY } })], limits);
    const found = Array.from({ length: MANY }, (_, n) => detector.detect(knock(n, 0)).matches).flat();
    assert.deepEqual(
      found.map((match) => [match.count, match.evidence.map(({ id }) => id)]),
      [[MANY, evidence]],
    );
  });
}

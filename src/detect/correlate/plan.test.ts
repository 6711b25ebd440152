import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleDocument } from '#contract';
import { compile } from '../compile.ts';
import { baseRule, correlationRule, located } from '../fixture.ts';

type Section = Readonly<Record<string, unknown>>;

const BASE: readonly RuleDocument[] = [
  baseRule('a', { id: 'id-a' }),
  baseRule('b', { id: 'id-b' }),
  baseRule('c', { id: 'id-c' }),
];
const COUNT: Section = { type: 'event_count', rules: ['a'], 'group-by': ['g'], timespan: '5m', condition: { gte: 2 } };
const SUM: Section = { ...COUNT, type: 'value_sum', condition: { field: 'n', gt: 5 } };
const BOTH: Section = { type: 'temporal', rules: ['a', 'b'], 'group-by': ['g'], timespan: '5m' };
const without = (section: Section, key: string): Section =>
  Object.fromEntries(Object.entries(section).filter(([name]) => name !== key));
const words = (condition: string): Section => ({ ...BOTH, condition });

/** [what is wrong, correlation, reason] */
const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  ['no mapping', ['event_count'], /correlation is not a mapping/],
  ['no type', without(COUNT, 'type'), /unknown correlation type undefined; known: event_count, .*value_median/],
  ['an unknown type', { ...COUNT, type: 'value_mean' }, /unknown correlation type value_mean/],
  ['no rules', without(COUNT, 'rules'), /correlation.rules is missing/],
  ['an empty list of rules', { ...COUNT, rules: [] }, /names 1 to 64 rules/],
  ['a rule that is not there', { ...COUNT, rules: ['nobody'] }, /refers to rule nobody, which does not exist/],
  ['a rule twice', { ...COUNT, rules: ['a', 'a'] }, /names a twice/],
  ['a rule by name and by id', { ...COUNT, rules: ['a', 'id-a'] }, /names id-a twice/],
  ['itself', { ...COUNT, rules: ['x'] }, /refers to itself/],
  ['no timespan', without(COUNT, 'timespan'), /timespan is missing/],
  ['a timespan without a unit', { ...COUNT, timespan: 300 }, /timespan is not a time such as 5m.*300/],
  ['a timespan of nothing', { ...COUNT, timespan: '0s' }, /timespan is not a time/],
  ['a capital letter', { ...COUNT, timespan: '5H' }, /timespan is not a time.* m, h, d, w, M, y: 5H/],
  ['a fraction of a time', { ...COUNT, timespan: '1.5h' }, /timespan is not a time/],
  ['generate as text', { ...COUNT, generate: 'yes' }, /generate is not true or false: yes/],
  ['an unknown key', { ...COUNT, window: 'sliding' }, /unknown key window in correlation/],
  ['no condition', without(COUNT, 'condition'), /condition is missing: event_count/],
  ['an unknown comparison', { ...COUNT, condition: { min: 3 } }, /unknown comparison min.*known: .*neq/],
  ['text as a number', { ...COUNT, condition: { gte: '3' } }, /gte needs a number: 3/],
  ['no number', { ...COUNT, condition: { gte: Number.NaN } }, /gte needs a number/],
  ['a fraction of a count', { ...COUNT, condition: { gte: 1.5 } }, /gte needs a whole number: 1.5/],
  ['less than nothing', { ...COUNT, condition: { gt: -1 } }, /gt needs a whole number/],
  ['what cannot be counted', { ...COUNT, condition: { eq: 0 } }, /can never hold: .* counts from 1$/],
  ['an empty range', { ...COUNT, condition: { gt: 3, lt: 4 } }, /can never hold/],
  ['an empty range of values', { ...SUM, condition: { field: 'n', gt: 3, lte: 3 } }, /can never hold/],
  ['more rules than there are', { ...BOTH, condition: { gte: 3 } }, /can never hold: .* counts from 1 to 2/],
  ['a field for a count', { ...COUNT, condition: { field: 'n', gte: 1 } }, /field belongs to value_count/],
  ['a field for temporal', { ...BOTH, condition: { field: 'n', gte: 1 } }, /field belongs to value_count/],
  ...['value_count', 'value_sum', 'value_avg', 'value_percentile', 'value_median'].map(
    (type) => [`${type} of nothing`, { ...COUNT, type }, new RegExp(`${type} needs condition.field`)] as const,
  ),
  ['a sum of two fields', { ...SUM, condition: { field: ['n', 'm'], gt: 1 } }, /field of value_sum names one field/],
  [
    'a percentile over 100',
    { ...SUM, type: 'value_percentile', condition: { field: 'n', percentile: 101, gt: 1 } },
    /from 0 to 100: 101/,
  ],
  [
    'a percentile of a median',
    { ...SUM, type: 'value_median', condition: { field: 'n', percentile: 5, gt: 1 } },
    /belongs to value_percentile/,
  ],
  ['words for a count', { ...COUNT, condition: 'a and b' }, /in words belongs to temporal/],
  ['a rule that the words do not name', words('a'), /rule b has no part in the condition/],
  ['a word that is no rule', words('a and b and d'), /names d, which is not among the rules/],
  ['words that end', words('a and'), /ends too early/],
  ['words in a wrong place', words('a and or b'), /has or where a rule should be/],
  ['words without an end', words('a and (b'), /lacks a closing parenthesis/],
  ['words that go on', words('a b'), /goes on unexpectedly at b/],
  ['words that contradict', words('a and b and not a'), /can never hold/],
  ['words about nothing', words('a or not b'), /holds while nothing happens/],
  ['words too deep', words(`${'('.repeat(40)}a and b${')'.repeat(40)}`), /nested deeper/],
  ['an alias that is no mapping', { ...COUNT, aliases: { g: 'h' } }, /alias g is not a mapping/],
  ['an alias without a rule', { ...BOTH, aliases: { g: { a: 'h' } } }, /alias g for rule b is missing/],
  ['an alias of a stranger', { ...COUNT, aliases: { g: { a: 'h', d: 'h' } } }, /alias g names d, which is not among/],
];

for (const [what, section, reason] of REFUSED) {
  test(`a correlation with ${what} is refused, with its place`, () => {
    const document = { file: 'mine.yml', line: 12, content: { title: 'Mine', name: 'x', correlation: section } };
    const { problems, rules } = compile([...BASE, document]);
    assert.equal(rules.length, 3);
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.reason ?? '', reason);
    assert.deepEqual(
      { ...problems[0], reason: '' },
      { ...problems[0], file: 'mine.yml', line: 12, title: 'Mine', reason: '' },
    );
  });
}

test('generate beside correlation is looked at too', () => {
  const { problems } = compile([...BASE, correlationRule('x', COUNT, { generate: 1 })]);
  assert.match(problems[0]?.reason ?? '', /generate is not true or false: 1/);
});

test('what leans on a refused correlation, or turns in a circle, is refused with it', () => {
  const { problems, rules } = compile([
    ...BASE,
    correlationRule('broken', { ...COUNT, timespan: 'soon' }),
    correlationRule('above', { ...COUNT, rules: ['broken'] }),
    correlationRule('one', { ...COUNT, rules: ['two'] }),
    correlationRule('two', { ...COUNT, rules: ['three'] }),
    correlationRule('three', { ...COUNT, rules: ['one'] }),
  ]);
  assert.equal(rules.length, 3);
  assert.deepEqual(
    problems.map(({ title }) => title).toSorted(),
    ['broken', 'above', 'one', 'two', 'three'].map((name) => `Correlation ${name}`).toSorted(),
  );
});

test('a tower of correlations is refused, and the rest goes on', () => {
  const tower = Array.from({ length: 3000 }, (_, at) =>
    correlationRule(`c${at}`, { ...COUNT, rules: [at === 2999 ? 'a' : `c${at + 1}`] }),
  );
  const { problems, rules } = compile([...BASE, ...tower]);
  assert.match(problems.map(({ reason }) => reason).join(), /over more than 32 levels/);
  assert.ok(rules.length >= 3 && problems.length > 0);
});

test('correlations whose matches go up in ever more ways are refused', () => {
  const lattice = Array.from({ length: 20 }, (_, at) =>
    correlationRule(`c${at}`, { ...BOTH, rules: ['a', ...Array.from({ length: at }, (__, below) => `c${below}`)] }),
  );
  const { problems, rules } = compile([...BASE, ...lattice]);
  // 1, 2, 4, 8 and so on: 4,096 is the last.
  assert.equal(rules.length - BASE.length, 13);
  assert.match(problems[0]?.reason ?? '', /matches reach it in 8192 ways, more than 4096/);
});

/** [timespan, seconds, words] */
const TIMESPANS: readonly (readonly [string, number, string])[] = [
  ['1s', 1, '1 second'],
  ['90s', 90, '90 seconds'],
  ['5m', 300, '5 minutes'],
  ['1h', 3600, '1 hour'],
  ['2d', 172_800, '2 days'],
  ['1w', 604_800, '1 week'],
  ['1M', 2_629_746, '1 month'],
  ['3y', 94_670_856, '3 years'],
];

for (const [timespan, seconds, said] of TIMESPANS) {
  test(`a timespan of ${timespan} ends after ${seconds} seconds`, () => {
    const { detector } = compile([...BASE, correlationRule('x', { ...COUNT, timespan })]);
    const knock = (at: number, second: number) => {
      return detector.detect(located(at, { 'event.action': 'a', g: 'x' }, second * 1000)).matches;
    };
    knock(0, 1000);
    assert.equal(knock(1, 1000 + seconds).length, 0);
    assert.equal(knock(2, 1000 + seconds)[0]?.values['timespan'], said);
  });
}

/** [condition, events that came, does it hold after the last] */
const WORDS: readonly (readonly [string, string, boolean])[] = [
  ['a and b and c', 'ab', false],
  ['a and b and c', 'cab', true],
  ['a AND (b OR c)', 'ac', true],
  ['a and b or c', 'c', true],
  ['a and b and not c', 'ab', true],
  ['a and b and not c', 'cab', false],
  ['id-a and not not b or c', 'ba', true],
  ['not (not a or not b) and c', 'abc', true],
  ['not (not a or not b) and c', 'ac', false],
];

for (const [condition, came, holds] of WORDS) {
  for (const type of ['temporal', 'temporal_ordered'] as const) {
    // The rules are in the order that the condition names them, and so are the events, mostly.
    const ordered = type === 'temporal' || Array.from(came).toSorted().join('') === came;
    test(`${type} with '${condition}' after ${came}: ${holds && ordered}`, () => {
      const section = without({ ...BOTH, type, condition }, 'rules');
      const { detector, problems } = compile([...BASE, correlationRule('x', section)]);
      assert.deepEqual(problems, []);
      const last = Array.from(came)
        .map((name, at) => detector.detect(located(at, { 'event.action': name, g: 'x' }, at * 1000)).matches.length)
        .at(-1);
      assert.equal(last, holds && ordered ? 1 : 0);
    });
  }
}

test('an alias may name rules by id or by name, and serves values as well', () => {
  const section = {
    ...SUM,
    rules: ['a', 'id-b'],
    'group-by': ['who'],
    condition: { field: 'amount', gte: 7 },
    aliases: { who: { 'id-a': 'g', b: 'h' }, amount: { a: 'in', 'id-b': 'out' } },
  };
  const { detector, problems } = compile([...BASE, correlationRule('x', section)]);
  assert.deepEqual(problems, []);
  detector.detect(located(0, { 'event.action': 'a', g: 'ada', h: 'bob', in: 3, out: 90 }, 0));
  const { matches } = detector.detect(
    located(1, { 'event.action': 'b', g: 'bob', h: 'ada', in: 90, out: '4.5' }, 1000),
  );
  assert.deepEqual(
    matches.map(({ values }) => values),
    [{ who: 'ada', count: '2', value: '7.5', timespan: '5 minutes' }],
  );
});

test('a correlation over a correlation groups by what that one knows, whatever its events say', () => {
  const { detector } = compile([
    ...BASE,
    correlationRule('many', { ...COUNT, rules: ['a', 'b'], 'group-by': ['who'], aliases: { who: { a: 'g', b: 'h' } } }),
    correlationRule('x', {
      ...BOTH,
      type: 'temporal_ordered',
      rules: ['many', 'c'],
      'group-by': ['who'],
      aliases: { who: { many: 'who', c: 'g' } },
    }),
  ]);
  detector.detect(located(0, { 'event.action': 'a', g: 'ada' }, 0));
  detector.detect(located(1, { 'event.action': 'b', h: 'ada', who: 'eve' }, 1000));
  const { matches } = detector.detect(located(2, { 'event.action': 'c', g: 'ada' }, 2000));
  assert.deepEqual(
    matches.map(({ rule, evidence, values }) => [rule.title, evidence.map(({ id }) => id), values['who']]),
    [['Correlation x', ['1-0', '1-1', '1-2'], 'ada']],
  );
});

test('fields from a log that have names of JavaScript are only fields', () => {
  const section = { ...COUNT, 'group-by': ['constructor', '__proto__'] };
  const { detector } = compile([...BASE, correlationRule('x', section)]);
  detector.detect(located(0, { 'event.action': 'a' }, 0));
  assert.deepEqual(detector.dropped(), { no_group: 1 });
  const hostile = (at: number) => located(at, JSON.parse('{"event.action":"a","__proto__":"p","constructor":"c"}'), 0);
  detector.detect(hostile(1));
  assert.equal(detector.detect(hostile(2)).matches[0]?.count, 2);
});

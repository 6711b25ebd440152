import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleDocument } from '#contract';
import { correlator, type Correlated } from './correlate.ts';

const RULES: readonly RuleDocument[] = [
  {
    file: 'a.yml',
    line: 1,
    content: {
      id: 'failed',
      name: 'failed',
      title: 'Failed',
      logsource: { product: 'linux' },
      detection: { s: { a: 1 }, condition: 's' },
    },
  },
  {
    file: 'a.yml',
    line: 9,
    content: {
      id: 'many',
      title: 'Many',
      correlation: {
        type: 'event_count',
        rules: ['failed'],
        'group-by': ['source.ip'],
        timespan: '1m',
        condition: { gte: 3 },
      },
    },
  },
];

const event = (second: number): string =>
  JSON.stringify({
    '@timestamp': second * 1000,
    'event.ingested': 1e12,
    'labels.product': 'linux',
    a: 1,
    'source.ip': '203.0.113.7',
  });

/** Seconds, in the order in which they are found; `held`: so many may wait. */
function found(seconds: readonly number[], held: number): readonly (readonly number[])[] {
  const { take, end } = correlator(RULES, { placeholders: {}, mapping: true }, held);
  const all: Correlated[] = seconds.flatMap((second) => take({ file: 0, record: second }, event(second)));
  all.push(...end());
  return all.map(({ evidence }) => evidence.map(({ record }) => record));
}

test('events are put in the order of their times, however they are found', () => {
  assert.deepEqual(found([50, 10, 30], 100), [[10, 30, 50]]);
  assert.deepEqual(found([10, 100, 200], 100), []);
});

test('when no more may wait, the older half goes first', () => {
  assert.deepEqual(found([50, 10, 30, 500, 510, 520], 4), [
    [10, 30, 50],
    [500, 510, 520],
  ]);
});

test('the newer half still waits for what is found late', () => {
  assert.deepEqual(found([100, 110, 10, 20, 30], 4), [[10, 20, 30]]);
});

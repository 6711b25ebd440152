import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleDocument } from '#contract';
import { rulesetOf, type Wanted } from './ruleset.ts';

const document = (content: object): RuleDocument => ({ file: 'rules.yml', line: 1, content });

const ONE = document({ id: 'one', title: 'One', level: 'high', tags: ['attack.t1059.001'], detection: {} });
const TWO = document({ id: 'two', name: 'second', title: 'Two', detection: {} });
const COUNT = document({
  id: 'count',
  name: 'counted',
  title: 'Count',
  level: 'low',
  correlation: { rules: ['second'] },
});
const CHAIN = document({ id: 'chain', title: 'Chain', level: 'critical', correlation: { rules: 'counted' } });
const FILTER = document({ title: 'Filter', filter: {} });
const ALL = [ONE, TWO, COUNT, CHAIN, FILTER];
const NONE: Wanted = { level: undefined, rules: [], tags: [] };

const ids = (documents: readonly RuleDocument[]): readonly string[] =>
  documents.map(({ content }) => (content as { readonly id?: string }).id ?? 'filter').toSorted();

interface Row {
  readonly what: string;
  readonly wanted: Partial<Wanted>;
  readonly rules: readonly string[];
  readonly correlations: readonly string[];
  readonly correlated: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    what: 'all',
    wanted: {},
    rules: ['filter', 'one', 'two'],
    correlations: ['chain', 'count', 'filter', 'two'],
    correlated: ['two'],
  },
  {
    what: 'by level',
    wanted: { level: 'high' },
    rules: ['filter', 'one', 'two'],
    correlations: ['chain', 'count', 'filter', 'two'],
    correlated: ['two'],
  },
  { what: 'by id', wanted: { rules: ['ONE'] }, rules: ['filter', 'one'], correlations: [], correlated: [] },
  {
    what: 'by name',
    wanted: { rules: ['counted'] },
    rules: ['filter', 'two'],
    correlations: ['count', 'filter', 'two'],
    correlated: ['two'],
  },
  { what: 'by tag', wanted: { tags: ['attack.t1059'] }, rules: ['filter', 'one'], correlations: [], correlated: [] },
  {
    what: 'by a part of a tag',
    wanted: { tags: ['attack.t105'] },
    rules: ['filter'],
    correlations: [],
    correlated: [],
  },
];

for (const { what, wanted, ...expected } of ROWS) {
  test(`chosen ${what}`, () => {
    const { rules, correlations, correlated } = rulesetOf(ALL, { ...NONE, ...wanted });
    assert.deepEqual({ rules: ids(rules), correlations: ids(correlations), correlated }, expected);
  });
}

test('what only a correlation needs is not wanted itself', () => {
  const { isWanted } = rulesetOf(ALL, { ...NONE, rules: ['chain'] });
  assert.deepEqual(
    ['one', 'two', 'count', 'chain'].filter((id) => isWanted({ id, title: '' })),
    ['chain'],
  );
});

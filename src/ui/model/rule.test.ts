import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedRule } from '#contract';
import {
  problemPlace,
  productsOf,
  type RuleFilter,
  rulesRest,
  rulesSentence,
  selectProblems,
  selectRules,
  tabCounts,
} from './rule.ts';

const rule = (title: string, changes: Partial<ListedRule> = {}): ListedRule => ({
  id: title,
  title,
  level: 'medium',
  written_level: 'medium',
  kind: '',
  description: '',
  tags: [],
  file: '/rules/a.yml',
  line: 1,
  type: 'detection',
  set: 'sigma',
  status: 'test',
  product: 'linux',
  category: '',
  service: '',
  state: 'alerts',
  reason: '',
  remarks: [],
  ...changes,
});

const RULES = [
  rule('Low', { level: 'low', state: 'records' }),
  rule('High', { level: 'high', tags: ['attack.t1110'] }),
  rule('Part', { state: 'feeds' }),
  rule('Silent', { product: 'windows', remarks: ['cannot fire here: no CommandLine'] }),
  rule('Off', { state: 'off', reason: 'switched off by hand' }),
  rule('Both', { product: '', type: 'correlation', description: 'Knocks, then rings.' }),
];

/** [filter, titles] */
const FILTERS: readonly (readonly [Partial<RuleFilter>, readonly string[]])[] = [
  [{}, ['High', 'Both', 'Off', 'Part', 'Silent', 'Low']],
  [{ tab: 'alerts' }, ['High', 'Both', 'Silent']],
  [{ tab: 'records' }, ['Low']],
  [{ tab: 'idle' }, ['Silent']],
  [{ tab: 'broken' }, []],
  [{ product: 'windows' }, ['Silent']],
  [{ product: 'correlation' }, ['Both']],
  [{ q: 'T1110 high' }, ['High']],
  [{ q: 'rings knocks' }, ['Both']],
  [{ q: 'nothing' }, []],
];
for (const [filter, titles] of FILTERS)
  test(`${JSON.stringify(filter)}: ${titles.join(', ')}`, () => {
    const found = selectRules(RULES, { tab: 'all', product: '', q: '', ...filter });
    assert.deepEqual(
      found.map(({ title }) => title),
      titles,
    );
  });

test('how many there are of each', () => {
  assert.deepEqual(tabCounts(RULES, 4), { all: 6, alerts: 3, records: 1, feeds: 1, off: 1, idle: 1, broken: 4 });
  assert.deepEqual(productsOf(RULES, 2), ['linux', 'correlation']);
});

test('what is said of them', () => {
  assert.equal(rulesSentence([]), 'No rule is loaded');
  assert.equal(rulesSentence(RULES.slice(0, 1)), 'No rule raises alerts');
  assert.equal(rulesSentence(RULES.slice(0, 2)), 'One rule raises alerts');
  assert.equal(rulesSentence(Array.from({ length: 3096 }, (_, n) => rule(String(n)))), '3,096 rules raise alerts');
  assert.equal(
    rulesRest(RULES, 2),
    '1 is noted on the event only, 1 feeds others, 1 is off, 2 are broken and left out.',
  );
  assert.equal(rulesRest(RULES.slice(1, 2), 0), '');
});

test('what is broken is found by place and reason', () => {
  const problem = { file: '/rules/b.yml', line: 3, title: 'B', reason: 'unknown modifier fuzzy' };
  assert.deepEqual(selectProblems([problem], 'b.yml fuzzy'), [problem]);
  assert.deepEqual(selectProblems([problem], 'other'), []);
  assert.equal(problemPlace(problem), '/rules/b.yml:3');
  assert.equal(problemPlace({ ...problem, column: 9 }), '/rules/b.yml:3:9');
});

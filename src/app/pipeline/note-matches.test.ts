import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, type Level, newFields } from '#contract';
import type { Match } from '#detect';
import { matchNoter } from './note-matches.ts';

const ruleOf = (id: string, level: Level): Match['rule'] => ({
  id,
  title: `title of ${id}`,
  level,
  kind: 'k',
  tags: [],
  entityFields: [],
  foldSeconds: 60,
  sentences: [],
  steps: [],
});

const freshEvent = (): Event => Object.assign(newFields(), { '@timestamp': 1, 'event.ingested': 2 });

function noted(note: ReturnType<typeof matchNoter>, rules: readonly Match['rule'][]) {
  const event = freshEvent();
  note(
    event,
    rules.map((rule) => ({ rule, event: { id: '1-0', event }, evidence: [], count: 1, values: {} })),
  );
  return [event['porchlight.rule.id'], event['porchlight.rule.name'], event['porchlight.rule.level']];
}

const [low, high, medium] = [ruleOf('a', 'low'), ruleOf('b', 'high'), ruleOf('c', 'medium')];

const cases: readonly { readonly rules: readonly Match['rule'][]; readonly ids: string; readonly level: Level }[] = [
  { rules: [low], ids: 'a', level: 'low' },
  { rules: [low, high, medium], ids: 'a b c', level: 'high' },
  { rules: [high, low], ids: 'b a', level: 'high' },
  { rules: [low, low, medium, low], ids: 'a c', level: 'medium' },
  { rules: [low, medium], ids: 'a c', level: 'medium' },
];

test('an event names its rules once each, as they matched, and the highest level, the second time too', () => {
  const note = matchNoter();
  for (const { rules, ids, level } of [...cases, ...cases]) {
    const names = ids.split(' ');
    assert.deepEqual(noted(note, rules), [names, names.map((id) => `title of ${id}`), level]);
  }
});

test('an event names 32 rules at most, and endless combinations are not kept', () => {
  const note = matchNoter();
  const rules = Array.from({ length: 5000 }, (_, n) => ruleOf(`r${n}`, n === 4000 ? 'critical' : 'low'));
  assert.deepEqual(noted(note, rules), [
    rules.slice(0, 32).map(({ id }) => id),
    rules.slice(0, 32).map(({ title }) => title),
    'low',
  ]);
  assert.deepEqual(noted(note, [low]), [['a'], ['title of a'], 'low']);
});

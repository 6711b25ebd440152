import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EventId, newFields, type RuleDocument } from '#contract';
import { backtest, type BacktestOptions, type Stored } from './backtest.ts';
import { asJson, asLines, type Shown } from './show.ts';

const rule = (id: string, more: object): RuleDocument => ({
  file: `${id}.yml`,
  line: 1,
  content: { id, name: id, title: `Rule ${id}`, level: 'high', ...more },
});
const FAILED = rule('failed', {
  logsource: { product: 'linux', service: 'sshd' },
  detection: { s: { 'event.outcome': 'failure' }, condition: 's' },
  porchlight: { entity: 'source.ip', sentence: '{source.ip} failed {count} times', fold: '1h' },
});
const MANY = rule('many', {
  level: 'medium',
  correlation: {
    type: 'event_count',
    rules: ['failed'],
    'group-by': ['source.ip'],
    timespan: '10m',
    condition: { gte: 3 },
  },
});

const NOON = Date.UTC(2026, 1, 3, 12);
let ordinal = 0;
function failure(minute: number, address = '203.0.113.7'): Stored {
  const time = NOON + minute * 60_000;
  const id: EventId = `1-${ordinal++}`;
  const fields = Object.assign(newFields(), {
    '@timestamp': time,
    'event.ingested': time,
    'labels.product': 'linux',
    'labels.service': 'sshd',
    'event.outcome': 'failure',
    'source.ip': address,
    'host.name': 'nas',
  });
  return { id, event: Object.assign(fields, { '@timestamp': time, 'event.ingested': time }) };
}

const OPTIONS: BacktestOptions = {
  documents: [FAILED, MANY],
  rules: ['failed'],
  alerting: new Set(['failed', 'many']),
  placeholders: {},
  notifyLevel: 'high',
  dayOf: (time) => new Date(time).toISOString().slice(0, 10),
  samples: 2,
};

test('hits, days, samples, alerts that fold and messages that open them', () => {
  const work = backtest(OPTIONS);
  assert.equal(work.rules, 1);
  const [first, second, third, fourth] = [failure(0), failure(30), failure(26 * 60), failure(26 * 60 + 1)];
  work.look([first, second]);
  work.look([third, fourth]);
  const { events, hits, days, samples, alerts, pushes } = work.result();
  assert.deepEqual([events, hits], [4, 4]);
  assert.deepEqual(
    [...days],
    [
      ['2026-02-03', 2],
      ['2026-02-04', 2],
    ],
  );
  assert.deepEqual(samples, [third, fourth]);
  assert.deepEqual(
    alerts.map(({ sentence, count }) => `${sentence} ${count}`),
    ['203.0.113.7 failed 2 times 2', '203.0.113.7 failed 2 times 2'],
  );
  assert.deepEqual(
    pushes.map(({ title, level }) => `${title} ${level}`),
    ['Rule failed high', 'Rule failed high'],
  );
});

test('a correlation is tried with the rules that it refers to, which do not count', () => {
  const work = backtest({ ...OPTIONS, rules: ['many'] });
  work.look([failure(0), failure(1), failure(2), failure(2, '203.0.113.8')]);
  const { hits, alerts, pushes } = work.result();
  assert.deepEqual([work.rules, hits, alerts.length, pushes.length], [1, 1, 1, 0]);
});

test('a rule that only notes opens no alert', () => {
  const work = backtest({ ...OPTIONS, alerting: new Set() });
  work.look([failure(0)]);
  const { hits, alerts } = work.result();
  assert.deepEqual([hits, alerts.length], [1, 0]);
});

test('a rule that cannot be compiled is told', () => {
  const { rules, problems } = backtest({
    ...OPTIONS,
    documents: [rule('failed', { logsource: { product: 'linux' }, detection: { condition: 'x' } })],
  });
  assert.equal(rules, 0);
  assert.equal(problems[0]?.file, 'failed.yml');
});

test('a rule that has nothing but a title goes by it; one of the same title that is no part of it does not count', () => {
  const { id: _, name: __, ...nameless } = FAILED.content as Record<string, unknown>;
  const mine = { file: 'mine', line: 1, content: { ...nameless, title: 'Rule many' } };
  const work = backtest({ ...OPTIONS, documents: [mine, FAILED, MANY], rules: ['mine#Rule many'] });
  work.look([failure(0), failure(1), failure(2)]);
  assert.deepEqual([work.rules, work.result().hits], [1, 3]);
});

test('a rule without a title, and what is no rule at all, are told', () => {
  for (const content of [{ detection: { a: { b: 'c' }, condition: 'a' } }, 'just words', null]) {
    const { rules, problems } = backtest({
      ...OPTIONS,
      documents: [{ file: 'mine', line: 1, content }],
      rules: ['mine#'],
    });
    assert.equal(rules, 0);
    assert.equal(problems[0]?.file, 'mine');
  }
});

test('a rule that fires on everything: what is kept of it is bounded, and all is counted', () => {
  const work = backtest(OPTIONS);
  for (let at = 0; at < 1500; at += 100)
    work.look(Array.from({ length: 100 }, (_, one) => failure(at, `192.0.2.${at / 100}-${one}`)));
  const { opened, alerts, pushed, pushes, samples } = work.result();
  assert.deepEqual([opened, alerts.length, pushed, pushes.length, samples.length], [1500, 1000, 1500, 1000, 2]);
});

function shown(partial: boolean): Shown {
  const work = backtest(OPTIONS);
  work.look([failure(0), failure(1), failure(26 * 60)]);
  return {
    rules: [{ id: 'failed', title: 'Rule failed', level: 'high', remark: '' }],
    from: NOON - 86_400_000,
    to: NOON + 2 * 86_400_000,
    notifyLevel: 'high',
    partial,
    result: work.result(),
  };
}

test('in words', () => {
  const lines = asLines(shown(true), 80);
  assert.deepEqual(lines.slice(0, 6), [
    'Rule failed (high)',
    '2026-02-02 to 2026-02-05: 3 events looked at',
    'Stopped: this is what was found so far.',
    '',
    '3 hits on 2 days',
    `  2026-02-03  2  ${'█'.repeat(40)}`,
  ]);
  assert.equal(lines[6], `  2026-02-04  1  ${'█'.repeat(20)}`);
  assert.ok(lines.includes('The newest 2:'));
  assert.match(lines.join('\n'), /It would have opened 2 alerts and sent 2 messages to each channel/);
});

test('nothing found, in words', () => {
  const lines = asLines({ ...shown(false), result: backtest(OPTIONS).result() }, 80);
  assert.ok(lines.includes('It would not have matched.'));
});

test('as JSON', () => {
  const { rules, partial, days, hits, samples } = JSON.parse(JSON.stringify(asJson(shown(false)))) as Record<
    string,
    unknown
  >;
  assert.deepEqual(rules, [{ id: 'failed', title: 'Rule failed', level: 'high' }]);
  assert.deepEqual([partial, hits], [false, 3]);
  assert.deepEqual(days, [
    { day: '2026-02-03', hits: 2 },
    { day: '2026-02-04', hits: 1 },
  ]);
  assert.equal((samples as readonly Record<string, unknown>[])[0]?.['@timestamp'], '2026-02-03T12:01:00.000Z');
});

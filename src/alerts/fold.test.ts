import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Alert, type AlertChange, EVIDENCE, evidenceSlot } from '#contract';
import type { Match } from '#detect';
import { located, matchOf, RULE } from './fixture.ts';
import { type Folder, folder } from './fold.ts';

const LIVE = { historic: false };
const START = Date.UTC(2026, 0, 10);
const HOUR = 3_600_000;
const empty = (): Folder => folder({ alerts: [], lastAlertId: 0 });
const at = (ms: number, more: Partial<Match> = {}): Match => matchOf(located(START + ms), more);

function only(changes: readonly AlertChange[]): AlertChange {
  const [change, ...others] = changes;
  assert.ok(change !== undefined && others.length === 0, `${changes.length} changes`);
  return change;
}

test('a match opens an alert with its evidence and its history', () => {
  const alerts = empty();
  const event = located(START, { 'user.name': 'root' }, START + 500);
  alerts.fold([matchOf(event)], LIVE);
  assert.deepEqual(alerts.take(), [
    {
      alert: {
        id: '1',
        title: RULE.title,
        kind: RULE.kind,
        level: 'medium',
        status: 'open',
        count: 1,
        evidence_count: 1,
        first_seen: START,
        last_seen: START,
        rule: { id: 'rule-1', title: RULE.title },
        entity: '203.0.113.7',
        entity_field: 'source.ip',
        host: 'nas',
        sentence: '203.0.113.7 failed 1 logins on nas',
        sentence_form: '203.0.113.7 failed \ufdd0 logins on nas',
        steps: [],
        tags: RULE.tags,
        historic: false,
      },
      evidence: [{ slot: 0, id: event.id, event: event.event }],
      history: [{ at: START + 500, by: 'porchlight', action: 'opened', note: '' }],
    },
  ]);
  assert.deepEqual(alerts.take(), []);
});

const SECOND_ADDRESS = { 'source.ip': '203.0.113.8' };
const ACCOUNT = { ...RULE, entityFields: ['user.name'] };
const NOBODY = { ...RULE, entityFields: [] };

/** [what, first, second, one alert] */
const PAIRS: readonly (readonly [string, Match, Match, boolean])[] = [
  ['the same rule and address', at(0), at(1000), true],
  ['another rule', at(0), at(1000, { rule: { ...RULE, id: 'rule-2' } }), false],
  ['another address', at(0), matchOf(located(START + 1000, SECOND_ADDRESS)), false],
  ['the same address on another host', at(0), matchOf(located(START + 1000, { 'host.name': 'media' })), true],
  [
    'the same account name on another host',
    matchOf(located(START, { 'user.name': 'bob' }), { rule: ACCOUNT }),
    matchOf(located(START, { 'user.name': 'bob', 'host.name': 'media' }), { rule: ACCOUNT }),
    false,
  ],
  [
    'what one account and its host spell together, cut elsewhere',
    matchOf(located(START, { 'user.name': 'bob', 'host.name': 'bynas' }), { rule: ACCOUNT }),
    matchOf(located(START, { 'user.name': 'bobby', 'host.name': 'nas' }), { rule: ACCOUNT }),
    false,
  ],
  ['nothing named, one host', at(0, { rule: NOBODY }), at(1000, { rule: NOBODY }), true],
  ['within the fold time', at(0), at(HOUR), true],
  ['past the fold time', at(0), at(HOUR + 1), false],
  ['a late one within the fold time', at(HOUR), at(0), true],
  ['a late one past the fold time', at(HOUR + 1), at(0), false],
];

for (const [what, first, second, one] of PAIRS) {
  test(`${what}: ${one ? 'one alert' : 'two alerts'}`, () => {
    const alerts = empty();
    alerts.fold([first, second], LIVE);
    assert.deepEqual(
      alerts.take().map(({ alert }) => alert.count),
      one ? [2] : [1, 1],
    );
  });
}

test('live and historic do not fold together, either way round', () => {
  for (const historic of [true, false]) {
    const alerts = empty();
    alerts.fold([at(0)], { historic });
    alerts.fold([at(1)], { historic: !historic });
    alerts.fold([at(2)], { historic });
    assert.deepEqual(
      alerts.take().map(({ alert }) => [alert.historic, alert.count]),
      [
        [historic, 2],
        [!historic, 1],
      ],
    );
  }
});

test('an acknowledged alert grows and stays acknowledged; a closed one is left alone', () => {
  const alerts = empty();
  alerts.fold([at(0)], LIVE);
  assert.equal(alerts.setStatus('1', 'acknowledged', 'anna', 'seen', START + 5), true);
  alerts.fold([at(1000)], LIVE);
  const seen = only(alerts.take());
  assert.deepEqual([seen.alert.status, seen.alert.count], ['acknowledged', 2]);
  assert.deepEqual(seen.history.at(-1), { at: START + 5, by: 'anna', action: 'acknowledged', note: 'seen' });

  assert.equal(alerts.setStatus('1', 'closed', 'anna', '', START + 6), true);
  alerts.fold([at(2000)], LIVE);
  assert.deepEqual(
    alerts.take().map(({ alert }) => [alert.id, alert.status, alert.count]),
    [
      ['1', 'closed', 2],
      ['2', 'open', 1],
    ],
  );
});

test('a status set twice is one entry of history', () => {
  const alerts = empty();
  alerts.fold([at(0)], LIVE);
  alerts.take();
  alerts.setStatus('1', 'acknowledged', 'anna', '', 1);
  alerts.setStatus('1', 'acknowledged', 'anna', '', 2);
  assert.equal(only(alerts.take()).history.length, 1);
});

test('an alert that is not held takes its status through the stored one, and folds again when reopened', () => {
  const first = empty();
  first.fold([at(0)], LIVE);
  const closed: Alert = { ...only(first.take()).alert, status: 'closed' };
  const alerts = folder({ alerts: [], lastAlertId: 1 });
  assert.equal(alerts.setStatus('1', 'open', 'anna', '', START), false);
  assert.equal(alerts.setStatus('1', 'open', 'anna', '', START, { ...closed, id: '7' }), false);
  assert.equal(alerts.setStatus('1', 'open', 'anna', '', START, closed), true);
  alerts.fold([at(1000)], LIVE);
  const { alert } = only(alerts.take());
  assert.deepEqual([alert.id, alert.status, alert.count], ['1', 'open', 2]);
});

test('what the folder holds wins over a stored alert that is older', () => {
  const alerts = empty();
  alerts.fold([at(0)], LIVE);
  const stored = only(alerts.take()).alert;
  alerts.fold([at(1)], LIVE);
  alerts.setStatus('1', 'acknowledged', 'anna', '', START, stored);
  assert.equal(only(alerts.take()).alert.count, 2);
});

test('ids go on where the store left off', () => {
  const alerts = folder({ alerts: [], lastAlertId: 41 });
  alerts.fold([at(0)], LIVE);
  assert.equal(only(alerts.take()).alert.id, '42');
});

test('a match that adds nothing to the count still opens an alert of one', () => {
  const alerts = empty();
  alerts.fold([at(0, { count: 0 }), at(1, { count: 0 })], LIVE);
  const { alert, evidence } = only(alerts.take());
  assert.deepEqual([alert.count, alert.evidence_count, evidence.length], [1, 2, 2]);
});

test('a stamp from 2040 neither keeps an alert open nor opens one a line', () => {
  const alerts = empty();
  const future = Date.UTC(2040, 0, 1);
  for (let n = 0; n < 10; n++) {
    alerts.fold([matchOf(located(future, {}, START + n))], LIVE);
    alerts.fold([matchOf(located(Date.UTC(1999, 0, 1), {}, START + n))], LIVE);
  }
  const changes = alerts.take();
  assert.deepEqual(
    changes.map(({ alert }) => [alert.count, alert.last_seen < START + 10]),
    [
      [10, true],
      [10, true],
    ],
  );
  alerts.fold([at(2 * HOUR)], LIVE);
  assert.equal(only(alerts.take()).alert.id, '3');
});

test('of many matches in a batch, and over batches, the newest one tells the story, with the count of all', () => {
  const alerts = empty();
  const rule = {
    ...RULE,
    sentences: ['{user.name} was tried last, of {count}'],
    steps: [{ text: 'Ask {user.name} after {count}' }],
  };
  const matched = (ms: number, user: string): Match => matchOf(located(START + ms, { 'user.name': user }), { rule });
  alerts.fold([matched(0, 'root'), matched(2000, 'anna'), matched(1000, 'bob')], LIVE);
  const first = only(alerts.take()).alert;
  assert.deepEqual([first.sentence, first.steps], ['anna was tried last, of 3', [{ text: 'Ask anna after 2' }]]);
  alerts.fold([matched(1500, 'pi')], LIVE);
  const second = only(alerts.take()).alert;
  assert.deepEqual([second.sentence, second.steps], ['anna was tried last, of 4', [{ text: 'Ask anna after 2' }]]);
  alerts.fold([matched(3000, 'pi')], LIVE);
  assert.equal(only(alerts.take()).alert.sentence, 'pi was tried last, of 5');
  assert.equal(first.count, 3);
});

test('the newest event tells the story; a late one only adds to its count', () => {
  const alerts = empty();
  alerts.fold([at(1000)], LIVE);
  alerts.fold([matchOf(located(START, { 'host.name': 'media' }))], LIVE);
  const { alert } = only(alerts.take());
  assert.deepEqual([alert.host, alert.sentence], ['nas', '203.0.113.7 failed 2 logins on nas']);
  assert.deepEqual([alert.first_seen, alert.last_seen, alert.count], [START, START + 1000, 2]);
});

test('a rule whose level rose lifts the alert once, and it is told again', () => {
  const alerts = empty();
  alerts.fold([at(0)], LIVE);
  alerts.take();
  const raised = { rule: { ...RULE, level: 'high' as const } };
  alerts.fold([at(1, raised), at(2, raised)], LIVE);
  const { alert, history } = only(alerts.take());
  assert.equal(alert.level, 'high');
  assert.deepEqual(
    history.map(({ action, note }) => [action, note]),
    [['opened', 'Raised from medium to high']],
  );
  alerts.fold([at(3)], LIVE);
  assert.equal(only(alerts.take()).alert.level, 'high');
});

test('an endless name is cut, a surrogate pair is not', () => {
  const alerts = empty();
  const name = '😀'.repeat(5000);
  alerts.fold([matchOf(located(START, { 'user.name': name }), { rule: ACCOUNT })], LIVE);
  const { alert } = only(alerts.take());
  assert.ok(alert.entity.length <= 300 && alert.sentence.length <= 300);
  assert.ok(alert.entity.isWellFormed() && alert.sentence.isWellFormed());
});

test('memory is bounded: the quietest alert is let go and counted, its successor gets a new id', () => {
  const alerts = folder({ alerts: [], lastAlertId: 0 }, 3);
  const from = (last: number, ms: number): Match => matchOf(located(START + ms, { 'source.ip': `203.0.113.${last}` }));
  alerts.fold([from(1, 0), from(2, 1), from(3, 2), from(1, 3), from(4, 4)], LIVE);
  assert.equal(alerts.released, 1);
  alerts.take();
  alerts.fold([from(1, 5), from(2, 6)], LIVE);
  assert.deepEqual(
    alerts.take().map(({ alert }) => [alert.id, alert.count]),
    [
      ['1', 3],
      ['5', 1],
    ],
  );
});

test('a change that is not yet taken survives letting go', () => {
  const alerts = folder({ alerts: [], lastAlertId: 0 }, 1);
  alerts.fold([at(0), matchOf(located(START, SECOND_ADDRESS))], LIVE);
  assert.deepEqual(
    alerts.take().map(({ alert }) => alert.id),
    ['1', '2'],
  );
});

test('of a thousand evidence events the first and the last have a place', () => {
  const evidence = Array.from({ length: 1000 }, (_, n) => located(START + n));
  const slots = (folds: readonly Match[][]): Map<number, string> => {
    const alerts = empty();
    const kept = new Map<number, string>();
    for (const matches of folds) {
      alerts.fold(matches, LIVE);
      for (const { slot, id } of only(alerts.take()).evidence) kept.set(slot, id);
    }
    return kept;
  };
  const expected = new Map(evidence.map(({ id }, n) => [evidenceSlot(n), id]));
  assert.equal(expected.size, EVIDENCE.first + EVIDENCE.last);
  const last = evidence.at(-1) ?? located(START);
  assert.deepEqual(sorted(slots([[matchOf(last, { evidence })]])), sorted(expected));
  assert.deepEqual(sorted(slots(evidence.map((event) => [matchOf(event)]))), sorted(expected));
});

const sorted = (map: ReadonlyMap<number, string>): readonly (readonly [number, string])[] =>
  [...map].toSorted(([left], [right]) => left - right);

const calls = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ ip: fc.nat(3), time: fc.nat(20_000_000), count: fc.nat(3), historic: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ id: fc.nat(5), status: fc.constantFrom('open', 'acknowledged', 'closed') }) },
    { weight: 1, arbitrary: fc.record({ take: fc.constant(true) }) },
  ),
  { maxLength: 80, size: 'max' },
);

test('counts add up, and the same calls after the same recovery give the same changes', () => {
  fc.assert(
    fc.property(calls, (list) => {
      const prepared = list.map((call) =>
        'ip' in call
          ? {
              ...call,
              match: matchOf(located(START + call.time, { 'source.ip': `203.0.113.${call.ip}` }), {
                count: call.count,
              }),
            }
          : call,
      );
      const play = (): readonly AlertChange[] => {
        const alerts = empty();
        const changes = prepared.flatMap((call) => {
          if ('match' in call) alerts.fold([call.match], call);
          else if ('id' in call) alerts.setStatus(String(call.id), call.status, 'anna', '', START);
          else return alerts.take();
          return [];
        });
        return [...changes, ...alerts.take()];
      };
      const changes = play();
      assert.deepEqual(play(), changes);
      const last = new Map(changes.map(({ alert }) => [alert.id, alert]));
      const opened = changes.flatMap(({ history }) => history).filter(({ action }) => action === 'opened').length;
      assert.equal(opened, last.size);
      const total = [...last.values()].reduce((sum, { count }) => sum + count, 0);
      const matches = prepared.flatMap((call) => ('match' in call ? [call.match] : []));
      const added = matches.reduce((sum, { count }) => sum + count, 0);
      // A match that counts nothing opens an alert of one.
      assert.ok(total >= added && total <= added + last.size, `${total} of ${added} in ${last.size}`);
      const evidence = [...last.values()].reduce((sum, alert) => sum + alert.evidence_count, 0);
      assert.equal(evidence, matches.length);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a folder recovered from its own changes goes on like the old one', () => {
  fc.assert(
    fc.property(calls, fc.nat(), (list, seed) => {
      const matches = list.flatMap((call) =>
        'ip' in call ? [matchOf(located(START + call.time, { 'source.ip': `203.0.113.${call.ip}` }))] : [],
      );
      const cut = matches.length === 0 ? 0 : seed % matches.length;
      const old = empty();
      old.fold(matches.slice(0, cut), LIVE);
      const changes = old.take();
      const fresh = folder({ alerts: changes.map(({ alert }) => alert), lastAlertId: changes.length });
      old.fold(matches.slice(cut), LIVE);
      fresh.fold(matches.slice(cut), LIVE);
      assert.deepEqual(fresh.take(), old.take());
    }),
    { seed: 1, numRuns: 300 },
  );
});

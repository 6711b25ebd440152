import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Level } from '#contract';
import { located, matchOf, RULE } from './fixture.ts';
import { folder } from './fold.ts';
import { route } from './route.ts';

const rule = (level: Level): typeof RULE => ({ ...RULE, level });
const HIGH = { level: 'high' } as const;

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

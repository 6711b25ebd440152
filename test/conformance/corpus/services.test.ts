/** The corpus of real lines, scored (see `services.ts`); `report.ts` shows which lines are not read, and why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsCorpus } from './corpus.ts';
import { differences, eventOf, exceptions, percent, rows, score } from './services.ts';

/** Lines of the 627 of which every expected value is right. They only go up. */
const FLOOR = { hinted: 627, unhinted: 626 };

for (const [what, hinted] of [
  ['hinted', true],
  ['unhinted', false],
] as const) {
  test(`lines that are read right, ${what}`, needsCorpus, (t) => {
    const { lines, right, keys } = score(rows(), hinted);
    for (const [key, { expected, equal }] of keys) t.diagnostic(`${key}: ${equal} of ${expected}`);
    t.diagnostic(`lines: ${right} of ${lines} (${percent(right, lines)})`);
    assert.ok(right >= FLOOR[what], `${right} of ${lines} lines, before ${FLOOR[what]}`);
  });
}

/** Lines whose expected process is not the one in their envelope. */
const FROM_MESSAGE = new Set(['pfsense-rfc5424-nginx#0', 'segfault-logs#0']);

test('every program that writes syslog: host, process and pid', needsCorpus, () => {
  const syslog = rows().filter((row) => row.type === 'syslog' && !FROM_MESSAGE.has(row.case));
  assert.ok(syslog.length >= 100, `${syslog.length} rows of syslog`);
  for (const row of syslog) {
    const event = eventOf(row, true);
    for (const key of ['process.name', 'process.pid', 'host.name']) {
      if (row.expect[key] === undefined) continue;
      assert.equal(String(event?.[key]), row.expect[key], `${row.case} ${key}`);
    }
  }
});

test('every line of every application becomes an event with its text', needsCorpus, () => {
  for (const row of rows()) {
    for (const hinted of [true, false]) {
      const event = eventOf(row, hinted);
      assert.equal(typeof event?.['message'], 'string', row.case);
      if (!row.line.startsWith('{')) assert.equal(event?.['event.original'] ?? event?.['message'], row.line, row.case);
    }
  }
});

test('every exception is of a line that is there, and still differs', needsCorpus, () => {
  const byCase = new Map(rows().map((row) => [row.case, row]));
  for (const { case: name, key, reason } of exceptions) {
    const row = byCase.get(name);
    assert.ok(row?.expect[key] !== undefined, `${name} ${key}`);
    assert.ok(reason.length > 10, `${name}: a reason`);
    assert.notEqual(String(eventOf(row, true)?.[key]), row.expect[key], `${name} ${key} is no exception any more`);
  }
  assert.equal(new Set(exceptions.map(({ case: name, key }) => `${name} ${key}`)).size, exceptions.length);
});

test('a difference is seen', needsCorpus, () => {
  const row = rows().find(({ type }) => type === 'syslog');
  assert.ok(row);
  const wrong = { ...row, expect: { ...row.expect, 'source.ip': '192.0.2.250' } };
  assert.ok(differences(wrong, true).some(({ key }) => key === 'source.ip'));
});

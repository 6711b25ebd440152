import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldValue } from '#contract';
import { located, matchOf, RULE } from './fixture.ts';
import { cut, lookup, sentence, steps } from './render.ts';

type Fields = Readonly<Record<string, FieldValue>>;

/** [templates, event fields, values of the match, sentence] */
const SENTENCES: readonly (readonly [readonly string[], Fields, Readonly<Record<string, string>>, string])[] = [
  [['{source.ip} tried {user.name}', '{source.ip} knocked'], { 'user.name': 'root' }, {}, '203.0.113.7 tried root'],
  [['{source.ip} tried {user.name}', '{source.ip} knocked'], {}, {}, '203.0.113.7 knocked'],
  [['{source.ip} tried {user.name}', '{source.ip} knocked'], { 'user.name': '' }, {}, '203.0.113.7 knocked'],
  [['{count} times'], {}, { count: '99' }, '5 times'],
  [['{g}'], { g: 'event' }, { g: 'value' }, 'value'],
  [['{event.category}'], { 'event.category': ['a', 'b'] }, {}, 'a, b'],
  [['{nothing}'], {}, {}, 'Password guessing over SSH on nas'],
  [[], {}, {}, 'Password guessing over SSH on nas'],
  [['{constructor}', '{toString}'], {}, {}, 'Password guessing over SSH on nas'],
  [['{user.name}'], { 'user.name': '{count} $& <script>' }, {}, '{count} $& <script>'],
  [['{ not a place } {}'], {}, {}, '{ not a place } {}'],
];

for (const [sentences, fields, values, expected] of SENTENCES) {
  test(`${JSON.stringify(sentences)} with ${JSON.stringify({ ...fields, ...values })} says ${expected}`, () => {
    const match = matchOf(located(0, fields), { rule: { ...RULE, sentences }, values });
    assert.equal(sentence(match, lookup(match, 5)), expected);
  });
}

/** [user name, command] */
const COMMANDS: readonly (readonly [string, string | undefined])[] = [
  ['backup', 'sudo passwd -l backup'],
  ['svc_update', 'sudo passwd -l svc_update'],
  ['anna@home.example', 'sudo passwd -l anna@home.example'],
  ['root; reboot', undefined],
  ['$(reboot)', undefined],
  ['`reboot`', undefined],
  ['a\nreboot', undefined],
  ['a|b', undefined],
  ['a&b', undefined],
  ['-rf', undefined],
  ["'", undefined],
  ['a\\b', undefined],
  ['a>b', undefined],
  ['a*', undefined],
  ['~root', undefined],
  ['\u202egnp', undefined],
  ['a'.repeat(200), undefined],
];

for (const [user, command] of COMMANDS) {
  test(`the command for ${JSON.stringify(user).slice(0, 40)} is ${command ?? 'left out'}`, () => {
    const rule = { ...RULE, steps: [{ text: 'Lock it.', command: 'sudo passwd -l {user.name}' }] };
    const match = matchOf(located(0, { 'user.name': user }), { rule });
    assert.deepEqual(steps(match, lookup(match, 1)), [
      command === undefined ? { text: 'Lock it.' } : { text: 'Lock it.', command },
    ]);
  });
}

test('a step about something unknown is left out', () => {
  const rule = { ...RULE, steps: [{ text: 'Ask {user.name}.' }, { text: 'See who is there.', command: 'who -u' }] };
  const match = matchOf(located(0), { rule });
  assert.deepEqual(steps(match, lookup(match, 1)), [{ text: 'See who is there.', command: 'who -u' }]);
});

test('a cut keeps the length and never splits a pair', () => {
  assert.equal(cut('abc', 3), 'abc');
  assert.equal(cut('abcd', 3), 'ab…');
  assert.equal(cut('a😀b', 3), 'a…');
});

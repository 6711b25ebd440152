import assert from 'node:assert/strict';
import { test } from 'node:test';
import { condition } from './condition.ts';
import { atom, type Expression } from './expression.ts';
import { straight } from './straight.ts';
import { Refusal } from './refusal.ts';

const EVENT = { '@timestamp': 0, 'event.ingested': 0 };
const nowhere = { name: 'nowhere', places: ['nowhere'], joined: false, read: () => undefined };
const yes: Expression = atom(nowhere, { kind: 'null' });
const no: Expression = atom(nowhere, { kind: 'exists' });

const holds = (words: readonly string[], names: ReadonlyMap<string, Expression>): boolean =>
  straight(condition(words, names))(EVENT);
const NAMES = new Map([
  ['yes', yes],
  ['no', no],
  ['sel_yes', yes],
  ['sel_no', no],
  ['all_a', yes],
  ['all_b', yes],
  ['_hidden', no],
  ['constructor', yes],
]);

const CASES: readonly (readonly [string, boolean])[] = [
  ['yes', true],
  ['no', false],
  ['not no', true],
  ['not not yes', true],
  ['yes and no', false],
  ['yes or no', true],
  ['yes or no and no', true],
  ['(yes or no) and no', false],
  ['not no and yes', true],
  ['not (yes and no)', true],
  ['((yes))', true],
  ['yes AND NOT no', true],
  ['1 of sel_*', true],
  ['any of sel_*', true],
  ['all of sel_*', false],
  ['all of all_*', true],
  ['1 of them', true],
  ['all of them', false],
  ['all of yes', true],
  ['not 1 of sel_n*', true],
  ['1 of _*', false],
  ['constructor', true],
  ['not yes or yes', true],
  ['not (yes or yes)', false],
  ['no and no or yes', true],
  ['yes or yes and no', true],
  ['1 of *_yes', true],
  ['all of *e*', false],
  ['Any Of sel_*', true],
  ['yes and(no or yes)', true],
];

for (const [words, expected] of CASES) {
  test(`${words} is ${expected}`, () => assert.equal(holds([words], NAMES), expected));
}

test('them leaves out names that begin with an underscore', () => {
  const names = new Map([
    ['a', yes],
    ['_b', no],
  ]);
  assert.equal(holds(['all of them'], names), true);
});

test('several conditions are alternatives', () => {
  assert.equal(holds(['no', 'yes'], NAMES), true);
  assert.equal(holds(['no', 'no'], NAMES), false);
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['missing', /names missing/],
  ['toString', /names toString/],
  ['yes and', /ends too early/],
  ['(yes', /closing parenthesis/],
  ['yes)', /goes on unexpectedly at \)/],
  ['yes no', /goes on unexpectedly at no/],
  ['yes | count() > 5', /correlation rules/],
  ['2 of sel_*', /only 1, any and all/],
  ['1 of nothing*', /no identifier fits/],
  ['1 of', /no identifier fits/],
  ['('.repeat(40) + 'yes' + ')'.repeat(40), /nested deeper/],
  ['yes or '.repeat(1000) + 'yes', /more than 1000 words/],
];

for (const [words, reason] of REFUSED) {
  test(`refuses ${words.slice(0, 30)}`, () => {
    assert.throws(
      () => condition([words], NAMES),
      (error) => error instanceof Refusal && reason.test(error.message),
    );
  });
}

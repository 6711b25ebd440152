import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { errorPlace, mendedQuery, splitPipe, withTerm, wordsOf } from './query.ts';

const ADDED: readonly (readonly [q: string, field: string, value: string, not: boolean, result: string])[] = [
  ['', 'user.name', 'anna', false, 'user.name:anna'],
  ['failed', 'user.name', 'anna', true, 'failed -user.name:anna'],
  ['user.name:anna failed', 'user.name', 'anna', false, 'failed user.name:anna'],
  ['-user.name:anna failed', 'user.name', 'anna', false, 'failed user.name:anna'],
  ['a OR b', 'user.name', 'anna', false, '(a OR b) user.name:anna'],
  ['"a OR b"', 'user.name', 'anna', false, '"a OR b" user.name:anna'],
  ['', 'user.name', 'anna maria', false, 'user.name:"anna maria"'],
  ['user.name:"anna maria"', 'user.name', 'anna maria', true, '-user.name:"anna maria"'],
  ['', 'message', 'say "hi" \\o/', false, 'message:"say \\"hi\\" \\\\o/"'],
  ['', 'user.name', 'a*', false, 'user.name:"a*"'],
  ['', 'user.name', 'OR', false, 'user.name:"OR"'],
  ['', 'user.name', '-x', false, 'user.name:"-x"'],
  ['', 'source.ip', '2001:db8::1', false, 'source.ip:"2001:db8::1"'],
  ['', 'odd field', 'x', false, '"odd field":x'],
  ['failed | count by user.name', 'user.name', 'anna', false, 'failed user.name:anna | count by user.name'],
  ['| count', 'user.name', 'anna', true, '-user.name:anna | count'],
];
for (const [q, field, value, not, result] of ADDED) {
  test(`${JSON.stringify(q)} ${not ? 'without' : 'with'} ${field} ${JSON.stringify(value)}`, () =>
    assert.equal(withTerm(q, field, value, not), result));
}

test('asking twice changes nothing, and + takes − back', () => {
  const text = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(text, text, (field, value) => {
      const once = withTerm('', field, value, false);
      assert.equal(withTerm(once, field, value, false), once);
      assert.equal(withTerm(withTerm('', field, value, true), field, value, false), once);
    }),
    { seed: 1 },
  );
});

const WORDS: readonly (readonly [string, readonly string[]])[] = [
  ['failed "no such user" -root', ['failed', 'no such user']],
  ['user.name:backup OR (NOT su*)', ['backup', 'su']],
  ['a -host.name:nas', []],
];
for (const [q, words] of WORDS) test(`${q} marks ${JSON.stringify(words)}`, () => assert.deepEqual(wordsOf(q), words));

const SPLIT: readonly (readonly [q: string, query: string, pipe: string | undefined])[] = [
  ['a b', 'a b', undefined],
  ['a|b', 'a|b', undefined],
  ['a | count by x', 'a', 'count by x'],
  ['| top 10 user.name', '', 'top 10 user.name'],
  ['"x | count" y', '"x | count" y', undefined],
  ['"x | y" | histogram 5m', '"x | y"', 'histogram 5m'],
  ['a |', 'a', ''],
];
for (const [q, query, pipe] of SPLIT)
  test(`${q} is ${query} and ${pipe}`, () => assert.deepEqual(splitPipe(q), { query, pipe }));

const PLACES: readonly (readonly [q: string, detail: string, underlined: string | undefined])[] = [
  ['nas (backup', 'Column 5: this parenthesis is not closed.', '('],
  ['nas user.name: x', 'Column 15: there is no value after user.name:', ''],
  ['a "b', 'Column 3: this quote is not closed.', '"b'],
  ['nas AND', 'Column 8: something is missing at the end.', ''],
  ['nas', 'Something else', undefined],
];
for (const [q, detail, underlined] of PLACES) {
  test(`${detail} is in ${JSON.stringify(underlined)}`, () => {
    const place = errorPlace(q, detail);
    assert.equal(place === undefined ? undefined : q.slice(place.from, place.to), underlined);
  });
}

for (const [q, detail, meant] of [
  ['srcip:203.0.113.7', 'Column 1: no event has a field srcip. Did you mean source.ip?', 'source.ip:203.0.113.7'],
  ['a | cuont', 'Column 5: there is no cuont. Did you mean count?', 'a | count'],
  ['a | count by srcip', 'Column 14: there is no field srcip. Did you mean source.ip?', 'a | count by source.ip'],
  ['srcip:1 a', 'Column 9: no event has a field srcip. Did you mean source.ip?', undefined],
  ['(root', 'Column 1: this parenthesis is not closed.', undefined],
] as const)
  test(`${q}: ${meant ?? 'nobody knows what was meant'}`, () => assert.equal(mendedQuery(q, detail), meant));

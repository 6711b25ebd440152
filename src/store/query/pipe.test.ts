import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery, parseStatement } from './parse.ts';

const NOW = 0;

const pipes: readonly (readonly [string, unknown])[] = [
  ['a | count', { kind: 'count', fields: [], limit: 1000, column: 3 }],
  ['| count by source.ip', { kind: 'count', fields: ['source.ip'], limit: 1000, column: 1 }],
  ['a|b | count by source.ip,user.name', { kind: 'count', fields: ['source.ip', 'user.name'], limit: 1000, column: 5 }],
  ['a | top 5 user.name', { kind: 'count', fields: ['user.name'], limit: 5, column: 3 }],
  ['a |top user.name', { kind: 'count', fields: ['user.name'], limit: 10, column: 3 }],
  ['a | top 3 "my field"', { kind: 'count', fields: ['my field'], limit: 3, column: 3 }],
  ['a | histogram 5m', { kind: 'histogram', step: 300_000, by: undefined, column: 3 }],
  ['a | histogram 1d by event.outcome', { kind: 'histogram', step: 86_400_000, by: 'event.outcome', column: 3 }],
];
for (const [text, pipe] of pipes) {
  test(`${text} makes a table`, () => assert.deepEqual(parseStatement(text, NOW).pipe, pipe));
}

test('the query stands before the pipe', () => {
  assert.deepEqual(
    parseStatement('user.name:root "a | b" | count', NOW).query,
    parseQuery('user.name:root "a | b"', NOW),
  );
});

for (const text of ['a|b', '"| count"', 'a|count', '||']) {
  test(`${text} has no pipe`, () => assert.equal(parseStatement(text, NOW).pipe, undefined));
}

const mistakes: readonly (readonly [string, string])[] = [
  ['a |', 'Column 4: after | comes count, histogram or top.'],
  ['a | cuont', 'Column 5: there is no cuont. Did you mean count?'],
  ['a | delete', 'Column 5: after | comes count, histogram or top, not delete.'],
  ['a | count source.ip', 'Column 11: here comes by and a field, not source.ip.'],
  ['a | count by', 'Column 13: a field is missing here.'],
  ['a | count by srcip', 'Column 14: there is no field srcip. Did you mean source.ip?'],
  ['a | count by source.ip user.name', 'Column 24: between fields stands a comma.'],
  ['a | count by a.1,a.2,a.3,a.4,a.5', 'Column 29: more than 4 fields make no table.'],
  ['a | top 0 user.name', 'Column 9: give a number from 1 to 1000.'],
  ['a | top 5', 'Column 10: a field is missing here.'],
  ['a | top 5 user.name x', 'Column 21: nothing can follow here, but there is x.'],
  ['a | histogram', 'Column 14: give the width of a bar, such as 30s, 5m, 1h or 1d.'],
  ['a | histogram 5', 'Column 15: give the width of a bar, such as 30s, 5m, 1h or 1d.'],
  ['(a | count', 'Column 1: this parenthesis is not closed.'],
  ['a OR | count', 'Column 6: something is missing at the end.'],
];
for (const [text, detail] of mistakes) {
  test(`${text} is refused: ${detail}`, () => {
    assert.throws(() => parseStatement(text, NOW), { code: 'BAD_QUERY', detail });
  });
}

test('where events are wanted a table is refused', () => {
  const detail = 'Column 3: a table is made here, where a list of events is wanted.';
  assert.throws(() => parseQuery('a | count', NOW), { code: 'BAD_QUERY', detail });
});

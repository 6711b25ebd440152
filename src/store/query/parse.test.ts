import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodedError } from '#contract';
import { parseQuery } from './parse.ts';

const SEED = 20_260_314;

/** What looks like a field and is none. */
const words = [
  'http://nas:8080/x',
  'aa:bb:cc:dd:ee:ff',
  'fe80::1',
  '12:30:01',
  'C:\\Windows',
  '10.0.0.1:22',
  'sshd:',
  'std::string',
  'sshd[123]:',
  '-',
  '--help',
  '/etc/passwd',
  '/var/log/',
  'a|b',
  'a>=b',
];
for (const text of words) {
  test(`${text} is a word`, () => assert.equal(parseQuery(text).kind, 'word'));
}

const fields: readonly (readonly [string, string, number])[] = [
  ['user.name:root', 'user.name', 1],
  ['  @timestamp:1*', '@timestamp', 3],
  ['my-field:"a b"', 'my-field', 1],
  ['"a \\"b\\"":x', 'a "b"', 1],
  ['source.ip:fe80::1', 'source.ip', 1],
  ['__proto__:x', '__proto__', 1],
  ['destination.port:>=1024', 'destination.port', 1],
  ['destination.port >= 1024', 'destination.port', 1],
  ['source.port<5', 'source.port', 1],
  ['x.bytes:[1 TO 5]', 'x.bytes', 1],
  ['user.name:/^adm/', 'user.name', 1],
  ['message:<script>', 'message', 1],
  ['user.name:[x]', 'user.name', 1],
];
for (const [text, name, column] of fields) {
  test(`${text} asks for the field ${name}`, () => {
    const query = parseQuery(text);
    assert.ok(query.kind === 'field');
    assert.deepEqual([query.name, query.column], [name, column]);
  });
}

test('values in parentheses are values of the field', () => {
  const each = parseQuery('user.name:root OR user.name:"a b" OR -user.name:x*');
  const together = parseQuery('user.name:(root OR "a b" OR -x*)');
  const shape = (text: string) => text.replace(/"column":\d+/g, '"column":0');
  assert.equal(shape(JSON.stringify(together)), shape(JSON.stringify(each)));
});

test('OR binds less than side by side', () => {
  assert.deepEqual(parseQuery('a b OR c'), parseQuery('((a AND b) OR (c))'));
  assert.notDeepEqual(parseQuery('a b OR c'), parseQuery('a (b OR c)'));
});

const mistakes: readonly (readonly [string, string])[] = [
  ['say "hi', 'Column 5: this quote is not closed.'],
  ['user.name:"root', 'Column 11: this quote is not closed.'],
  ['(a b', 'Column 1: this parenthesis is not closed.'],
  ['a b)', 'Column 4: this parenthesis closes nothing.'],
  ['a OR', 'Column 5: something is missing at the end.'],
  ['OR a', 'Column 1: something is missing before OR.'],
  ['a AND OR b', 'Column 7: something is missing before OR.'],
  ['()', 'Column 2: something is missing before ).'],
  ['NOT', 'Column 4: something is missing at the end.'],
  ['x source.ip: y', 'Column 13: there is no value after source.ip:.'],
  ['@timestamp:>yesterday', 'Column 12: yesterday is no time. Try now-2h or 2026-03-14T08:00.'],
  ['a source.ip:10.0.0.0/40', 'Column 13: a network of 10.0.0.0 has 0 to 32 bits, not 40.'],
  ['source.ip:2001:db8::/129', 'Column 11: a network of 2001:db8:: has 0 to 128 bits, not 129.'],
  ['source.port:[1 TO x]', 'Column 13: 1 and x are not both numbers, addresses or times.'],
  ['source.port:[1 TO 5', 'Column 13: this range is not closed.'],
  ['user.name:(root user.id:0)', 'Column 17: only values of user.name can stand in its parentheses.'],
  ['user.name:(root', 'Column 11: this parenthesis is not closed.'],
  ['/(/', 'Column 1: the expression is not understood: missing closing ): `(`.'],
  ['a message:/[z-a]/', 'Column 11: the expression is not understood: invalid character class range: `z-a`.'],
  ['('.repeat(100), 'Column 66: this is nested too deep.'],
  ['a'.repeat(2001), 'Column 2001: the query is longer than 2000 characters.'],
];
for (const [text, detail] of mistakes) {
  test(`${text.slice(0, 20)} is refused: ${detail}`, () => {
    assert.throws(() => parseQuery(text), { code: 'BAD_QUERY', detail });
  });
}

test(`any text is a query or is refused with a column (seed ${SEED})`, () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({
          unit: fc.constantFrom(
            'a',
            ':',
            '"',
            '(',
            ')',
            '-',
            ' ',
            '*',
            'OR',
            '/',
            '\\',
            '1',
            '[',
            ' TO ',
            ']',
            '<',
            '=',
            '|',
            'top',
          ),
        }),
      ),
      (text) => {
        try {
          parseQuery(text);
        } catch (error) {
          assert.ok(error instanceof CodedError && error.code === 'BAD_QUERY', String(error));
          assert.match(error.detail, /^Column \d+: /);
        }
      },
    ),
    { seed: SEED, numRuns: 3000 },
  ));

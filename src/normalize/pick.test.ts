import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accessLog } from './http.ts';
import { pairsOf, picker } from './logfmt.ts';
import { kernel } from './parsers/kernel.ts';
import type { Line } from './parsers/parser.ts';
import { UTC_CLOCK } from './zone.ts';

const NAMES = ['A', 'AB', 'SRC', 'SPT', ''];
const piece = fc.constantFrom('A', 'AB', 'SRC', 'SPT', 'B', '=', '==', ' ', '  ', '"', '\\', 'x', 'é', '=""', '="a b"');

test('the picked values are those that all pairs would give', () => {
  const pick = picker(NAMES);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), fc.nat({ max: 3 }), (pieces, from) => {
      const text = pieces.join('');
      const words: string[] = [];
      const picked: string[] = [];
      const pairs = pairsOf(text, from, { bare: (word) => words.push(word) });
      const values = pick(text, from, (word) => picked.push(word));
      assert.deepEqual(
        values,
        NAMES.map((name) => (name === '' ? undefined : pairs[name])),
      );
      assert.deepEqual(picked, words);
    }),
    { seed: 1, numRuns: 3000 },
  );
});

const line: Line = {
  program: undefined,
  pid: undefined,
  host: undefined,
  time: undefined,
  message: '',
  clock: UTC_CLOCK,
  memory: { source: '' },
};

/** What stands behind the request. */
const ANSWERS: readonly (readonly [
  tail: string,
  status: number | undefined,
  bytes: number | undefined,
  rest: string,
])[] = [
  [' 200 5', 200, 5, ''],
  [' 200', 200, undefined, ''],
  [' 200 -', 200, undefined, ''],
  [' - 5', undefined, 5, ''],
  [' 0 0', 0, 0, ''],
  [' 404 123456789012345', 404, 123_456_789_012_345, ''],
  [' 404 1234567890123456', 404, undefined, '1234567890123456'],
  [' 404 5x', 404, undefined, '5x'],
  [' 404 -x', 404, undefined, '-x'],
  [' 404 5 "-" "curl"', 404, 5, ''],
  [' 404 ', 404, undefined, ''],
];
for (const [tail, status, bytes, rest] of ANSWERS) {
  test(`the answer${tail}`, () => {
    const found = accessLog(`198.51.100.7 - - [28/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1"${tail}`, line);
    assert.equal(found?.fields['http.response.status_code'], status);
    assert.equal(found?.fields['http.response.body.bytes'], bytes);
    assert.equal(found?.rest, rest);
  });
}
for (const tail of ['', ' 20', ' 2000', ' 7', ' x', '200', ' 200x', ' 0x', ' -1']) {
  test(`no answer${tail}`, () => {
    assert.equal(accessLog(`198.51.100.7 - - [28/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1"${tail}`, line), undefined);
  });
}

const PACKET = '[UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.7 DST=192.0.2.10 PROTO=TCP SPT=1 DPT=22';
const BOOTS: readonly (readonly [front: string, label: string])[] = [
  ['[1.123456] ', 'UFW BLOCK'],
  ['[    1.123456] ', 'UFW BLOCK'],
  ['[1234567890.123456][    T1] ', 'UFW BLOCK'],
  ['[1.123456][C12] ', 'UFW BLOCK'],
  ['[1.12345] ', '[1.12345] [UFW BLOCK]'],
  ['[.123456] ', '[.123456] [UFW BLOCK]'],
  ['[1.1234567] ', '[1.1234567] [UFW BLOCK]'],
  ['[1.123456][X1] ', '[1.123456][X1] [UFW BLOCK]'],
  ['[1.123456][T] ', '[1.123456][T] [UFW BLOCK]'],
  ['[1.123456]', '[1.123456][UFW BLOCK]'],
];
for (const [front, label] of BOOTS) {
  test(`in front of a packet: ${front}`, () => {
    assert.equal(kernel.parse?.(front + PACKET, line)?.['rule.name'], label);
  });
}

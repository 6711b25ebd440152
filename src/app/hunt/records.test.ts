/** Lines of JSON are read like lines of any log, but for what begins like an object and is none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#contract';
import type { Piece } from './piece.ts';
import { readPiece } from './records.ts';

type Read = readonly (readonly [place: number, record: unknown])[];

function read(format: 'jsonl' | 'lines', bytes: Uint8Array<ArrayBuffer>, isSequential: boolean): [Read, number] {
  const found: (readonly [number, unknown])[] = [];
  const piece: Piece = { format, bytes };
  const places = readPiece(piece, isSequential, {
    onRecord: (record, place) => void found.push([place, record]),
    onDamage: (place, reason) => void found.push([place, reason]),
  });
  return [found, places];
}

const DAMAGE = 'is no JSON';
/** As a reader of JSON tells it. */
const strictly = ([place, record]: Read[number]): Read[number] =>
  typeof record === 'string' && record.trimStart().startsWith('{') ? [place, DAMAGE] : [place, record];

const line = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\r',
    '\0\0',
    '\0{"a":"ü"}',
    '{"a":1}',
    '{"EventID":1}',
    '{"EventID":2}\r',
    ' {"b":',
    'ü ä',
    'x\0y',
  ),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
);
const content = fc
  .tuple(fc.boolean(), fc.array(line, { minLength: 1 }), fc.boolean())
  // The first letters keep it from looking like UTF-16.
  .map(([mark, all, end]) => `${mark ? '\ufeff' : ''}begin\n${all.join('\n')}${end ? '\n' : ''}`);

test('a law: the same records as of any lines, in any order', () => {
  fc.assert(
    fc.property(content, (text) => {
      const bytes = new TextEncoder().encode(text);
      const [expected, places] = read('lines', bytes, true);
      assert.deepEqual(read('jsonl', bytes, true), [expected.map(strictly), places]);
      const [found] = read('jsonl', bytes, false);
      assert.deepEqual(
        found.toSorted(([one], [other]) => one - other),
        expected.map(strictly),
      );
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a line that is too long ends within no character', () => {
  const text = `${'x'.repeat(LIMITS.bytes - 1)}üü`;
  const [[one], places] = read('jsonl', new TextEncoder().encode(`${text}\n`), false);
  assert.deepEqual([one?.[0], places], [1, 1]);
  assert.ok(one?.[1] === text.slice(0, LIMITS.bytes - 1));
  const [object] = read('jsonl', new TextEncoder().encode(`{"a":"${text}"}\n{"b":1}`), false);
  assert.deepEqual(object, [
    [1, 'is longer than 1 MiB'],
    [2, { b: 1 }],
  ]);
});

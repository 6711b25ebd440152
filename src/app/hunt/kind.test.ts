import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byKind, kindOf } from './kind.ts';

const CASES: readonly (readonly [text: string, kind: string])[] = [
  ['{"Event":{"System":{"EventID":11,"Version":5}}}', '11'],
  ['{\n  "EventID": "4624",\n  "Keywords": 1 }', '4624'],
  ['<Event><System><EventID>7045</EventID></System></Event>', '7045'],
  ['{"winlog":{"event_id":4688}}', '4688'],
  ['{"EventCode":"1"}', '1'],
  ['{"EventID":{"#attributes":{"Qualifiers":16384},"#text":7}}', ''],
  ['{"EventID":', ''],
  ['Nov 30 11:25:10 desk sshd[7]: hello', ''],
  ['', ''],
];

for (const [text, kind] of CASES) test(`the kind of ${text}`, () => assert.equal(kindOf(text), kind));

test('one kind after the other, each in its order, and nothing lost', () => {
  const all = ['b1', 'a1', 'b2', 'c1', 'a2'];
  assert.deepEqual(
    byKind(all, (one) => one.charAt(0)),
    ['b1', 'b2', 'a1', 'a2', 'c1'],
  );
  assert.deepEqual(
    byKind([], () => ''),
    [],
  );
});

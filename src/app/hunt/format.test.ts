import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Format, formatOf, isSequential } from './format.ts';

const CASES: readonly (readonly [head: string, format: Format])[] = [
  ['ElfFile\0 and more', 'evtx'],
  [`${'\0'.repeat(4096)}ElfChnk\0`, 'evtx'],
  ['{"a":1}\n{"a":2}\n', 'jsonl'],
  ['\ufeff{"a":1}', 'jsonl'],
  ['{"a":1\n{"a":2}\n', 'jsonl'],
  ['{\n  "a": {},\n  "b": 1\n}\n', 'json'],
  ['{"a":1}{"a":2}', 'json'],
  ['[\n{"a":1}]', 'json'],
  ['[{"a":1}]', 'json'],
  ['[]', 'json'],
  ['Record 1\n{\n  "a": {}\n}\n', 'json'],
  ['Record 1\n<?xml version="1.0"?>\n<Event xmlns="x">', 'xml'],
  ['\ufeff<?xml version="1.0"?>\r\n<Events>', 'xml'],
  ['<Event>', 'xml'],
  ['<?xml version="1.0"?>\n<!-- <x> -->\n<?xml-stylesheet href="x"?><Root><Inner a="b"><Event a="b">', 'xml'],
  ['<Root>\n<Other>', 'lines'],
  ['\x1e{"a":1}\n', 'json'],
  ['\0'.repeat(8) + '{"a":1}\n', 'jsonl'],
  ['<EventViewer>', 'lines'],
  ['Record 1 of 2', 'lines'],
  ['[Fri Nov 28 10:00:00 2025] [error] no', 'lines'],
  ['Nov 28 10:00:00 nas sshd[1]: x\n{"a":1}', 'lines'],
  ['', 'lines'],
];

for (const [head, format] of CASES)
  test(`${JSON.stringify(head).slice(-60)} is ${format}`, () =>
    assert.equal(formatOf(Buffer.from(head), true), format));

test('a first record longer than what was looked at is no line', () => {
  assert.equal(formatOf(Buffer.from(`{"a":"${'x'.repeat(1000)}`), false), 'json');
});

test('what is no text is refused', () => {
  assert.throws(() => formatOf(Buffer.from('a\0b'), true), /is not text/);
  assert.throws(() => formatOf(Buffer.alloc(65_536), false), /is not text/);
});

test('lines that explain each other go to one reader', () => {
  assert.equal(isSequential('lines', Buffer.from('x')), true);
  assert.equal(isSequential('jsonl', Buffer.from('{"__CURSOR":"s=1","MESSAGE":"x"}')), true);
  assert.equal(isSequential('jsonl', Buffer.from('{"EventID":1}')), false);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ChildLine, type Discard, MAX_RECORD_LINE, recordLines } from './record-lines.ts';

function read(chunks: readonly Buffer[]): { lines: ChildLine[]; discarded: Discard[] } {
  const discarded: Discard[] = [];
  const take = recordLines((reason) => discarded.push(reason));
  return { lines: chunks.flatMap((chunk) => take(chunk)), discarded };
}

const listening = { control: 'listening', address: '0.0.0.0', port: 2323, uid: 65534 };
const cases: readonly { name: string; text: string; texts?: readonly string[]; discarded?: readonly Discard[] }[] = [
  { name: 'whole lines', text: '{"a":1}\n{"b":2}\n', texts: ['{"a":1}', '{"b":2}'] },
  { name: 'a line without an end waits', text: '{"a":1}\n{"b"', texts: ['{"a":1}'] },
  {
    name: 'garbage between records',
    text: '{"a":1}\noops\n{"b":2}\n',
    texts: ['{"a":1}', '{"b":2}'],
    discarded: ['not_json'],
  },
  {
    name: 'what is no object',
    text: '[1]\n7\nnull\n"x"\n\n',
    discarded: ['not_json', 'not_json', 'not_json', 'not_json', 'not_json'],
  },
  {
    name: 'an order that is none',
    text: '{"control":"erase"}\n{"control":"listening"}\n',
    discarded: ['not_json', 'not_json'],
  },
  {
    name: 'a line over the limit, and the next one',
    text: `{"a":"${'x'.repeat(MAX_RECORD_LINE)}"}\n{"b":2}\n`,
    texts: ['{"b":2}'],
    discarded: ['too_long'],
  },
];

for (const { name, text, texts = [], discarded = [] } of cases) {
  test(`recordLines: ${name}`, () => {
    const expected = { lines: texts.map((line) => ({ kind: 'record', text: line })), discarded };
    assert.deepEqual(read([Buffer.from(text)]), expected);
  });
}

test('recordLines: control lines', () => {
  const failed = { control: 'failed', code: 'EADDRINUSE', reason: 'taken' };
  const { lines } = read([Buffer.from(`${JSON.stringify(listening)}\n${JSON.stringify(failed)}\n`)]);
  assert.deepEqual(
    lines,
    [listening, failed].map((control) => ({ kind: 'control', control })),
  );
});

test('recordLines: where the chunks are cut changes nothing', () => {
  const text = Buffer.from(`{"message":"müller"}\nnoise\n${JSON.stringify(listening)}\n{"b":"${'y'.repeat(300)}"}\n`);
  const whole = read([text]);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      assert.deepEqual(read(at.slice(1).map((end, n) => text.subarray(at[n], end))), whole);
    }),
    { seed: 1 },
  );
});

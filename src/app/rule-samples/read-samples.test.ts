import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSamples } from './read-samples.ts';

const read = (text: string) => {
  const { samples, faults } = readSamples(text);
  return {
    samples: samples.map(({ number, expects, words, lines }) => ({
      number,
      expects,
      words,
      lines: lines.map((line) => `${line.number} ${line.text}`),
    })),
    faults: faults.map(({ number, reason }) => `${number} ${reason}`),
  };
};

test('samples, their words, and lines as they are pasted', () => {
  const text = '# a remark\n\n== fires: it says so\n  indented "quoted" \\ \t\n# not a remark\n\n== quiet\r\nline\r\n';
  assert.deepEqual(read(text), {
    samples: [
      {
        number: 3,
        expects: 'fires',
        words: 'it says so',
        lines: ['4   indented "quoted" \\ \t', '5 # not a remark'],
      },
      { number: 7, expects: 'quiet', words: '', lines: ['8 line'] },
    ],
    faults: [],
  });
});

test('a line comes again', () => {
  const [sample] = read('== fires\na\n== again 2\nb\n').samples;
  assert.deepEqual(sample?.lines, ['2 a', '2 a', '2 a', '4 b']);
});

test('a source holds until its sample ends, and is one object', () => {
  const { samples } = readSamples(
    '== fires\na\n== type nginx\n== host web\nb\n== type x\nc\n== type nginx\nd\n== quiet\ne\n',
  );
  const sources = samples.flatMap(({ lines }) => lines.map(({ source }) => source));
  assert.deepEqual(
    sources.map(({ type, host }) => [type, host]),
    [
      [undefined, 'nas'],
      ['nginx', 'web'],
      ['x', 'web'],
      ['nginx', 'web'],
      [undefined, 'nas'],
    ],
  );
  assert.equal(sources[1], sources[3]);
});

const FAULTS: readonly (readonly [text: string, fault: string])[] = [
  ['a line', '1 a line before the first "== fires" or "== quiet"'],
  ['== fires', '1 a sample without lines'],
  ['== fires\n== again 2\na', '2 "== again" has no line above it'],
  ['== fires\na\n== again', '3 "== again" is not understood; it is fires, quiet, type, path, host or again'],
  ['== fires\na\n== fire: x', '3 "== fire: x" is not understood; it is fires, quiet, type, path, host or again'],
];

for (const [text, fault] of FAULTS)
  test(`a fault has its line: ${fault}`, () => assert.deepEqual(read(text).faults, [fault]));

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Cutter, eventCutter, lineCutter } from './pieces.ts';

const shown = (cut: Cutter, texts: readonly string[]): string[] =>
  texts.flatMap(cut).map((piece) => `${piece.text}${piece.cut ? ' (cut)' : ''}`);

const lineCases: readonly (readonly [text: string, lines: readonly string[]])[] = [
  ['a\nb\r\n', ['a', 'b']],
  ['\n\r\n  \na\n', ['a']],
  ['a', []],
  ['0123456789\nb\n', ['01234567 (cut)', 'b']],
  ['01234567\n', ['01234567']],
];
const eventCases: readonly (readonly [text: string, events: readonly string[], garbage: number])[] = [
  ['<Event>1</Event>', ['<Event>1</Event>'], 0],
  ['<Event a="">1</Event>\r\n<Event>2</Event>', ['<Event a="">1</Event>', '<Event>2</Event>'], 0],
  ['<Event><EventData/></Event>', ['<Event><EventData/></Event>'], 0],
  ['<?xml version="1.0"?><Event>1</Event>', ['<Event>1</Event>'], 0],
  ['oops<Event>1</Event>', ['<Event>1</Event>'], 1],
  ['<Events><Event>1</Event></Events>', ['<Event>1</Event>'], 2],
  ['<Event>broken off', [], 0],
  [`<Event>${'x'.repeat(40)}</Event><Event>2</Event>`, [`<Event>${'x'.repeat(25)} (cut)`, '<Event>2</Event>'], 0],
];

for (const [text, lines] of lineCases)
  test(`lines: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(shown(lineCutter(8), [text]), lines);
    assert.deepEqual(shown(lineCutter(8), Array.from(text)), lines, 'a character at a time');
  });

for (const [text, events, garbage] of eventCases)
  test(`events: ${JSON.stringify(text.slice(0, 40))}`, () => {
    let seen = 0;
    assert.deepEqual(
      shown(
        eventCutter(() => seen++, 32),
        [text],
      ),
      events,
    );
    assert.equal(seen, garbage);
    const at = text.indexOf('>') + 1;
    assert.deepEqual(
      shown(
        eventCutter(() => {}, 32),
        [text.slice(0, at), ...Array.from(text.slice(at))],
      ),
      events,
    );
  });

test('law: where the text is split does not matter', () => {
  const token = fc.constantFrom(
    '<Event>',
    '<Event ',
    '</Event>',
    '<EventData>',
    '\n',
    '\r\n',
    'x',
    'xxxxxxxxxx',
    '</Even',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 30 }), fc.array(fc.nat(200), { maxLength: 8 }), (tokens, cuts) => {
      const text = tokens.join('');
      const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length].toSorted((a, b) => a - b);
      const texts = places.slice(1).map((place, i) => text.slice(places[i], place));
      for (const make of [() => lineCutter(12), () => eventCutter(() => {}, 30)])
        assert.deepEqual(shown(make(), texts), shown(make(), [text]));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

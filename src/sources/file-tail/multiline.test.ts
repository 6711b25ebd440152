import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grouping } from './multiline.ts';

type Line = readonly [text: string, from: number, to: number, cut?: boolean];

const cases: readonly (readonly [name: string, lines: readonly Line[], groups: readonly Line[], held?: boolean])[] = [
  [
    'a stack trace',
    [
      ['2026 boom', 0, 10],
      ['  at a', 10, 17],
      ['  at b', 17, 24],
      ['2026 next', 24, 34],
    ],
    [
      ['2026 boom\n  at a\n  at b', 0, 24],
      ['2026 next', 24, 34],
    ],
  ],
  [
    'lines before the first that begins',
    [
      ['  at b', 0, 7],
      ['2026 x', 7, 14],
    ],
    [
      ['  at b', 0, 7],
      ['2026 x', 7, 14],
    ],
  ],
  [
    'as many as may be',
    [
      ['2026 a', 0, 7],
      ['b', 7, 9],
      ['c', 9, 11],
      ['d', 11, 13],
      ['e', 13, 15],
    ],
    [
      ['2026 a\nb\nc\nd', 0, 13],
      ['e', 13, 15],
    ],
  ],
  [
    'as long as may be',
    [
      ['2026 a', 0, 7],
      ['x', 7, 48],
      ['y', 48, 60],
    ],
    [
      ['2026 a\nx', 0, 48],
      ['y', 48, 60],
    ],
  ],
  [
    'one that was cut',
    [
      ['2026 a', 0, 7],
      ['b', 7, 9, true],
    ],
    [['2026 a\nb', 0, 9, true]],
  ],
];
for (const [name, lines, groups] of cases) {
  test(`lines that belong together: ${name}`, () => {
    const found: Line[] = [];
    const give = (text: string, from: number, to: number, cut: boolean): void => {
      found.push(cut ? [text, from, to, true] : [text, from, to]);
    };
    const group = grouping({ start: '^\\d{4} ', max_lines: 4, max_wait: 1 }, give, 50);
    for (const [text, from, to, cut = false] of lines) group.take(text, from, to, cut);
    assert.equal(group.isHolding, true);
    group.flush();
    assert.equal(group.isHolding, false);
    assert.deepEqual(found, groups);
  });
}

test('a pattern that is none is named', () => {
  assert.throws(() => grouping({ start: '(', max_lines: 2, max_wait: 1 }, () => undefined), /multiline.*\(/);
});

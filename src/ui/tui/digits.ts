/** The one huge number: digits of 6 × 8 pixels, two pixels a cell. */

/** Eight rows a digit; a # is a pixel. */
const DIGITS: readonly string[] = [
  '.####. #....# #....# #....# #....# #....# #....# .####.',
  '...#.. ..##.. .#.#.. ...#.. ...#.. ...#.. ...#.. .#####',
  '.####. #....# .....# ....#. ...#.. ..#... .#.... ######',
  '.####. #....# .....# ..###. .....# .....# #....# .####.',
  '....#. ...##. ..#.#. .#..#. #...#. ###### ....#. ....#.',
  '###### #..... #..... #####. .....# .....# #....# .####.',
  '.####. #....# #..... #####. #....# #....# #....# .####.',
  '###### .....# ....#. ...#.. ..#... ..#... ..#... ..#...',
  '.####. #....# #....# .####. #....# #....# #....# .####.',
  '.####. #....# #....# #....# .##### .....# #....# .####.',
];

const CELLS = [' ', '▀', '▄', '█'] as const;
const DIGIT_LINES = 4;
const GAP = '  ';

/** The number in four lines; a digit is 6 cells wide, 2 cells lie between two. */
export function bigNumber(value: number): readonly string[] {
  const glyphs = Array.from(String(value), (digit) => (DIGITS[Number(digit)] ?? '').split(' '));
  return Array.from({ length: DIGIT_LINES }, (_, line) =>
    glyphs.map((rows) => cellsOf(rows[line * 2] ?? '', rows[line * 2 + 1] ?? '')).join(GAP),
  );
}

const cellsOf = (upper: string, lower: string): string =>
  Array.from(upper, (pixel, at) => CELLS[(pixel === '#' ? 1 : 0) + (lower[at] === '#' ? 2 : 0)]).join('');

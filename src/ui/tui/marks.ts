/** Levels as shapes and words, bars and sparklines. */
import type { Level } from '#contract';
import { levelWord } from '#ui/model';
import { type Line, span } from './line.ts';
import type { Ink } from './theme.ts';

const SHAPES: Record<Level, string> = { critical: '█', high: '▲', medium: '◆', low: '▪', informational: '○' };
const SHORT: Record<Level, string> = {
  critical: 'crit',
  high: 'high',
  medium: 'med',
  low: 'low',
  informational: 'info',
};

/** The worst is the only word in capitals. */
const longWord = (level: Level): string =>
  level === 'critical' ? levelWord(level).toUpperCase() : levelWord(level).toLowerCase();

export type MarkSize = 'shape' | 'short' | 'long';

/** The mark of a level that nothing has: it keeps its place and catches no eye. */
export const faintMark = (level: Level): Line => [
  span(SHAPES[level], 'faint'),
  span(' '),
  span(levelWord(level).toLowerCase().padEnd(8), 'faint'),
];

/** `█ CRITICAL`, `█ crit` or `█`, filled to the width of the longest of its kind. */
export function levelMark(level: Level, size: MarkSize): Line {
  const shape = span(SHAPES[level], level);
  if (size === 'shape') return [shape];
  const word = size === 'short' ? SHORT[level].padEnd(4) : longWord(level).padEnd(8);
  return [
    shape,
    span(' '),
    span(word, level === 'critical' ? 'text' : 'soft', size === 'long' && level === 'critical'),
  ];
}

/** `━━━━──────`: how full something is, 0 to 1. */
export function bar(share: number, cells: number, ink: Ink = 'data'): Line {
  const full = Math.round(Math.min(1, Math.max(0, share)) * cells);
  return [span('━'.repeat(full), ink), span('─'.repeat(cells - full), 'line')];
}

const STEPS = '▁▂▃▄▅▆▇█';

/** The newest values that fit, the latest at the right edge; null is a gap. `top` is the height of a full cell. */
export function sparkline(values: readonly (number | null)[], top: number, cells: number): Line {
  const drawn = values.slice(-cells).map((value) => {
    if (value === null) return ' ';
    const step = top > 0 ? Math.round((Math.min(value, top) / top) * (STEPS.length - 1)) : 0;
    return STEPS[Math.max(0, step)] ?? ' ';
  });
  return [span(' '.repeat(Math.max(0, cells - drawn.length))), span(drawn.join(''), 'data')];
}

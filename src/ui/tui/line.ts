/**
 * A line of the screen as pieces of text, each in one ink. `span` is the only way to make a piece and makes its text `shown`,
 * so whatever a log, a process or a server says, nothing but SGR sequences of the theme ever leaves `paint`.
 */
import type { Ink, Theme } from './theme.ts';
import { cut, shown, widthOf } from './width.ts';

declare const MADE_BY_SPAN: unique symbol;

export interface Span {
  readonly text: string;
  readonly ink: Ink;
  readonly bold: boolean;
  readonly [MADE_BY_SPAN]: true;
}

export type Line = readonly Span[];

export function span(text: string, ink: Ink = 'text', bold = false): Span {
  // The brand exists only for the compiler.
  return { text: shown(text), ink, bold } as Span;
}

const withText = (piece: Span, text: string): Span => ({ ...piece, text });

export const EMPTY: Line = [];
export const space = (cells: number): Span => span(' '.repeat(Math.max(0, cells)));

export const lineWidth = (line: Line): number => line.reduce((sum, piece) => sum + widthOf(piece.text), 0);

/** At most `cells` of a line; a cut ends with …, in the ink of what was cut. */
export function clip(line: Line, cells: number): Line {
  if (lineWidth(line) <= cells) return line;
  const kept: Span[] = [];
  let left = cells;
  for (const piece of line) {
    const width = widthOf(piece.text);
    // A piece that fits exactly still makes way for the … when more follows.
    if (width >= left) return [...kept, withText(piece, cut(width === left ? `${piece.text} ` : piece.text, left))];
    kept.push(piece);
    left -= width;
  }
  return kept;
}

/** Exactly `cells`: cut or filled with spaces at the right. */
export function fill(line: Line, cells: number): Line {
  const clipped = clip(line, cells);
  return [...clipped, space(cells - lineWidth(clipped))];
}

interface CellStyle {
  readonly ink?: Ink;
  readonly bold?: boolean;
  readonly align?: 'left' | 'right';
}

/** One column of a table: exactly `cells`. */
export function cell(
  text: string,
  cells: number,
  { ink = 'text', bold = false, align = 'left' }: CellStyle = {},
): Line {
  const piece = span(text, ink, bold);
  const kept = withText(piece, cut(piece.text, cells));
  const gap = space(cells - widthOf(kept.text));
  return align === 'left' ? [kept, gap] : [gap, kept];
}

/** `left` … `right` in exactly `cells`; where both do not fit, the left one is cut. */
export function apart(left: Line, right: Line, cells: number): Line {
  const most = Math.max(0, cells - lineWidth(right) - (right.length > 0 ? 1 : 0));
  const start = clip(left, most);
  return fill([...start, space(cells - lineWidth(start) - lineWidth(right)), ...right], cells);
}

/** The line as the terminal gets it, without blanks at its end. */
export function paint(line: Line, theme: Theme): string {
  const end = line.findLastIndex((piece) => piece.text.trimEnd() !== '');
  return line
    .slice(0, end + 1)
    .map((piece, at) => (at === end ? withText(piece, piece.text.trimEnd()) : piece))
    .map((piece) => (piece.text.trim() === '' ? piece.text : theme(piece.text, piece.ink, piece.bold)))
    .join('');
}

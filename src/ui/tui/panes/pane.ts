/** One of the six: a title, a word at its right end, and lines for the room it gets. */
import type { TopState } from '../state.ts';
import { type Line, span } from '../line.ts';

/** Room inside a pane, without its title. */
export interface Room {
  readonly cells: number;
  readonly lines: number;
}

export interface PaneContent {
  /** Right end of the title line: a total, or the heads of the columns below. */
  readonly note: string;
  /** All there is, not only what fits: the frame shows a window of it. */
  readonly lines: readonly Line[];
  /** The line that a key would act on; it stays in sight. */
  readonly selected?: number;
}

export interface Pane {
  readonly title: string;
  content(state: TopState, room: Room): PaneContent;
}

/** Why a pane is empty. */
export const because = (why: string): Line => [span(why, 'faint')];

/** Three widths of columns. */
export type Width = 'narrow' | 'usual' | 'wide';
export const widthClass = (cells: number): Width => (cells < 36 ? 'narrow' : cells < 50 ? 'usual' : 'wide');

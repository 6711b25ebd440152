import { clock, clockMinute, thousands } from '#ui/model';
import { unreachable } from '#lib/unreachable';
import { type AuthLine, authLines } from '../auth-line.ts';
import { cell, fill, type Line, space } from '../line.ts';
import { levelMark } from '../marks.ts';
import { type TopState, valueOf } from '../state.ts';
import { because, type Pane, type Room, widthClass } from './pane.ts';

export const auth: Pane = {
  title: 'Auth events',
  content(state, room) {
    if ('missing' in state.authEvents) return { note: '', lines: [because(state.authEvents.missing)] };
    const lines = authLines(state.authEvents.value, valueOf(state.alerts) ?? []);
    const shown = lines.map((line) => authLine(line, room.cells, state.zone));
    return {
      note: noteOf(state, room),
      lines: shown.length === 0 ? [because('Nobody logged in or tried to.')] : shown,
    };
  },
};

/** How many of the last authentication lines tell of a failure. */
function noteOf(state: TopState, { cells }: Room): string {
  const summary = valueOf(state.snapshot)?.auth;
  if (summary === undefined) return '';
  const failed = `${thousands(summary.failed)} failed`;
  return widthClass(cells) === 'wide' ? `${failed} in ${thousands(summary.lines)} lines` : failed;
}

function authLine({ at, program, sentence, level }: AuthLine, cells: number, zone: string | undefined): Line {
  const faint = { ink: 'faint' } as const;
  const mark = (size: 'shape' | 'short', width: number): Line =>
    level === undefined ? [] : fill(levelMark(level, size), width);
  const width = widthClass(cells);
  switch (width) {
    case 'narrow':
      return [...cell(clockMinute(at, zone), 6, faint), ...cell(sentence, cells - 8), space(1), ...mark('shape', 1)];
    case 'usual':
      return [
        ...cell(clockMinute(at, zone), 6, faint),
        ...(level === undefined ? [space(6)] : mark('short', 6)),
        space(1),
        ...cell(sentence, cells - 13),
      ];
    case 'wide':
      return [
        ...cell(clock(at, zone), 10, faint),
        ...cell(program, 6, faint),
        ...cell(sentence, level === undefined ? cells - 16 : cells - 23),
        ...(level === undefined ? [] : [space(1), ...mark('short', 6)]),
      ];
    default:
      return unreachable(width);
  }
}

import type { Level, SourceStatus } from '#contract';
import {
  housePhrase,
  levelOrder,
  type Login,
  loginEnd,
  loginsFromEvents,
  moment,
  reasonOf,
  sourceName,
  sourceState,
  standing,
} from '#ui/model';
import { unreachable } from '#lib/unreachable';
import { cell, EMPTY, type Line, space, span } from '../line.ts';
import { levelMark } from '../marks.ts';
import { type TopState, valueOf } from '../state.ts';
import { because, type Pane, type Room, widthClass } from './pane.ts';

/** With so many lines the pane is looked at by itself and may be scrolled. */
const WHOLE = 12;

export const logins: Pane = {
  title: 'Recent logins',
  content(state, room) {
    const below = sourceLines(state);
    const { lines, note } = loginLines(state, room);
    // The house's own state keeps the last places; logins get the rest.
    const places = Math.max(1, room.lines - below.length);
    const shown = room.lines >= WHOLE ? lines : lines.slice(0, places);
    const parted = below.length > 0 && shown.length < places ? [EMPTY] : [];
    return { note, lines: [...shown, ...parted, ...below] };
  },
};

function loginLines(state: TopState, { cells }: Room): { readonly lines: readonly Line[]; readonly note: string } {
  const scored = valueOf(state.snapshot);
  const recorded = scored?.snapshot.logins ?? [];
  // Some systems keep no record of logins; the log has them all the same.
  const found: readonly Login[] = recorded.length > 0 ? recorded : loginsFromEvents(valueOf(state.authEvents) ?? []);
  if (found.length === 0) {
    const why = 'missing' in state.snapshot ? state.snapshot.missing : 'Nobody logged in as far as is known.';
    return { lines: [because(why)], note: '' };
  }
  const note = recorded.length === 0 && widthClass(cells) !== 'narrow' ? 'from the log' : '';
  return { lines: found.map((login) => loginLine(login, state, cells)), note };
}

function loginLine(login: Login, state: TopState, cells: number): Line {
  const faint = { ink: 'faint' } as const;
  const from = login.from === '' ? 'console' : login.from;
  const time = moment(login.at, state.now, state.zone);
  const level = suspect(login, state);
  const marked = (size: 'shape' | 'short', width: number): Line =>
    level === undefined ? [space(width)] : [...levelMark(level, size), space(width - (size === 'shape' ? 1 : 6))];
  const width = widthClass(cells);
  switch (width) {
    case 'narrow':
      return [
        ...cell(login.user, 9),
        space(1),
        ...cell(from, cells - 18, { ink: 'soft' }),
        ...marked('shape', 2),
        ...cell(shortTime(time), 6, { ...faint, align: 'right' }),
      ];
    case 'usual':
      return [
        ...cell(login.user, 7),
        space(1),
        ...cell(from, cells - 23, { ink: 'soft' }),
        space(1),
        ...marked('short', 7),
        ...cell(shortTime(time), 7, { ...faint, align: 'right' }),
      ];
    case 'wide':
      return [
        ...cell(login.user, 10),
        space(1),
        ...cell(from, cells - 37, { ink: 'soft' }),
        space(1),
        ...cell(shortTime(time), 7, { ...faint, align: 'right' }),
        space(2),
        ...cell(stay(login), 9, faint),
        ...marked('short', 7),
      ];
    default:
      return unreachable(width);
  }
}

/** `20:37`, or the day alone where there is no room for both. */
const shortTime = (time: string): string => time.replace(/ \d\d:\d\d$/, '');

const stay = ({ at, until }: Login): string => (until === undefined ? '' : loginEnd({ at, until }));

/** An open alert is about where this login came from. */
function suspect(login: Login, state: TopState): Level | undefined {
  const about = (valueOf(state.alerts) ?? []).filter((alert) => login.from !== '' && alert.entity === login.from);
  return about.map((alert) => alert.level).toSorted((a, b) => levelOrder(a) - levelOrder(b))[0];
}

/** How the sources stand: one line when all is well, and one for each that wants a hand. */
function sourceLines(state: TopState): readonly Line[] {
  if ('missing' in state.sources || state.sources.value.length === 0) return [];
  const list = state.sources.value;
  const broken = list.filter((source) => standing(source) === 'mend');
  if (broken.length === 0) return [[...cell('sources', 11, { ink: 'faint' }), span(housePhrase(list), 'soft')]];
  return broken.slice(0, 2).map((source) => brokenLine(source, state));
}

function brokenLine(source: SourceStatus, state: TopState): Line {
  const why = reasonOf(source).text || sourceState(source, state.now, state.zone);
  return [...levelMark('medium', 'shape'), span(` ${sourceName(source)}: ${why}`)];
}

/** A key and the state → the new view, and what is to be done besides. Pure. */
import type { Key } from './keys.ts';
import { selectedAlert, selectedAt, visibleAlerts } from './selection.ts';
import { type PaneName, PANES, type TopState, type TopView } from './state.ts';
import { unreachable } from '#lib/unreachable';

export type Act =
  | { readonly kind: 'quit' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'acknowledge'; readonly id: string }
  /** Fetch all of an alert; its page is already open with what the list knew. */
  | { readonly kind: 'open'; readonly id: string };

export interface Pressed {
  readonly view: Partial<TopView>;
  readonly act?: Act;
}

/** A page's worth of lines. */
const PAGE = 10;
const LONGEST_FILTER = 80;

export function press(key: Key, state: TopState): Pressed {
  const { view, act } = state.filter.typing ? typed(key, state) : pressed(key, state);
  // What was answered to the last key goes with the next.
  return { view: { notice: '', ...view }, ...(act === undefined ? {} : { act }) };
}

function typed(key: Key, { filter }: TopState): Pressed {
  const { text } = filter;
  const now = (next: string, typing: boolean): Pressed => ({
    view: { filter: { text: next, typing }, selected: undefined },
  });
  switch (key.kind) {
    case 'char':
      return text.length >= LONGEST_FILTER ? { view: {} } : now(text + key.char, true);
    case 'backspace':
      return now(Array.from(text).slice(0, -1).join(''), true);
    case 'enter':
      return now(text, false);
    case 'escape':
      return now('', false);
    case 'interrupt':
      return { view: {}, act: { kind: 'quit' } };
    default:
      return { view: {} };
  }
}

function pressed(key: Key, state: TopState): Pressed {
  switch (key.kind) {
    case 'char':
      return character(key.char, state);
    case 'interrupt':
      return { view: {}, act: { kind: 'quit' } };
    case 'redraw':
      return { view: {}, act: { kind: 'redraw' } };
    case 'enter':
      return enter(state);
    case 'escape':
      return escape(state);
    case 'tab':
      return focusOn(neighbour(state.focus, 1));
    case 'back-tab':
      return focusOn(neighbour(state.focus, -1));
    case 'down':
      return move(state, 1);
    case 'up':
      return move(state, -1);
    case 'page-down':
      return move(state, PAGE);
    case 'page-up':
      return move(state, -PAGE);
    case 'home':
      return move(state, -Infinity);
    case 'end':
      return move(state, Infinity);
    case 'backspace':
      return { view: {} };
    default:
      return unreachable(key);
  }
}

function character(char: string, state: TopState): Pressed {
  const pane = PANES[Number(char) - 1];
  if (pane !== undefined) return focusOn(pane);
  switch (char) {
    case 'q':
      return { view: {}, act: { kind: 'quit' } };
    case 'p':
      return { view: { paused: state.paused === undefined ? { since: state.now, waiting: 0 } : undefined } };
    case '?':
      return { view: { page: { kind: state.page.kind === 'help' ? 'panes' : 'help' }, scroll: 0 } };
    case 'j':
      return move(state, 1);
    case 'k':
      return move(state, -1);
    case 'g':
      return move(state, -Infinity);
    case 'G':
      return move(state, Infinity);
    case 'a':
      return acknowledge(state);
    case '/':
      return {
        view: { focus: 'alerts', page: { kind: 'panes' }, scroll: 0, filter: { ...state.filter, typing: true } },
      };
    default:
      return { view: {} };
  }
}

const focusOn = (focus: PaneName): Pressed => ({ view: { focus, page: { kind: 'panes' }, scroll: 0 } });

const neighbour = (focus: PaneName, step: number): PaneName =>
  PANES[(PANES.indexOf(focus) + step + PANES.length) % PANES.length] ?? 'alerts';

/** In the list of alerts the bar moves, elsewhere the lines do. How far lines can go depends on the screen: `scrollLimit`. */
function move(state: TopState, by: number): Pressed {
  const listed = state.focus === 'alerts' && (state.page.kind === 'panes' || state.page.kind === 'pane');
  if (!listed) return { view: { scroll: Math.max(0, state.scroll + by) } };
  const list = visibleAlerts(state);
  const at = Math.max(0, Math.min(list.length - 1, selectedAt(state) + by));
  const alert = list[at];
  return { view: { selected: alert === undefined ? undefined : { id: alert.id, at } } };
}

function enter(state: TopState): Pressed {
  if (state.page.kind === 'alert' || state.page.kind === 'help') return escape(state);
  if (state.focus !== 'alerts')
    return { view: { page: { kind: state.page.kind === 'pane' ? 'panes' : 'pane' }, scroll: 0 } };
  const alert = selectedAlert(state);
  if (alert === undefined) return { view: {} };
  const selected = { id: alert.id, at: selectedAt(state) };
  return { view: { page: { kind: 'alert', alert }, selected, scroll: 0 }, act: { kind: 'open', id: alert.id } };
}

function escape(state: TopState): Pressed {
  if (state.page.kind !== 'panes') return { view: { page: { kind: 'panes' }, scroll: 0 } };
  return { view: { filter: { text: '', typing: false } } };
}

/** Only what is under the reader's eyes: the open page's alert, or the one under the bar of the focused list. */
function acknowledge(state: TopState): Pressed {
  const alert =
    state.page.kind === 'alert' ? state.page.alert : state.focus === 'alerts' ? selectedAlert(state) : undefined;
  if (alert === undefined) return { view: { notice: 'Choose an alert first: 6, then j and k.' } };
  return { view: { selected: { id: alert.id, at: selectedAt(state) } }, act: { kind: 'acknowledge', id: alert.id } };
}

import type { WireAlert } from '#contract';
import { moment, thousands } from '#ui/model';
import { selectedAt, visibleAlerts } from '../selection.ts';
import { apart, type Line, space, span } from '../line.ts';
import { levelMark } from '../marks.ts';
import { type TopState, valueOf } from '../state.ts';
import { because, type Pane, widthClass } from './pane.ts';

export const alerts: Pane = {
  title: 'Alerts',
  content(state, { cells }) {
    if ('missing' in state.alerts) return { note: '', lines: [because(state.alerts.missing)] };
    const list = visibleAlerts(state);
    const lines = list.map((alert) => alertLine(alert, state, cells));
    const none =
      state.filter.text === '' ? 'All quiet. Nothing is open.' : `Nothing open matches '${state.filter.text}'.`;
    const note = noteOf(state, list.length);
    if (lines.length === 0) return { note, lines: [because(none)] };
    return { note, lines, ...(state.focus === 'alerts' ? { selected: selectedAt(state) } : {}) };
  },
};

function noteOf(state: TopState, shown: number): string {
  if (state.filter.text !== '') return `${thousands(shown)} with '${state.filter.text}'`;
  const levels = valueOf(state.levels);
  const open = levels === undefined ? shown : Object.values(levels).reduce((sum, count) => sum + count, 0);
  return `${thousands(Math.max(open, shown))} open`;
}

function alertLine(alert: WireAlert, state: TopState, cells: number): Line {
  const width = widthClass(cells);
  const time = moment(alert.last_seen, state.now, state.zone);
  const critical = alert.level === 'critical';
  const mark = levelMark(alert.level, width === 'wide' ? 'long' : width === 'usual' ? 'short' : 'shape');
  const start = [...mark, space(1)];
  const stamp = width === 'wide' ? time : time.replace(/ \d\d:\d\d$/, '');
  const right = [space(width === 'wide' ? 1 : 0), span(stamp, 'faint')];
  return apart([...start, span(alert.sentence, critical ? 'text' : 'soft', critical)], right, cells);
}

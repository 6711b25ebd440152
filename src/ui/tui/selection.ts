/** Which alerts are listed, and which of them is under the bar. */
import type { WireAlert } from '#contract';
import { belongs } from '#ui/model';
import { type TopData, type TopView, valueOf } from './state.ts';

type Listed = Pick<TopData, 'alerts'> & Pick<TopView, 'filter' | 'selected'>;

export const visibleAlerts = ({ alerts, filter }: Listed): readonly WireAlert[] =>
  (valueOf(alerts) ?? []).filter((alert) => belongs(alert, { q: filter.text }));

/** Place of the selected alert; where it is gone, the one that took its place. 0 in an empty list. */
export function selectedAt(state: Listed): number {
  const list = visibleAlerts(state);
  if (state.selected === undefined) return 0;
  const { id, at } = state.selected;
  const found = list.findIndex((alert) => alert.id === id);
  return found >= 0 ? found : Math.max(0, Math.min(at, list.length - 1));
}

export const selectedAlert = (state: Listed): WireAlert | undefined => visibleAlerts(state)[selectedAt(state)];

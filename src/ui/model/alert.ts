/** Lists of alerts: which alert belongs, in what order, and what live changes do to them. */
import type { AlertStatus, Level, WireAlert } from '#contract';
import { LEVEL_GROUPS, levelOrder } from './level.ts';
import { capital, numberWord, thousands } from './text.ts';

export interface AlertFilter {
  readonly status?: AlertStatus | undefined;
  /** This level or higher. */
  readonly level?: Level | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly q?: string | undefined;
}

/** The same rule as the server's list, so that a live change lands where a reload would put it. */
export function belongs(alert: WireAlert, filter: AlertFilter): boolean {
  if (filter.status !== undefined && alert.status !== filter.status) return false;
  if (filter.level !== undefined && levelOrder(alert.level) > levelOrder(filter.level)) return false;
  if (filter.kinds !== undefined && !filter.kinds.includes(alert.kind)) return false;
  const text = [alert.title, alert.sentence, alert.entity, alert.host].join('\n').toLowerCase();
  const words = (filter.q ?? '').toLowerCase().split(/\s+/);
  return words.every((word) => text.includes(word));
}

/** ISO stamps of one length sort as text. */
const newestFirst = (a: WireAlert, b: WireAlert): number =>
  a.last_seen === b.last_seen ? Number(b.id) - Number(a.id) : a.last_seen < b.last_seen ? 1 : -1;

/**
 * `alerts` after `changed` came in: each alert once, with its newest state, newest first, at most `bound`.
 * A list that is cut keeps the newest.
 */
export function applyAlerts(
  alerts: readonly WireAlert[],
  changed: readonly WireAlert[],
  filter: AlertFilter,
  bound: number,
): readonly WireAlert[] {
  if (changed.length === 0) return alerts;
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  for (const alert of changed) {
    if (belongs(alert, filter)) byId.set(alert.id, alert);
    else byId.delete(alert.id);
  }
  return [...byId.values()].toSorted(newestFirst).slice(0, bound);
}

export interface AlertGroup {
  readonly title: string;
  readonly alerts: readonly WireAlert[];
}

/** In groups that say what to do with them, the worst first and then the newest; empty groups are left out. */
export function groupAlerts(alerts: readonly WireAlert[]): readonly AlertGroup[] {
  const sorted = alerts.toSorted((a, b) => levelOrder(a.level) - levelOrder(b.level) || newestFirst(a, b));
  return LEVEL_GROUPS.map(({ title, levels }) => ({
    title,
    alerts: sorted.filter((alert) => levels.includes(alert.level)),
  })).filter((group) => group.alerts.length > 0);
}

/** 'Three alerts need you', or that none does. `levels` counts open alerts. */
export function needsSentence(levels: Readonly<Record<Level, number>>): string {
  const urgent = levels.critical + levels.high;
  if (urgent === 0) return 'Nothing needs you';
  return `${capital(numberWord(urgent))} ${urgent === 1 ? 'alert needs' : 'alerts need'} you`;
}

/** What the page says after its headline about the alerts that are not in it. */
export function restSentence(levels: Readonly<Record<Level, number>>, shown: 'worst' | 'urgent' | 'none'): string {
  const urgent = levels.critical + levels.high - (shown === 'worst' ? 1 : 0);
  const later = levels.medium + levels.low;
  const sentences: string[] = [];
  if (shown !== 'urgent' && urgent > 0)
    sentences.push(`${capital(numberWord(urgent))} other ${urgent === 1 ? 'alert needs' : 'alerts need'} you.`);
  if (later > 0)
    sentences.push(`${capital(numberWord(later))}${shown === 'none' ? ' can' : ' more can'} wait until you have time.`);
  if (sentences.length === 0 && shown === 'worst') sentences.push('The rest is quiet.');
  return sentences.join(' ');
}

/** 'Open', 'Acknowledged', 'Closed' and, before that, how bad it is. */
export const statusWord = (status: AlertStatus): string => capital(status);

export const timesWord = (count: number): string => `${thousands(count)}×`;

/** The monitor's three levels, and what is left of a picture that starts at one of them. */
import { type Level, LEVELS, MONITOR_LEVELS, type MonitorLevel } from '#contract';
import { type LevelCounts, type Part, type TopData, valueOf } from './state.ts';

export function monitorLevel(level: Level): MonitorLevel {
  if (level === 'critical' || level === 'high') return 'alert';
  return level === 'informational' ? 'info' : 'warning';
}

const rank = (level: MonitorLevel): number => MONITOR_LEVELS.indexOf(level);

/** Without the alerts and entries below `least`: they are neither shown nor counted. */
export function fromLevel(data: TopData, least: MonitorLevel): TopData {
  if (least === 'info') return data;
  const keeps = (level: Level): boolean => rank(monitorLevel(level)) >= rank(least);
  return {
    ...data,
    alerts: map(data.alerts, (alerts) => alerts.filter((alert) => keeps(alert.level))),
    levels: map(data.levels, (counts): LevelCounts =>
      Object.fromEntries(LEVELS.filter(keeps).flatMap((level) => (level in counts ? [[level, counts[level]]] : []))),
    ),
    snapshot: map(data.snapshot, (scored) => ({
      ...scored,
      score: { ...scored.score, entries: scored.score.entries.filter((entry) => rank(entry.level) >= rank(least)) },
    })),
  };
}

const map = <T>(part: Part<T>, change: (value: T) => T): Part<T> =>
  'value' in part ? { value: change(part.value) } : part;

/** The worst of the measured entries and the open alerts; undefined where the machine's health is not known. */
export function worstLevel(data: TopData): MonitorLevel | undefined {
  const scored = valueOf(data.snapshot);
  if (scored === undefined) return undefined;
  const alerts = (valueOf(data.alerts) ?? []).map((alert) => monitorLevel(alert.level));
  const entries = scored.score.entries.map((entry) => entry.level);
  return MONITOR_LEVELS.findLast((level) => alerts.includes(level) || entries.includes(level)) ?? 'info';
}

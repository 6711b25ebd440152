/**
 * A machine's health as a number: 100, less what each metric and each open alert costs.
 *
 *     points
 *     weight ┤              ┌──────────      Nothing below the threshold, at least one point from there on, all of the weight
 *            │         ╱                     from the alert limit on. The more of something, never the fewer points.
 *          1 ┤    ┌
 *          0 ┼────┴────────┴──────────
 *               threshold   alert limit
 *
 * Every lost point is in the ledger, so 100 less its sum is the score, which only never falls below 0.
 */
import type {
  AuthSummary,
  HostSnapshot,
  LedgerRow,
  Level,
  MonitorEntry,
  MonitorLevel,
  Score,
  ScoreBand,
  ScoreSettings,
} from '#contract';
import { type Measure, measures } from './measures.ts';

export interface OpenAlert {
  readonly id: string;
  readonly level: Level;
  readonly sentence: string;
}

/** Alerts that get a row of their own; the rest share one, so that a flood of them does not make a ledger of megabytes. */
const ALERT_ROWS = 20;

/** `alerts`: those that are open; only critical and high ones count. Settings are taken as checked by `monitorSchema`. */
export function score(
  snapshot: HostSnapshot,
  auth: AuthSummary,
  alerts: readonly OpenAlert[],
  settings: ScoreSettings,
): Score {
  const measured = measures(snapshot, auth, settings);
  const ledger = [...measured.flatMap((measure) => lost(measure, settings)), ...lostToAlerts(alerts, settings)];
  const sum = ledger.reduce((total, { points }) => total + points, 0);
  const left = Math.max(0, 100 - sum);
  return {
    score: left,
    band: bandOf(left),
    ledger: ledger.toSorted((a, b) => b.points - a.points),
    entries: measured.map((measure) => entryOf(measure, settings)),
  };
}

export function bandOf(value: number): ScoreBand {
  if (value >= 90) return 'normal';
  if (value >= 70) return 'minor';
  return value >= 50 ? 'look' : 'serious';
}

function lost(measure: Measure, { thresholds, weights, limits }: ScoreSettings): LedgerRow[] {
  const { metric, value, scale, reason, culprit } = measure;
  const threshold = thresholds[metric] * scale;
  const points = pointsFor(value, threshold, limits[metric].alert * scale, weights[metric]);
  return points === 0 ? [] : [{ points, metric, value, threshold: hundredths(threshold), reason, culprit }];
}

function pointsFor(value: number, threshold: number, full: number, weight: number): number {
  if (value <= 0 || value < threshold || weight === 0) return 0;
  if (value >= full) return weight;
  return Math.max(1, Math.round((weight * (value - threshold)) / (full - threshold)));
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

function lostToAlerts(alerts: readonly OpenAlert[], { weights }: ScoreSettings): LedgerRow[] {
  const rows = alerts
    .filter(({ level }) => level === 'critical' || level === 'high')
    .map(({ id, level, sentence }): LedgerRow => {
      const points = level === 'critical' ? weights.critical_alert : weights.high_alert;
      return { points, metric: 'alert', value: 1, threshold: 1, reason: sentence, culprit: id };
    })
    .toSorted((a, b) => b.points - a.points);
  if (rows.length <= ALERT_ROWS) return rows;
  const rest = rows.slice(ALERT_ROWS - 1);
  const points = rest.reduce((sum, row) => sum + row.points, 0);
  const reason = `${rest.length} more open alerts`;
  return [
    ...rows.slice(0, ALERT_ROWS - 1),
    { points, metric: 'alert', value: rest.length, threshold: 1, reason, culprit: '' },
  ];
}

function entryOf({ metric, value, scale, message }: Measure, { limits }: ScoreSettings): MonitorEntry {
  const { warning, alert } = limits[metric];
  const level: MonitorLevel = value >= alert * scale ? 'alert' : value >= warning * scale ? 'warning' : 'info';
  return { level, metric, value, message };
}

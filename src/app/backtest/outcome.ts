/** What a backtest found, as the command line and the API tell it in JSON. */
import { isoTime, toWire } from '#contract';
import type { BacktestResult } from './backtest.ts';

/** `most`: of the alerts, and of the messages, that are told whole. */
export const outcomeOf = (
  { samples, opened, alerts, pushed, pushes }: BacktestResult,
  most: number = Number.POSITIVE_INFINITY,
) => ({
  samples: samples.map(({ id, event }) => toWire(event, id)),
  alert_count: opened,
  alerts: alerts.slice(0, most).map(({ title, level, entity, count, first_seen, last_seen, sentence }) => ({
    title,
    level,
    entity,
    count,
    first_seen: isoTime(first_seen),
    last_seen: isoTime(last_seen),
    sentence,
  })),
  push_count: pushed,
  pushes: pushes.slice(0, most).map(({ title, level, text }) => ({ title, level, text })),
});

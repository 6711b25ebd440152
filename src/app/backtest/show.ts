/** What a backtest found, for people and as JSON. */
import { isoTime, type Level } from '#contract';
import { printable } from '#lib/printable';
import { eventLine } from '../commands/event-line.ts';
import { counted } from '../hunt/summary.ts';
import type { BacktestResult } from './backtest.ts';
import { outcomeOf } from './outcome.ts';

export interface Shown {
  readonly rules: readonly {
    readonly id: string;
    readonly title: string;
    readonly level: Level;
    readonly remark: string;
  }[];
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly notifyLevel: Level;
  /** Somebody stopped it. */
  readonly partial: boolean;
  readonly result: BacktestResult;
}

const BAR = 40;
/** Alerts and messages that are listed; of the others only the number is told. */
const LISTED = 10;

export function asLines({ rules, from, to, notifyLevel, partial, result }: Shown, columns: number): readonly string[] {
  const { events, hits, days, samples, alerts, opened, pushed } = result;
  return [
    ...rules.map(({ title, level, remark }) => printable(`${title} (${level})${remark === '' ? '' : `; ${remark}`}`)),
    `${isoTime(from).slice(0, 10)} to ${isoTime(to).slice(0, 10)}: ${counted(events, 'event')} looked at`,
    ...(partial ? ['Stopped: this is what was found so far.'] : []),
    '',
    hits === 0 ? 'It would not have matched.' : `${counted(hits, 'hit')} on ${counted(days.size, 'day')}`,
    ...bars(days),
    ...(samples.length === 0 ? [] : ['', samples.length < hits ? `The newest ${samples.length}:` : 'The events:']),
    ...samples.map(({ event }) => `  ${isoTime(event['@timestamp']).slice(0, 10)} ${eventLine(event, columns - 13)}`),
    '',
    `It would have opened ${counted(opened, 'alert')} and sent ${counted(pushed, 'message')} to each channel (${notifyLevel} and higher are pushed).`,
    ...alerts
      .slice(0, LISTED)
      .map(({ first_seen, count, sentence }) =>
        printable(`  ${isoTime(first_seen).slice(0, 16).replace('T', ' ')}  ×${count}  ${sentence}`),
      ),
    ...(opened > LISTED ? [`  and ${opened - LISTED} more`] : []),
  ];
}

function bars(days: ReadonlyMap<string, number>): readonly string[] {
  const most = Math.max(...days.values());
  const width = most.toLocaleString('en-US').length;
  return [...days].map(([day, count]) => {
    const bar = '█'.repeat(Math.max(1, Math.round((BAR * count) / most)));
    return `  ${day}  ${count.toLocaleString('en-US').padStart(width)}  ${bar}`;
  });
}

export function asJson({ rules, from, to, partial, result }: Shown): object {
  const { events, hits, days } = result;
  return {
    rules: rules.map(({ id, title, level }) => ({ id, title, level })),
    from: isoTime(from),
    to: isoTime(to),
    partial,
    events,
    hits,
    days: [...days].map(([day, count]) => ({ day, hits: count })),
    ...outcomeOf(result),
  };
}

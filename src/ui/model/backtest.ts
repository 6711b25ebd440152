/** What a rule would have said of the events that are kept, in words. */
import type { BacktestBegun, BacktestDone, BacktestFound, WireEvent } from '#contract';
import { levelWord } from './level.ts';
import { plural, thousands } from './text.ts';
import { eventTime } from './event.ts';

/** How far back a rule is tried. */
export const TRIAL_SPANS = [
  { from: '-24h', label: 'last 24 hours' },
  { from: '-7d', label: 'last 7 days' },
  { from: '-30d', label: 'last 30 days' },
  { from: '-90d', label: 'last 90 days' },
] as const;
export type TrialSpan = (typeof TRIAL_SPANS)[number]['from'];

/** What the button says together with its menu: 'Try it on the last 30 days'. */
export const trialName = (span: TrialSpan): string =>
  `Try it on the ${TRIAL_SPANS.find(({ from }) => from === span)?.label ?? span}`;

/** 0 … 1. Events come in while it runs, and what is damaged is passed over: it ends when it ends. */
export const trialPart = ({ total }: Pick<BacktestBegun, 'total'>, events: number): number =>
  Math.min(1, events / Math.max(1, total));

/** `42 %, 120,000 of 286,410 events` */
export const trialProgress = (begun: Pick<BacktestBegun, 'total'>, events: number): string =>
  `${Math.floor(100 * trialPart(begun, events))} %, ${thousands(events)} of ${plural(begun.total, 'event')}`;

interface Found extends Pick<BacktestFound, 'events' | 'hits'> {
  readonly days: readonly { readonly hits: number }[];
}

/** `1,204 hits on 3 of 31 days` */
export function trialSentence({ events, hits, days }: Found): string {
  if (events === 0) return 'Nothing is kept of that time';
  if (hits === 0) return 'It would not have matched';
  const hit = days.filter((each) => each.hits > 0).length;
  return `${plural(hits, 'hit')} on ${thousands(hit)} of ${plural(days.length, 'day')}`;
}

/** `200,034 events looked at, at most 85 hits a day` */
export function trialScope({ events, hits, days }: Found): string {
  const most = Math.max(0, ...days.map((each) => each.hits));
  return `${plural(events, 'event')} looked at${hits === 0 ? '' : `, at most ${plural(most, 'hit')} a day`}`;
}

/** What somebody would have heard of it. */
export function trialTold(
  { alert_count: alerts, push_count: pushes }: Pick<BacktestDone, 'alert_count' | 'push_count'>,
  { notify_level: level }: Pick<BacktestBegun, 'notify_level'>,
): string {
  const pushed = `alerts of ${levelWord(level).toLowerCase()} and higher are pushed`;
  if (alerts === 0) return 'No alert would have come of it.';
  const sent = pushes === 0 ? 'sent nothing' : `sent ${plural(pushes, 'message')} to each channel`;
  return `It would have opened ${plural(alerts, 'alert')} and ${sent}: ${pushed}.`;
}

/** Half a minute around an event, on its machine: what happened there. */
export function aroundEvent(event: WireEvent): string {
  const time = Date.parse(eventTime(event));
  const host = event['host.name'];
  const params = new URLSearchParams({
    q: typeof host === 'string' && host !== '' ? `host.name:"${host.replace(/["\\]/g, '\\$&')}"` : '',
    from: new Date(time - 30_000).toISOString(),
    to: new Date(time + 30_001).toISOString(),
  });
  return `/events?${params.toString()}`;
}

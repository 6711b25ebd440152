/** Who logged in, for machines that keep no record of logins of their own: the log has them all the same. */
import type { WireEvent } from '#contract';
import { eventTime } from './event.ts';
import { withTerm } from './query.ts';
import { valueText } from './text.ts';

export interface Login {
  readonly user: string;
  /** Address or host; '' for a console. */
  readonly from: string;
  /** ms since the epoch. */
  readonly at: number;
  /** ms; null: still in; undefined: not known. */
  readonly until: number | null | undefined;
}

export function categoryHas(event: WireEvent, wanted: string): boolean {
  const category = event['event.category'];
  return Array.isArray(category) ? category.includes(wanted) : category === wanted;
}

/** The events that `loginsFromEvents` reads, of one machine. */
export const loginQuery = (host: string): string =>
  withTerm('labels.category:authentication event.outcome:success', 'host.name', host, false);

/** In the order of the events. */
export function loginsFromEvents(events: readonly WireEvent[]): readonly Login[] {
  return events
    .filter(
      (event) =>
        event['event.outcome'] === 'success' &&
        categoryHas(event, 'authentication') &&
        valueText(event['user.name']) !== '',
    )
    .map((event) => ({
      user: valueText(event['user.name']),
      from: valueText(event['source.ip']),
      at: Date.parse(eventTime(event)),
      until: undefined,
    }));
}

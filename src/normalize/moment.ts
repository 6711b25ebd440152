/**
 * The event's own time, if it can be believed. A stamp more than ten years before its arrival, or more than a day after it,
 * would open or close every detector's window at once: such an event counts as happening when it arrived, and keeps what
 * it claimed in `porchlight.claimed_timestamp`.
 */
import { type Fields, isoTime } from '#contract';
import type { NormalizeContext } from './context.ts';
import { put } from './fields.ts';
import { FUTURE_SLACK } from './timestamp.ts';

const TEN_YEARS = 10 * 366 * 24 * 3_600_000;
/** The largest time a JavaScript date can hold. */
const MAX_TIME = 8.64e15;

/** The first fields of any event. */
export function setTime(event: Fields, claimed: number | undefined, received: number, context: NormalizeContext): void {
  const believed = claimed === undefined || isPlausible(claimed, received, context.historic === true);
  event['@timestamp'] = believed && claimed !== undefined ? claimed : received;
  event['event.ingested'] = received;
  if (believed) return;
  context.count('timestamp_implausible');
  put(event, 'porchlight.claimed_timestamp', Math.abs(claimed) <= MAX_TIME ? isoTime(claimed) : String(claimed));
}

const isPlausible = (claimed: number, received: number, historic: boolean): boolean =>
  claimed - received <= FUTURE_SLACK && (historic || received - claimed <= TEN_YEARS);

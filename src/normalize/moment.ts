/**
 * The event's own time, if it can be believed. A stamp more than ten years before its arrival, or more than a day after it,
 * would open or close every detector's window at once: such an event counts as happening when it arrived, and keeps what
 * it claimed in `porchlight.claimed_timestamp`.
 */
import { type Fields, isoTime } from '#contract';
import type { NormalizeContext } from './context.ts';
import { FUTURE_SLACK } from './timestamp.ts';

const TEN_YEARS = 10 * 366 * 24 * 3_600_000;
/** The largest time a JavaScript date can hold. */
const MAX_TIME = 8.64e15;

export function setTime(event: Fields, claimed: number | undefined, received: number, context: NormalizeContext): void {
  event['@timestamp'] = received;
  event['event.ingested'] = received;
  if (claimed === undefined) return;
  const old = received - claimed > TEN_YEARS && context.historic !== true;
  if (!old && claimed - received <= FUTURE_SLACK) {
    event['@timestamp'] = claimed;
    return;
  }
  context.count('timestamp_implausible');
  event['porchlight.claimed_timestamp'] = Math.abs(claimed) <= MAX_TIME ? isoTime(claimed) : String(claimed);
}

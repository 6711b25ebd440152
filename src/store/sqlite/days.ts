/**
 * Which file an event lies in: that of the UTC day it happened on, as far as its time can be believed.
 *
 * A time is somebody's word. One that lies further ahead than a day, or so far back that its file would be thrown away at once,
 * goes to the file of the day it was received on, in blocks of its own ('stray'). So a forged time neither makes files nor keeps
 * any from being thrown away, and old logs that are imported live as long as what came in with them.
 */
export const DAY = 86_400_000;
const AHEAD = DAY;
/** Where nothing is thrown away by age: as many files as ten years have. */
export const MOST_DAYS = 3660;

export interface Shelf {
  /** `2026-03-14`. */
  readonly day: string;
  readonly stray: boolean;
}

/** `keep`: days that are kept. Times in ms. */
export function shelfOf(time: number, received: number, keep: number): Shelf {
  const believed = time <= received + AHEAD && time > received - Math.min(keep, MOST_DAYS) * DAY;
  return { day: dayOf(believed ? time : received), stray: !believed };
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** First ms of the day. */
export const dayStart = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** Times as people read them: the 24-hour clock in the reader's zone. `zone` is an IANA name; the machine's own when absent. */
import { thousands } from './text.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

type Shape = 'second' | 'millis' | 'minute' | 'day';

const SHAPES: Record<Shape, Intl.DateTimeFormatOptions> = {
  second: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  millis: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'short' },
};

// Making a formatter costs about 50 µs, using one about 1 µs: a live table needs them kept.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(shape: Shape, zone: string | undefined): Intl.DateTimeFormat {
  const key = `${shape} ${zone ?? ''}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...SHAPES[shape],
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  formatters.set(key, made);
  return made;
}

const millisOf = (time: number | string): number => (typeof time === 'number' ? time : Date.parse(time));

/** A log may carry any time, even none that a calendar knows. */
function format(shape: Shape, time: number | string, zone: string | undefined): string {
  const at = millisOf(time);
  return Number.isNaN(at) || Math.abs(at) > 8.64e15 ? '?' : formatter(shape, zone).format(at);
}

/** `21:42:08` */
export const clock = (time: number | string, zone?: string): string => format('second', time, zone);
/** `21:42:08.482` */
export const clockMillis = (time: number | string, zone?: string): string => format('millis', time, zone);
/** `21:42` */
export const clockMinute = (time: number | string, zone?: string): string => format('minute', time, zone);
/** `20 Nov` */
export const day = (time: number | string, zone?: string): string => format('day', time, zone);

/** `20:37` today, `19 Nov 20:37` before: a list mixes both. */
export function moment(time: number | string, now: number, zone?: string): string {
  const minute = clockMinute(time, zone);
  return day(time, zone) === day(now, zone) && Math.abs(now - millisOf(time)) < 2 * DAY
    ? minute
    : `${day(time, zone)} ${minute}`;
}

/** `10:40 to 11:05`, `19 Nov 10:40 to 20 Nov 11:05`, or the one minute that both lie in. */
export function timespan(first: number | string, last: number | string, now: number, zone?: string): string {
  const [from, to] = [moment(first, now, zone), moment(last, now, zone)];
  if (from === to) return from;
  const end = clockMinute(last, zone);
  if (day(first, zone) === day(last, zone)) return `${from} to ${end}`;
  // Two days: both are said, today too.
  return `${day(first, zone)} ${clockMinute(first, zone)} to ${day(last, zone)} ${end}`;
}

/** `CET`, or `UTC+1` where the zone has no short name. */
export function zoneName(now: number, zone?: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZoneName: 'short',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).formatToParts(now);
  return (parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC').replace('GMT', 'UTC');
}

/** `8 min`, `18 h`, `3 days`: a stretch of time as a headline names it, in its largest unit that is not too coarse. */
export function stretch(ms: number): string {
  if (ms < 2 * MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < 2 * HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.round(ms / HOUR)} h`;
  return `${thousands(Math.round(ms / DAY))} days`;
}

/** `40 s`, `5 min`, `1 h 5 min`, `3 days`. Never negative: clocks of two machines differ. */
export function duration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < 2 * DAY) {
    const minutes = Math.floor((span % HOUR) / MINUTE);
    return `${Math.floor(span / HOUR)} h${minutes === 0 ? '' : ` ${minutes} min`}`;
  }
  return `${thousands(Math.floor(span / DAY))} days`;
}

export interface RangeChoice {
  /** In the page's address. */
  readonly key: string;
  readonly label: string;
  /** `from` of the API; undefined: everything. */
  readonly from: string | undefined;
  /** In a sentence: 'in the last day'. */
  readonly phrase: string;
}

/** The time menu, narrowest first: an empty result offers to go one further. */
export const RANGES: readonly RangeChoice[] = [
  { key: '15m', label: 'Last 15 minutes', from: '-15m', phrase: 'in the last 15 minutes' },
  { key: '1h', label: 'Last hour', from: '-1h', phrase: 'in the last hour' },
  { key: '24h', label: 'Last 24 hours', from: '-24h', phrase: 'in the last day' },
  { key: '7d', label: 'Last 7 days', from: '-7d', phrase: 'in the last 7 days' },
  { key: 'all', label: 'All time', from: undefined, phrase: 'in all' },
];

/** Four labels at most under a time axis, at round times; `at` is 0 … 1 along it. */
export function axisLabels(
  from: number,
  to: number,
  zone?: string,
): readonly { readonly at: number; readonly label: string }[] {
  const span = to - from;
  if (!(span > 0)) return [];
  const steps = [
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    4 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    30 * DAY,
    90 * DAY,
    365 * DAY,
  ];
  // Labels with seconds are half as long again.
  const fits = (step: number): boolean => span / step <= (step < MINUTE ? 4 : 5);
  const step = steps.find(fits) ?? Math.ceil(span / 4 / DAY) * DAY;
  const shift = step >= HOUR ? zoneShift(from, zone) : 0;
  const labels = [];
  for (let at = Math.ceil((from + shift) / step) * step - shift; at < to; at += step) {
    const place = (at - from) / span;
    if (place > 0.03 && place < 0.97)
      labels.push({
        at: place,
        label: step >= DAY ? day(at, zone) : step < MINUTE ? clock(at, zone) : clockMinute(at, zone),
      });
  }
  return labels;
}

/** How far the zone's clock is ahead of UTC, ms. */
function zoneShift(at: number, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return local - Math.floor(at / MINUTE) * MINUTE;
}

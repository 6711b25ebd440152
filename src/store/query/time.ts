/** Times as people write them in a query: `now-2h`, `-15m`, `2026-03-14`, `2026-03-14T08:00`, with or without a zone. */

/** Half-open, ms: a day is all of its moments. A moment that is given to the millisecond spans one. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** ms; undefined where the text is no duration such as 90s, 5m, 24h, 7d or 2w. */
export function durationOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const length = unit === undefined ? undefined : UNITS.get(unit);
  return length === undefined ? undefined : Number(count) * length;
}

/** A bound of a range as it is typed: as an end, what names a day or a minute means all of it. Undefined where it is no time. */
export function boundOf(text: string, now: number, side: 'from' | 'to'): number | undefined {
  const span = spanOf(text, now);
  if (span === undefined) return undefined;
  return side === 'to' && span.to - span.from > 1000 ? span.to : span.from;
}

const RELATIVE = /^(?:now)?(?:([-+])(\d{1,9}[smhdw]))?$/;
const STAMP =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,3})\d*)?)?)?)?)?)?(Z|[-+]\d\d:?\d\d)?$/i;

/** Undefined where the text is no time. A date without a zone is this machine's. */
export function spanOf(text: string, now: number): Span | undefined {
  const relative = text === '' ? null : RELATIVE.exec(text);
  if (relative !== null) {
    const length = durationOf(relative[2] ?? '0s') ?? 0;
    const at = relative[1] === '-' ? now - length : now + length;
    return { from: at, to: at + 1 };
  }
  const stamp = STAMP.exec(text);
  return stamp === null ? undefined : spanOfParts(stamp.slice(1, 8), stamp[8]);
}

/** `parts`: year, month, day, hour, minute, second, fraction; the span is one of the last that is given. */
function spanOfParts(parts: readonly (string | undefined)[], zone: string | undefined): Span | undefined {
  const numbers = parts.map((part, at) =>
    part === undefined ? undefined : Number(at === 6 ? part.padEnd(3, '0') : part),
  );
  const last = numbers.findLastIndex((part) => part !== undefined);
  const given = LEAST.map((least, at) => numbers[at] ?? least);
  const from = moment(given, zone);
  const next = given.map((part, at) => (at === last ? part + 1 : part));
  const to = moment(next, zone);
  if (from === undefined || to === undefined || !isCalendar(given)) return undefined;
  return { from, to };
}

const LEAST = [1970, 1, 1, 0, 0, 0, 0];
const MOST = [9999, 12, 31, 24, 59, 60, 999];

function isCalendar(parts: readonly number[]): boolean {
  const [year = 0, month = 0, day = 0] = parts;
  const inMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return parts.every((part, at) => part >= (at < 3 ? 1 : 0) && part <= (MOST[at] ?? 0)) && day <= inMonth;
}

function moment(parts: readonly number[], zone: string | undefined): number | undefined {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0] = parts;
  if (zone === undefined) return new Date(year, month - 1, day, hour, minute, second, ms).getTime();
  const [, sign, hours, minutes] = /^([-+])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000 * (sign === '-' ? -1 : 1);
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - offset;
}

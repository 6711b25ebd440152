/**
 * Days of the Gregorian calendar in UTC, by arithmetic on whole numbers: a `Date` or a call of `Date.UTC` for each line costs more than
 * reading its stamp does. Months count from 0, as `Date` has them; a year below 100 is one of the 20th century, as for `Date.UTC`.
 */
const DAY = 24 * 3_600_000;
/** The years run from March, so that a leap day is the last of its year: 400 of them have so many days. */
const DAYS_OF_400_YEARS = 146_097;
/** From 1 March of the year 0 to 1 January 1970. */
const DAYS_TO_1970 = 719_468;
const LENGTHS = Uint8Array.of(31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

const fullYear = (year: number): number => (year >= 0 && year < 100 ? 1900 + year : year);

/** ms since the epoch at the beginning of a day that exists (`isDate`), in the years 0 to 9999. */
export function dayStart(year: number, month: number, day: number): number {
  const marchYear = month > 1 ? fullYear(year) : fullYear(year) - 1;
  const era = Math.floor(marchYear / 400);
  const ofEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 1 ? month - 2 : month + 10) + 2) / 5) + day - 1;
  const days = ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + dayOfYear;
  return (era * DAYS_OF_400_YEARS + days - DAYS_TO_1970) * DAY;
}

/** False for what is no number, too. */
export function isDate(year: number, month: number, day: number): boolean {
  if (!(day >= 1 && day <= 31)) return false;
  if (day <= 28) return true;
  return day <= (month === 1 && isLeap(fullYear(year)) ? 29 : (LENGTHS[month] ?? 0));
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

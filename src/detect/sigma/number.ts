/** Numbers in rules and logs. `22` and `'22'` are equal; hexadecimal and empty texts are no numbers. */
const DECIMAL = /^[+-]?\d+(?:\.\d+)?$/;

/** NaN where the value is no number. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : Number.NaN;
}

export const ORDERS = {
  eq: (left: number, right: number) => left === right,
  lt: (left: number, right: number) => left < right,
  lte: (left: number, right: number) => left <= right,
  gt: (left: number, right: number) => left > right,
  gte: (left: number, right: number) => left >= right,
} as const;
export type Order = keyof typeof ORDERS;

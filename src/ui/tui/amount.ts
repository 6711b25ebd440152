/** Amounts of data as people read them. */
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `2.4 MB/s`, three digits at most. */
export function bytesPerSecond(bytes: number): string {
  let amount = Math.max(0, bytes);
  let unit = 0;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  const digits = unit === 0 || amount >= 99.95 ? 0 : 1;
  return `${amount.toFixed(digits)} ${UNITS[unit] ?? ''}/s`;
}

/** The names that rotation gives to a log. */

/** Compressed in a way that is read. */
export const PACKED = /\.gz$/;
/** Compressed in ways that are not. */
const CLOSED = /\.(?:bz2|xz|zst|lz4|Z)$/;
/** `.1`, `-20261120`, `.2026-11-20`, `-20261120-1763600000`: not a person's `.bak`. */
const SUFFIX = /[.-]\d[\d._-]*$/;

export const isReadable = (name: string): boolean => !CLOSED.test(name);
export const isCompressed = (name: string): boolean => CLOSED.test(name) || PACKED.test(name);

/** Whether `name` is one that rotation gives to the log `base`. */
export function isRotationOf(base: string, name: string): boolean {
  if (!name.startsWith(base)) return false;
  return SUFFIX.exec(name.slice(base.length).replace(PACKED, ''))?.index === 0;
}

/** A longer number is a date. */
const COUNT = /^[.-](\d{1,5})$/;

/** Its place in a count of the log's rotations (`.1`, `.2.gz`), 0 for the log itself; undefined for dates and other names. */
export function countOf(base: string, name: string): number | undefined {
  if (name === base) return 0;
  const count = name.startsWith(base) ? COUNT.exec(name.slice(base.length).replace(PACKED, ''))?.[1] : undefined;
  return count === undefined ? undefined : Number(count);
}

/** The name of the log that may have been rotated away under `name`; undefined for a name that no rotation gives. */
export function rotatedFrom(name: string): string | undefined {
  const plain = name.replace(PACKED, '');
  const at = plain.search(SUFFIX);
  return at <= 0 ? undefined : plain.slice(0, at);
}

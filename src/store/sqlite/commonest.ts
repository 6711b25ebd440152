interface Counted {
  readonly count: number;
}

/** How often the `most` commonest occur at least. */
export const floorOf = (counts: Float64Array, most: number): number =>
  most < counts.length ? (counts.toSorted()[counts.length - most] ?? Infinity) : -Infinity;

/** The `most` commonest in order, ties by name. Only those are sorted: a rare value's name is never looked at. */
export function commonest<T extends Counted>(all: readonly T[], most: number, nameOf: (one: T) => string): T[] {
  const floor = floorOf(
    Float64Array.from(all, ({ count }) => count),
    most,
  );
  const order = (a: T, b: T): number => b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1);
  return all
    .filter(({ count }) => count >= floor)
    .toSorted(order)
    .slice(0, most);
}

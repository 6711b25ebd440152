interface Counted {
  readonly count: number;
}

/** The `most` commonest in order, ties by name. Only those are sorted: a rare value's name is never looked at. */
export function commonest<T extends Counted>(all: readonly T[], most: number, nameOf: (one: T) => string): T[] {
  const counts = Float64Array.from(all, ({ count }) => count).toSorted();
  const floor = most < counts.length ? (counts[counts.length - most] ?? Infinity) : -Infinity;
  const order = (a: T, b: T): number => b.count - a.count || (nameOf(a) < nameOf(b) ? -1 : 1);
  return all
    .filter(({ count }) => count >= floor)
    .toSorted(order)
    .slice(0, most);
}

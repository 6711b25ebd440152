/** The ring of alert kinds: at most six slices in a fixed order, and where each lies on the circle. */

export interface KindCount {
  readonly kind: string;
  readonly count: number;
}

export interface Slice extends KindCount {
  /** 1 … 6: the colour `--kind-N`. */
  readonly place: number;
  /** What a click filters by: one kind, or all that are gathered in the last slice. */
  readonly kinds: readonly string[];
  /** Where it begins and how long it is, as parts of the circle. */
  readonly from: number;
  readonly length: number;
}

const PLACES = 6;
export const OTHER = 'Other';

/** Slices from kinds, most first. More than six: five, and the rest as one. */
export function slices(kinds: readonly KindCount[]): readonly Slice[] {
  const seen = kinds.filter((kind) => kind.count > 0);
  const own = seen.length > PLACES ? seen.slice(0, PLACES - 1) : seen;
  const rest = seen.slice(own.length);
  const parts = own.map((kind) => ({ ...kind, kinds: [kind.kind] }));
  if (rest.length > 0) parts.push({ kind: OTHER, count: sum(rest), kinds: rest.map((kind) => kind.kind) });
  const total = sum(parts);
  let from = 0;
  return parts.map((part, at) => {
    const slice = { ...part, place: at + 1, from, length: part.count / total };
    from += slice.length;
    return slice;
  });
}

export const sum = (kinds: readonly { readonly count: number }[]): number =>
  kinds.reduce((total, { count }) => total + count, 0);

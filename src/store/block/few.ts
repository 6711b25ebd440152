import type { Codes } from './numbers.ts';

/**
 * A search mostly wants a few events of a block: the first values asked for are read one by one, which needs no room. Whoever goes on asking
 * gets all of them unfolded, because one by one would then take longer.
 */
export const FEW = 16;
/** Where one by one takes no more than all of them unfolded: as many as a page shows. */
const MANY = 256;

interface Source<A> {
  /** Finding one does not depend on how many stand before it. */
  readonly direct: boolean;
  at(index: number): number;
  all(): A;
}

export interface Few<A> {
  at(index: number): number | undefined;
  /** Remembered. */
  all(): A;
}

export function fewOf<A extends Float64Array | Codes>(source: Source<A>): Few<A> {
  const most = source.direct ? MANY : FEW;
  let asked = 0;
  let made: A | undefined;
  const all = (): A => (made ??= source.all());
  return { all, at: (index) => (made === undefined && asked++ < most ? source.at(index) : all()[index]) };
}

/** Seeded chance: the same seed gives the same events. */
export interface Chance {
  /** 0 ≤ x < 1 */
  next(): number;
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
  hex(digits: number): string;
  word(): string;
}

const SYLLABLES = ['ba', 'ko', 'ri', 'ten', 'mu', 'sol', 'da', 'ver', 'lin', 'pa', 'xo', 'ge', 'nu', 'tra', 'fi', 'lo'];

/** mulberry32 */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  return {
    next,
    below,
    pick,
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(''),
    word: () => Array.from({ length: 2 + below(3) }, () => pick(SYLLABLES)).join(''),
  };
}

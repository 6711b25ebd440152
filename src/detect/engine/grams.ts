/**
 * Grams: four bytes of a text without regard to case, as one number. Finders look for one gram of each literal, so it had
 * better be a rare one. `powershell` is as long as `xcopyable`, but every gram of it stands in every other event.
 */
import { COMMON, letterShare, PLACES } from './rarity.ts';

export const GRAM = 4;
/** Bit 5 is all that tells a small letter from a large one; that other signs fall together as well does no harm. */
export const CASELESS = 0xdf_df_df_df | 0;

/** Two bytes of a gram, all bits set. */
export const PAIR = 0xff_ff;

/** The pair that a literal of two bytes or more begins with; of a single byte, that with any other. */
export function pairsOf([first = 0, second]: Uint8Array): readonly number[] {
  const pair = (next: number): number => (first | (next << 8)) & CASELESS & PAIR;
  return second === undefined
    ? Array.from(new Set(Array.from({ length: 256 }, (_, next) => pair(next))))
    : [pair(second)];
}

export const gramOf = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) &
    CASELESS) |
  0;

const BYTE_SHARES = Float64Array.from({ length: 256 }, (_, byte) => letterShare(String.fromCharCode(byte)));

/** The grams of common texts, with the share of events that have them. */
const COMMON_GRAMS = ((): ReadonlyMap<number, number> => {
  const shares = new Map<number, number>();
  for (const [share, texts] of COMMON) {
    for (const text of texts) {
      const bytes = Buffer.from(text);
      for (let at = 0; at + GRAM <= bytes.length; at++) {
        const gram = gramOf(bytes, at);
        shares.set(gram, Math.max(shares.get(gram) ?? 0, share));
      }
    }
  }
  return shares;
})();

/** How often the gram stands in a text of the usual length, estimated. */
export function gramShare(bytes: Uint8Array, at: number): number {
  let share = PLACES;
  for (let i = at; i < at + GRAM; i++) share *= BYTE_SHARES[bytes[i] ?? 0] ?? 0;
  return Math.max(share, COMMON_GRAMS.get(gramOf(bytes, at)) ?? 0);
}

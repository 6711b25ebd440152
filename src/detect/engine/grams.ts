/**
 * Grams: four or three bytes of a text without regard to case, as one number. Finders look for one gram of each literal, so it had
 * better be a rare one. `powershell` is as long as `xcopyable`, but every gram of it stands in every other event.
 */
import { COMMON, PLACES } from './rarity.ts';

export const GRAM = 4;
/** Bit 5 is all that tells a small letter from a large one; that other signs fall together as well does no harm. */
export const CASELESS = 0xdf_df_df_df | 0;

/** A gram of three bytes. */
export const SHORT_GRAM = 3;
export const maskOf = (size: number): number => (size === 0 ? 0 : CASELESS & (0xff_ff_ff_ff >>> (8 * (GRAM - size))));

/** Of two bytes, the first as it is: `|` is the caseless sister of the backslash, which stands in every path of Windows. */
export const PAIR = 0xdf_ff;
export const PAIR_SIZE = 2;
export const PAIRS = 0x1_00_00;

/** How two bytes may stand in a text; where there is but one, with any other after it. */
export function pairsOf(first: number, second: number | undefined): readonly number[] {
  const firsts = first >= 97 && first <= 122 ? [first, first - 32] : [first];
  const seconds = second === undefined ? Array.from({ length: 256 }, (_, next) => next) : [second];
  return Array.from(new Set(firsts.flatMap((one) => seconds.map((other) => (one | (other << 8)) & PAIR))));
}

export const gramOf = (bytes: Uint8Array, at: number, size: number): number =>
  (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) &
    maskOf(size)) |
  0;

/** [share of places, signs that stand in so many], of command lines and paths. */
const SIGNS: readonly (readonly [number, string])[] = [
  [0.09, 'e'],
  [0.06, 's\\'],
  [0.045, 'acinort '],
  [0.032, 'dlmp.'],
  [0.02, 'huwx/:"'],
  [0.012, 'bfgvy-0123456789'],
  [0.005, 'jkqz_='],
];
const OTHER_SIGN = 0.0005;

const signShare = (sign: string): number => SIGNS.find(([, signs]) => signs.includes(sign))?.[0] ?? OTHER_SIGN;

const BYTE_SHARES = Float64Array.from({ length: 256 }, (_, byte) => signShare(String.fromCharCode(byte)));

export const byteShare = (byte: number): number => BYTE_SHARES[byte] ?? 0;

/** The grams of common texts, with the share of events that have them. */
function commonGrams(size: number): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  for (const [share, texts] of COMMON) {
    for (const text of texts) {
      const bytes = Buffer.from(text);
      for (let at = 0; at + size <= bytes.length; at++) {
        const gram = gramOf(bytes, at, size);
        shares.set(gram, Math.max(shares.get(gram) ?? 0, share));
      }
    }
  }
  return shares;
}

const COMMON_GRAMS = new Map([PAIR_SIZE, SHORT_GRAM, GRAM].map((size) => [size, commonGrams(size)]));

/** How often so many bytes stand in a text of the usual length, estimated. */
export function gramShare(bytes: Uint8Array, at: number, size: number): number {
  let share = PLACES;
  for (let i = at; i < at + size; i++) share *= byteShare(bytes[i] ?? 0);
  return Math.max(share, COMMON_GRAMS.get(size)?.get(gramOf(bytes, at, size)) ?? 0);
}

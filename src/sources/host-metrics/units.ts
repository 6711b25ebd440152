/**
 * The kernel's units, from the auxiliary vector that it gave this process (getauxval(3)): pairs of machine words, AT_PAGESZ 6 and
 * AT_CLKTCK 17. A Raspberry Pi 5 has pages of 16 KiB, so guessing 4 KiB would be wrong by four.
 */
export interface Units {
  readonly pageBytes: number;
  readonly ticksPerSecond: number;
}

const PAGE_SIZE = 6;
const CLOCK_TICKS = 17;

/** `wordBytes`: 8 on 64-bit systems, 4 on others. */
export function readUnits(vector: Buffer | undefined, wordBytes: 4 | 8): Units {
  const units = { pageBytes: 4096, ticksPerSecond: 100 };
  for (let at = 0; vector !== undefined && at + 2 * wordBytes <= vector.length; at += 2 * wordBytes) {
    // Both figures fit into the lower 32 bits.
    const type = vector.readUInt32LE(at);
    const value = vector.readUInt32LE(at + wordBytes);
    if (type === PAGE_SIZE && value > 0) units.pageBytes = value;
    if (type === CLOCK_TICKS && value > 0) units.ticksPerSecond = value;
  }
  return units;
}

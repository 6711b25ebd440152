/**
 * CRC-32C (Castagnoli), as iSCSI uses it: RFC 3720, section 12.1. Eight bytes a step: table n holds what a byte does that lies n
 * bytes before the end of the step.
 */
const POLYNOMIAL = 0x82f63b78;
const STEP = 8;

const tables: Uint32Array = makeTables();

function makeTables(): Uint32Array {
  const made = new Uint32Array(256 * STEP);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
    made[byte] = crc;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256] as number;
    made[at] = (before >>> 8) ^ (made[before & 255] as number);
  }
  return made;
}

/** In range by construction, which the compiler cannot know. */
const at = (values: Uint8Array | Uint32Array, index: number): number => values[index] as number;

/** `crc` of what came before goes in, to go on where that ended. */
export function crc32c(bytes: Uint8Array, crc = 0): number {
  const { length } = bytes;
  let c = ~crc;
  let i = 0;
  for (const last = length - STEP; i <= last; i += STEP) {
    c ^= at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24);
    c =
      at(tables, 1792 + (c & 255)) ^
      at(tables, 1536 + ((c >>> 8) & 255)) ^
      at(tables, 1280 + ((c >>> 16) & 255)) ^
      at(tables, 1024 + (c >>> 24)) ^
      at(tables, 768 + at(bytes, i + 4)) ^
      at(tables, 512 + at(bytes, i + 5)) ^
      at(tables, 256 + at(bytes, i + 6)) ^
      at(tables, at(bytes, i + 7));
  }
  for (; i < length; i++) c = at(tables, (c ^ at(bytes, i)) & 255) ^ (c >>> 8);
  return ~c >>> 0;
}

/**
 * Bytes written one after the other, and read back with every step checked: whatever the bytes say, a reader never leaves them
 * and never makes room for more than they hold.
 */
import { DamagedBatch } from './damage.ts';

export interface Writer {
  /** A whole number from 0 to 2^53 - 1: seven bits a byte, the lowest first. */
  count(value: number): void;
  byte(value: number): void;
  bytes(value: Uint8Array): void;
  /** So many bytes to be filled in by the caller before the next call. */
  room(length: number): Uint8Array;
  /** UTF-8 behind its length. */
  text(value: string): void;
  readonly length: number;
  /** The bytes so far; valid until the next write. */
  done(): Uint8Array;
  /** From the beginning again, in the same memory. */
  reset(): void;
}

/** The same bytes as a plain array: loops that meet Buffers too take longer. */
export const asPlain = (bytes: Uint8Array): Uint8Array =>
  bytes instanceof Buffer ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;

/** Gives the memory of these bytes back at once, where it is theirs alone: the collector of garbage hardly sees it. They are empty then. */
export function release(bytes: Uint8Array): void {
  const { buffer } = bytes;
  // Small buffers share one, whose memory is not theirs.
  const isShared = buffer.byteLength === Buffer.poolSize || buffer.byteLength < Buffer.poolSize >>> 1;
  if (!isShared && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Texts up to this length, a byte each, cost less to write here than to hand over. */
const SHORT = 48;

export function writer(size = 256): Writer {
  let buffer = Buffer.allocUnsafe(size);
  let at = 0;
  const need = (length: number): void => {
    if (at + length <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(at + length, buffer.length * 2));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  };
  /** False where it is not ASCII; then nothing was written. */
  const short = (value: string): boolean => {
    const { length } = value;
    need(length + 1);
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= 0x80) return false;
      buffer[at + 1 + i] = unit;
    }
    buffer[at] = length;
    at += length + 1;
    return true;
  };
  const self: Writer = {
    count(value) {
      need(8);
      let rest = value;
      while (rest >= 0x80) {
        buffer[at++] = (rest % 0x80) | 0x80;
        rest = Math.floor(rest / 0x80);
      }
      buffer[at++] = rest;
    },
    byte(value) {
      need(1);
      buffer[at++] = value;
    },
    bytes(value) {
      need(value.length);
      buffer.set(value, at);
      at += value.length;
    },
    room(length) {
      need(length);
      at += length;
      return buffer.subarray(at - length, at);
    },
    text(value) {
      if (value.length <= SHORT && short(value)) return;
      const length = Buffer.byteLength(value);
      self.count(length);
      need(length);
      at += buffer.write(value, at);
    },
    get length() {
      return at;
    },
    done: () => buffer.subarray(0, at),
    reset: () => void (at = 0),
  };
  return self;
}

export interface Reader {
  count(): number;
  byte(): number;
  /** A view of the next bytes, not a copy. */
  bytes(length: number): Buffer;
  text(): string;
  readonly left: number;
}

export function reader(bytes: Uint8Array): Reader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const self: Reader = {
    count() {
      let value = 0;
      for (let scale = 1; scale < 2 ** 53; scale *= 0x80) {
        const byte = self.byte();
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) {
          if (value > Number.MAX_SAFE_INTEGER) break;
          return value;
        }
      }
      throw new DamagedBatch('a number has no end');
    },
    byte() {
      const byte = buffer[at++];
      if (byte === undefined) throw new DamagedBatch('a part ends too early');
      return byte;
    },
    bytes(length) {
      if (length > buffer.length - at) throw new DamagedBatch('a part ends too early');
      at += length;
      return buffer.subarray(at - length, at);
    },
    text: () => self.bytes(self.count()).toString(),
    get left() {
      return buffer.length - at;
    },
  };
  return self;
}

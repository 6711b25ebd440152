/**
 * A row of numbers as bytes. How many there are is known elsewhere.
 *
 *   0  all the same      the number, f64
 *   1  whole numbers     width u8 · least, zigzag · each minus the least, in planes
 *   2  steps             the first, zigzag · width u8 · least step, zigzag · each step minus the least, in planes
 *   3  anything          f64 each
 *
 * Planes: the lowest byte of every number, then the second of every number, and so on. Bytes of one plane resemble each other,
 * those of one number do not, and zstd squeezes what lies together.
 */
import { asPlain, type Reader, type Writer } from './bytes.ts';
import { DamagedBatch } from './damage.ts';

const SAME = 0;
const WHOLE = 1;
const STEPS = 2;
const ANY = 3;
const MOST_WIDTH = 7;

type Numbers = Float64Array | Uint32Array | Uint16Array | Uint8Array | readonly number[];

export function writeNumbers(out: Writer, numbers: Numbers): void {
  const { length } = numbers;
  if (length === 0) return;
  const first = numbers[0] ?? 0;
  const range = numbers instanceof Uint32Array ? rangeOfCodes(numbers) : rangeOf(numbers);
  if (range === undefined || range.most - range.least > Number.MAX_SAFE_INTEGER) return writeAny(out, numbers);
  const { least, most, leastStep, mostStep } = range;
  if (most === least) writeSame(out, first);
  else if (mostStep - leastStep < (most - least) / 4) {
    out.byte(STEPS);
    writeSigned(out, first);
    writePlanes(out, length - 1, leastStep, mostStep - leastStep, stepsOf(numbers));
  } else {
    out.byte(WHOLE);
    writePlanes(out, length, least, most - least, numbers);
  }
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly leastStep: number;
  readonly mostStep: number;
}

/** Undefined where one of them is no whole number. */
function rangeOf(numbers: Numbers): Range | undefined {
  const first = numbers[0] ?? 0;
  let [least, most, leastStep, mostStep, before] = [first, first, Infinity, -Infinity, first];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? 0;
    if (!Number.isSafeInteger(value) || (value === 0 && 1 / value < 0)) return undefined;
    if (value < least) least = value;
    else if (value > most) most = value;
    if (i === 0) continue;
    const step = value - before;
    if (step < leastStep) leastStep = step;
    if (step > mostStep) mostStep = step;
    before = value;
  }
  return { least, most, leastStep, mostStep };
}

/** The same, where they cannot be anything else: a loop over one kind of array takes a third of the time. */
function rangeOfCodes(codes: Uint32Array): Range {
  let before = codes[0] ?? 0;
  let [least, most, leastStep, mostStep] = [before, before, Infinity, -Infinity];
  for (let i = 1; i < codes.length; i++) {
    const value = codes[i] ?? 0;
    if (value < least) least = value;
    else if (value > most) most = value;
    const step = value - before;
    if (step < leastStep) leastStep = step;
    if (step > mostStep) mostStep = step;
    before = value;
  }
  return { least, most, leastStep, mostStep };
}

function writeSame(out: Writer, value: number): void {
  out.byte(SAME);
  ONE[0] = value;
  out.bytes(ONE_BYTES);
}

const ONE = new Float64Array(1);
const ONE_BYTES = new Uint8Array(ONE.buffer);

function writeAny(out: Writer, numbers: Numbers): void {
  const first = numbers[0] ?? 0;
  let same = true;
  for (let i = 0; i < numbers.length && same; i++) same = Object.is(numbers[i], first);
  if (same) return writeSame(out, first);
  out.byte(ANY);
  out.bytes(new Uint8Array(Float64Array.from(numbers).buffer));
}

const writeSigned = (out: Writer, value: number): void => {
  out.byte(value < 0 ? 1 : 0);
  out.count(Math.abs(value));
};

function writePlanes(out: Writer, length: number, least: number, spread: number, numbers: Numbers): void {
  const width = widthOf(spread);
  out.byte(width);
  writeSigned(out, least);
  const room = out.room(width * length);
  if (width === 1) {
    for (let i = 0; i < length; i++) room[i] = (numbers[i] ?? 0) - least;
    return;
  }
  if (width > 0 && spread <= 0x7fffffff) {
    for (let i = 0; i < length; i++) {
      let rest = (numbers[i] ?? 0) - least;
      for (let plane = i; plane < room.length; plane += length) {
        room[plane] = rest;
        rest >>>= 8;
      }
    }
    return;
  }
  for (let i = 0; i < length; i++) {
    let rest = (numbers[i] ?? 0) - least;
    for (let plane = i; plane < room.length; plane += length) {
      room[plane] = rest % 0x100;
      rest = Math.floor(rest / 0x100);
    }
  }
}

function stepsOf(numbers: Numbers): Float64Array {
  const steps = new Float64Array(numbers.length - 1);
  for (let i = 0; i < steps.length; i++) steps[i] = (numbers[i + 1] ?? 0) - (numbers[i] ?? 0);
  return steps;
}

function widthOf(spread: number): number {
  let width = 0;
  for (let rest = spread; rest >= 1; rest /= 0x100) width++;
  return width;
}

/** What numbers become once they are asked for. Their bytes are passed over at once, and checked to be there. */
interface Lazy<T> {
  /** `at` need not look at those before. */
  readonly direct: boolean;
  all(): T;
  /** One of them, without making room for the others. `index` must be one of theirs. */
  at(index: number): number;
}
export interface LazyNumbers extends Lazy<Float64Array> {
  /** Where this number stands, ascending. */
  where(value: number): number[];
}

export function takeNumbers(from: Reader, length: number): LazyNumbers {
  const numbers = take(from, length, (planes) => unfolded(planes, new Float64Array(length)));
  const { planes } = numbers;
  return {
    ...numbers,
    where: (value) => (planes === undefined ? standing(numbers.all(), value) : standingIn(planes, length, value)),
  };
}

interface Taken<T> extends Lazy<T | Float64Array> {
  /** Of whole numbers. */
  readonly planes?: Planes;
}

/** `whole`: what is made of whole numbers. */
function take<T>(from: Reader, length: number, whole: (planes: Planes) => T): Taken<T> {
  if (length === 0) return { direct: true, all: () => new Float64Array(0), at: () => 0 };
  switch (from.byte()) {
    case SAME: {
      const value = from.bytes(8).readDoubleLE();
      return { direct: true, all: () => new Float64Array(length).fill(value), at: () => value };
    }
    case WHOLE: {
      const planes = takePlanes(from, length);
      return { direct: true, planes, all: () => whole(planes), at: (index) => planeAt(planes, length, index) };
    }
    case STEPS: {
      const first = readSigned(from);
      const planes = takePlanes(from, length - 1);
      return {
        direct: false,
        all: () => summed(first, planes, length),
        at: (index) => summedTo(first, planes, length - 1, index),
      };
    }
    case ANY: {
      const raw = from.bytes(length * 8);
      return {
        direct: true,
        all: () => new Float64Array(new Uint8Array(raw).buffer),
        at: (index) => raw.readDoubleLE(index * 8),
      };
    }
    default:
      throw new DamagedBatch('a row of numbers is of no known kind');
  }
}

export const readNumbers = (from: Reader, length: number): Float64Array => takeNumbers(from, length).all();

function summed(first: number, planes: Planes, length: number): Float64Array {
  const { width, least, bytes } = planes;
  const read = new Float64Array(length);
  let value = first;
  read[0] = value;
  if (width === 1) {
    for (let i = 1; i < length; i++) read[i] = value += least + (bytes[i - 1] ?? 0);
    return read;
  }
  const steps = unfolded(planes, new Float64Array(length - 1));
  for (let i = 1; i < length; i++) read[i] = value += steps[i - 1] ?? 0;
  return read;
}

function readSigned(from: Reader): number {
  const negative = from.byte();
  const value = from.count();
  return negative === 0 ? value : -value;
}

interface Planes {
  readonly width: number;
  readonly least: number;
  readonly bytes: Uint8Array;
}

function takePlanes(from: Reader, length: number): Planes {
  const width = from.byte();
  if (width > MOST_WIDTH) throw new DamagedBatch('a number is too wide');
  return { width, least: readSigned(from), bytes: from.bytes(width * length) };
}

function unfolded<T extends Float64Array | Uint32Array>({ width, least, bytes }: Planes, read: T): T {
  const { length } = read;
  if (width === 0) {
    read.fill(least);
    return read;
  }
  if (least === 0) read.set(bytes.subarray(0, length));
  else for (let i = 0; i < length; i++) read[i] = least + (bytes[i] ?? 0);
  for (let plane = 1, scale = 0x100; plane < width; plane++, scale *= 0x100) {
    const base = plane * length;
    for (let i = 0; i < length; i++) read[i] = (read[i] ?? 0) + (bytes[base + i] ?? 0) * scale;
  }
  return read;
}

function planeAt({ width, least, bytes }: Planes, length: number, index: number): number {
  let read = least;
  for (let plane = 0, scale = 1; plane < width; plane++, scale *= 0x100)
    read += (bytes[plane * length + index] ?? 0) * scale;
  return read;
}

function standing(numbers: Float64Array, value: number): number[] {
  const found: number[] = [];
  for (let at = numbers.indexOf(value); at >= 0; at = numbers.indexOf(value, at + 1)) found.push(at);
  return found;
}

/** Looks for its lowest byte, and at the others where that stands. */
function standingIn(planes: Planes, length: number, value: number): number[] {
  const found: number[] = [];
  const { width, least, bytes } = planes;
  if (width === 0) return value === least ? Array.from({ length }, (_, at) => at) : found;
  const lowest = (value - least) % 0x100;
  // A byte is all that may be looked for here: of anything else indexOf takes the lowest bits.
  if (!(Number.isInteger(lowest) && lowest >= 0)) return found;
  const plane = bytes.subarray(0, length);
  for (let at = plane.indexOf(lowest); at >= 0; at = plane.indexOf(lowest, at + 1))
    if (planeAt(planes, length, at) === value) found.push(at);
  return found;
}

/** Sums of so small steps are exact in whatever order they are made. */
const SMALL_WIDTH = 3;
const SMALL_LEAST = 2 ** 30;

function summedTo(first: number, planes: Planes, length: number, index: number): number {
  const { width, least, bytes } = planes;
  let value = first;
  if (width <= SMALL_WIDTH && Math.abs(least) <= SMALL_LEAST && Math.abs(first) <= 2 ** 52) {
    value += index * least;
    for (let plane = 0, scale = 1; plane < width; plane++, scale *= 0x100)
      value += sumOf(bytes, plane * length, index) * scale;
    return value;
  }
  for (let step = 0; step < index; step++) value += planeAt(planes, length, step);
  return value;
}

function sumOf(bytes: Uint8Array, from: number, length: number): number {
  let sum = 0;
  for (let at = from; at < from + length; at++) sum += bytes[at] ?? 0;
  return sum;
}

/** Numbers that are places in a list. Mostly a byte each is enough: then they are read where they lie. */
export type Codes = Uint8Array | Uint32Array;

/** Numbers from 0 to `limit` - 1; anything else is damage. */
export function takeCodes(from: Reader, length: number, limit: number): Lazy<Codes> {
  const numbers = take(from, length, (planes) => {
    const { width, least, bytes } = planes;
    if (width === 1 && least === 0) return asPlain(bytes);
    const small = width <= 3 && least >= 0 && least < 2 ** 31;
    return unfolded(planes, small ? new Uint32Array(length) : new Float64Array(length));
  });
  return {
    direct: numbers.direct,
    all() {
      const read = numbers.all();
      if (read instanceof Float64Array) return wholeBelow(read, limit);
      return read instanceof Uint8Array ? bytesBelow(read, limit) : below(read, limit);
    },
    at(index) {
      const code = numbers.at(index);
      if (!(code >= 0 && code < limit)) throw new DamagedBatch('a code means nothing');
      return Math.floor(code);
    },
  };
}

// Three loops, each over one kind of array: over all at once it takes three times as long.
function bytesBelow(codes: Uint8Array, limit: number): Uint8Array {
  if (limit > 0xff) return codes;
  for (let i = 0; i < codes.length; i++) if ((codes[i] ?? 0) >= limit) throw new DamagedBatch('a code means nothing');
  return codes;
}

function below(codes: Uint32Array, limit: number): Uint32Array {
  for (let i = 0; i < codes.length; i++) if ((codes[i] ?? 0) >= limit) throw new DamagedBatch('a code means nothing');
  return codes;
}

function wholeBelow(numbers: Float64Array, limit: number): Uint32Array {
  const codes = new Uint32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i] ?? -1;
    if (!(code >= 0 && code < limit)) throw new DamagedBatch('a code means nothing');
    codes[i] = code;
  }
  return codes;
}

export const readCodes = (from: Reader, length: number, limit: number): Codes => takeCodes(from, length, limit).all();

/**
 * What came of numbered lines: each stream counts from 1, so two numbers and a byte for each line say what is missing, what came
 * twice, and what came after a later one.
 */

export interface Tally {
  /** Line `number` of the stream was found, in the order things were stored. */
  found(stream: string, number: number): void;
  /** Different lines found. */
  distinct(stream: string): number;
  /** The highest number found. */
  last(stream: string): number;
  /** Up to here every number was found. */
  whole(stream: string): number;
  readonly streams: () => readonly string[];
  of(stream: string, written: number): StreamTally;
}

export interface StreamTally {
  readonly stream: string;
  readonly written: number;
  readonly stored: number;
  readonly lost: number;
  readonly doubled: number;
  readonly disordered: number;
  /** Numbers that nobody wrote. */
  readonly strange: number;
  /** The first lines that are missing, as `from-to`, to look for them. */
  readonly missing: readonly string[];
  /** The first lines that came late. */
  readonly late: readonly string[];
}

interface Stream {
  times: Uint8Array;
  last: number;
  whole: number;
  readonly late: string[];
  distinct: number;
  disordered: number;
}

const none = (): Stream => ({ times: new Uint8Array(4096), last: 0, whole: 0, late: [], distinct: 0, disordered: 0 });
const SHOWN = 10;

export function tally(): Tally {
  const streams = new Map<string, Stream>();

  function found(name: string, number: number): void {
    let stream = streams.get(name);
    if (stream === undefined) streams.set(name, (stream = none()));
    if (number >= stream.times.length) {
      const larger = new Uint8Array(Math.max(number + 1, stream.times.length * 2));
      larger.set(stream.times);
      stream.times = larger;
    }
    const times = stream.times[number] ?? 0;
    if (times === 0) stream.distinct++;
    if (times === 0 && number < stream.last && stream.disordered++ < SHOWN)
      stream.late.push(`${number} after ${stream.last}`);
    stream.times[number] = Math.min(255, times + 1);
    stream.last = Math.max(stream.last, number);
    while ((stream.times[stream.whole + 1] ?? 0) > 0) stream.whole++;
  }

  function of(name: string, written: number): StreamTally {
    const { times, disordered, late } = streams.get(name) ?? none();
    let [stored, doubled, strange] = [0, 0, 0];
    const missing: [number, number][] = [];
    for (let number = 1; number <= Math.max(written, times.length - 1); number++) {
      const count = times[number] ?? 0;
      if (number > written) strange += count;
      else if (count > 0) [stored, doubled] = [stored + 1, doubled + count - 1];
      else if (missing.at(-1)?.[1] === number - 1)
        missing[missing.length - 1] = [missing.at(-1)?.[0] ?? number, number];
      else missing.push([number, number]);
    }
    strange += times[0] ?? 0;
    const ranges = missing.slice(0, SHOWN).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
    return {
      stream: name,
      written,
      stored,
      lost: written - stored,
      doubled,
      disordered,
      strange,
      missing: ranges,
      late,
    };
  }

  return {
    found,
    distinct: (name) => streams.get(name)?.distinct ?? 0,
    whole: (name) => streams.get(name)?.whole ?? 0,
    last: (name) => streams.get(name)?.last ?? 0,
    streams: () => [...streams.keys()],
    of,
  };
}

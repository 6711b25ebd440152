/** Counts texts: how often each occurs, of up to so many. A busy day has tens of thousands of addresses in each of thirty blocks. */
import { BETWEEN, isPlain, type PlainList } from '../block/plain-list.ts';
import { byteTable, widened } from './byte-table.ts';
import { commonest, floorOf } from './commonest.ts';

export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

export interface ValueCounter {
  add(text: string, times?: number): void;
  /** Each text of a list so many times. */
  addList(list: PlainList, times: Float64Array): void;
  size(): number;
  /** How often texts came that there was no room for. */
  leftOut(): number;
  /** The most first, ties by their texts. */
  sorted(most?: number): ValueCount[];
}

/** Texts that are kept apart, and their characters in all. */
export interface Room {
  readonly texts: number;
  readonly characters: number;
}

export function valueCounter(room: Room): ValueCounter {
  const plain = byteTable();
  /** Of plain texts, by place. */
  let counts = new Float64Array(1024);
  /** Places of plain texts that came as strings. */
  const places = new Map<string, number>();
  /** Counts of all others. */
  const others = new Map<string, number>();
  let [size, characters, leftOut] = [0, 0, 0];

  const hasRoom = (length: number, times: number): boolean => {
    if (size + others.size < room.texts && characters < room.characters) {
      characters += length;
      return true;
    }
    leftOut += times;
    return false;
  };
  /** -1 where there was no room for it. */
  const addPlain = (from: Uint8Array, start: number, stop: number, times: number): number => {
    let place = plain.find(from, start, stop);
    if (place < 0) {
      if (!hasRoom(stop - start, times)) return -1;
      place = plain.keep(from, start, stop);
      if (place === counts.length) counts = widened(counts, new Float64Array(place * 2));
      size++;
    }
    counts[place] = (counts[place] ?? 0) + times;
    return place;
  };
  return {
    add(text, times = 1) {
      const [place, before] = [places.get(text), others.get(text)];
      if (place !== undefined) counts[place] = (counts[place] ?? 0) + times;
      else if (isPlain(text)) {
        const added = addPlain(Buffer.from(text, 'latin1'), 0, text.length, times);
        if (added >= 0) places.set(text, added);
      } else if (before !== undefined || hasRoom(text.length, times)) others.set(text, (before ?? 0) + times);
    },
    addList({ bytes, starts }, times) {
      for (let index = 0; index + 1 < starts.length; index++)
        addPlain(bytes, starts[index] ?? 0, (starts[index + 1] ?? 0) - BETWEEN, times[index] ?? 0);
    },
    size: () => size + others.size,
    leftOut: () => leftOut,
    sorted(most = Infinity) {
      const floor = floorOf(counts.subarray(0, size), most);
      const all = Array.from(others, ([value, count]): ValueCount => ({ value, count }));
      for (let place = 0; place < size; place++) {
        const count = counts[place] ?? 0;
        if (count >= floor) all.push({ value: plain.text(place), count });
      }
      return commonest(all, most, ({ value }) => value);
    },
  };
}

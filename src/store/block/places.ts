/**
 * Which events a block holds, by their ids. Events of one batch that follow each other are one run, so a block of whole batches remembers
 * three numbers a batch.
 *
 *   runs   how many · batch of each · first ordinal of each · length of each
 */
import { reader, writer } from './bytes.ts';
import { DamagedBatch } from './damage.ts';
import { readNumbers, writeNumbers } from './numbers.ts';
import type { EventPlace } from './view.ts';

export interface PlaceWriter {
  /** The next event of the block. */
  add(batch: number, ordinal: number): void;
  done(): { readonly bytes: Uint8Array; readonly firstBatch: number; readonly lastBatch: number };
}

export function placeWriter(): PlaceWriter {
  const batches: number[] = [];
  const ordinals: number[] = [];
  const lengths: number[] = [];
  let [batchNow, next, length] = [-1, -1, 0];
  const close = (): void => {
    if (length > 0) lengths.push(length);
  };
  return {
    add(batch, ordinal) {
      if (batch !== batchNow || ordinal !== next) {
        close();
        batches.push(batch);
        ordinals.push(ordinal);
        [batchNow, length] = [batch, 0];
      }
      next = ordinal + 1;
      length++;
    },
    done() {
      close();
      const out = writer();
      out.count(batches.length);
      for (const numbers of [batches, ordinals, lengths]) writeNumbers(out, numbers);
      return {
        bytes: out.done(),
        firstBatch: batches.reduce((least, batch) => Math.min(least, batch), batches[0] ?? 0),
        lastBatch: batches.reduce((most, batch) => Math.max(most, batch), 0),
      };
    },
  };
}

export interface Places {
  readonly firstBatch: number;
  readonly lastBatch: number;
  place(row: number): EventPlace;
  find(place: EventPlace): number | undefined;
}

export function readPlaces(bytes: Uint8Array, count: number): Places {
  const from = reader(bytes);
  const runs = from.count();
  if (runs > count) throw new DamagedBatch('it has more runs than events');
  const batches = readNumbers(from, runs);
  const ordinals = readNumbers(from, runs);
  const lengths = readNumbers(from, runs);
  const starts = new Float64Array(runs);
  let total = 0;
  for (const [run, length] of lengths.entries()) {
    starts[run] = total;
    total += length;
  }
  if (total !== count) throw new DamagedBatch('its runs are not as long as its events are many');
  const inOrder = Array.from(batches.keys()).toSorted(
    (a, b) => (batches[a] ?? 0) - (batches[b] ?? 0) || (ordinals[a] ?? 0) - (ordinals[b] ?? 0),
  );
  return {
    firstBatch: batches[inOrder[0] ?? 0] ?? 0,
    lastBatch: batches[inOrder.at(-1) ?? 0] ?? 0,
    place(row) {
      if (!(row >= 0 && row < count)) throw new RangeError(`A block of ${count} has no event ${row}`);
      const run = lastWhere(runs, (at) => (starts[at] ?? 0) <= row);
      return { batch: batches[run] ?? 0, ordinal: (ordinals[run] ?? 0) + row - (starts[run] ?? 0) };
    },
    find({ batch, ordinal }) {
      const at = lastWhere(runs, (index) => {
        const run = inOrder[index] ?? 0;
        const sameBatch = batches[run] === batch;
        return sameBatch ? (ordinals[run] ?? 0) <= ordinal : (batches[run] ?? 0) < batch;
      });
      const run = inOrder[at] ?? -1;
      const inRun = ordinal - (ordinals[run] ?? 0);
      return batches[run] === batch && inRun < (lengths[run] ?? 0) ? (starts[run] ?? 0) + inRun : undefined;
    },
  };
}

/** The last index that holds, where all that hold come first; -1 where none does. */
function lastWhere(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [-1, count - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

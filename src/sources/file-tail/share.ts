/** What the tails of one process share: watches, seats, buffers, and the number of looks a second. */
import { type Watches, watches } from './doorbell.ts';
import { type FolderNames, folderNames } from './folder-names.ts';
import { type Seats, seats } from './seats.ts';

export interface TailShare {
  readonly watches: Watches;
  readonly seats: Seats;
  readonly names: FolderNames;
  /** Lends a buffer for one reading. */
  readonly buffers: { take(): Buffer; give(buffer: Buffer): void };
  /** Counts a tail; the function it returns counts it out. */
  join(): () => void;
  /** ms between two looks of each tail, where one alone would look every `poll` ms. */
  pace(poll: number): number;
}

/** A tail that is awake has one file open, another while it looks around, and some more while a log is being rotated. */
const SEATS = 64;
const CHUNK = 256 * 1024;
const SPARE_BUFFERS = 4;
/** So many tails look as often as they were told to; more share that many looks, and the watch rings them as ever. */
const UNHURRIED = 16;

export function tailShare({ watch = true, open = SEATS }: { watch?: boolean; open?: number } = {}): TailShare {
  const spare: Buffer[] = [];
  let tails = 0;
  return {
    watches: watches(watch),
    seats: seats(open),
    names: folderNames(),
    buffers: {
      take: () => spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK),
      give(buffer) {
        if (spare.length < SPARE_BUFFERS) spare.push(buffer);
      },
    },
    join() {
      tails++;
      return () => void tails--;
    },
    pace: (poll) => poll * Math.max(1, tails / UNHURRIED),
  };
}

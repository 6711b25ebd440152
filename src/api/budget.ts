/**
 * Bounds all bodies that are being read or committed at once, by number and by bytes. A body pays as it grows and gives
 * everything back when its request ends, so a slow store makes senders wait instead of filling the memory.
 */
import { CodedError } from '#contract';
import type { ApiLimits } from './limits.ts';

export interface Ticket {
  /** Throws BUSY when all bodies together would pass the limit. */
  grow(bytes: number): void;
  close(): void;
}

export interface Budget {
  /** Throws BUSY when there are too many. */
  open(): Ticket;
}

export function budget(limits: Pick<ApiLimits, 'bodies' | 'bodiesBytes'>): Budget {
  let bodies = 0;
  let total = 0;
  return {
    open() {
      if (bodies >= limits.bodies) throw new CodedError('BUSY', `${bodies} bodies are being taken in already.`);
      bodies++;
      let mine = 0;
      return {
        grow(bytes) {
          if (total + bytes > limits.bodiesBytes)
            throw new CodedError('BUSY', 'The bodies being taken in fill the memory set aside for them.');
          mine += bytes;
          total += bytes;
        },
        close() {
          bodies--;
          total -= mine;
        },
      };
    },
  };
}

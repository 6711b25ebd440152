/**
 * How long a batch waits for more before it is committed. On a fast disk not at all. On a slow one (an SD card) a commit costs the
 * card a write whatever it holds, so batches wait about as long as a commit takes: half as many commits, each twice as large.
 * A disk counts as slow when its last commits were all slow, so that one hiccup delays nobody.
 */
export interface Gather {
  /** How long a commit took, ms. */
  took(ms: number): void;
  /** How long the next batch waits after its first order, ms. */
  wait(): number;
}

const SLOW = 50;
const LONGEST = 500;
const LAST = 3;

export function createGather(): Gather {
  let last: readonly number[] = [];
  return {
    took(ms) {
      last = [...last, ms].slice(-LAST);
    },
    wait() {
      const quickest = Math.min(...last);
      return last.length < LAST || quickest <= SLOW ? 0 : Math.min(LONGEST, quickest);
    },
  };
}

/**
 * How many tails may keep files open at once, so that thousands of logs do not use up the descriptors of the process. A tail
 * takes a seat before it opens a file. Where all are taken, the one that has rested longest is called to give up its own:
 * it closes its files and remembers its places. Whoever waits gets a seat in the order they came.
 */
export interface Seat {
  /** Resolves with a seat; rejects when the signal ends. */
  take(signal: AbortSignal): Promise<void>;
  /** From now on it may be called, until it is `busy`. */
  rest(): void;
  busy(): void;
  /** Somebody waits for it. */
  readonly isCalled: boolean;
  leave(): void;
}

export interface Seats {
  /** `call` says that somebody needs the seat. */
  seat(call: () => void): Seat;
}

export function seats(capacity: number): Seats {
  const resting = new Set<() => void>();
  const waiting: (() => void)[] = [];
  let taken = 0;
  let called = 0;

  function callOne(): void {
    const [longest] = resting;
    if (waiting.length <= called || longest === undefined) return;
    resting.delete(longest);
    called++;
    longest();
  }

  function seat(call: () => void): Seat {
    let has = false;
    let isCalled = false;
    const beCalled = (): void => {
      isCalled = true;
      call();
    };
    return {
      async take(signal) {
        if (has) return;
        if (taken >= capacity) await place(signal);
        else taken++;
        has = true;
      },
      rest() {
        if (!has || isCalled) return;
        resting.add(beCalled);
        callOne();
      },
      busy: () => void resting.delete(beCalled),
      get isCalled() {
        return isCalled;
      },
      leave() {
        resting.delete(beCalled);
        if (isCalled) called--;
        isCalled = false;
        if (!has) return;
        has = false;
        const next = waiting.shift();
        // The seat passes from one to the other: nobody can come between.
        if (next === undefined) taken--;
        else next();
      },
    };
  }

  function place(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const abort = (): void => {
        waiting.splice(waiting.indexOf(admit), 1);
        reject(signal.reason as Error);
      };
      const admit = (): void => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      signal.addEventListener('abort', abort, { once: true });
      waiting.push(admit);
      callOne();
    });
  }

  return { seat };
}

/** Time between two looks: the interval, or less when something calls, but never so little that looks crowd. */

export interface Pace {
  /** Something changed. While nobody rests it is remembered. */
  wake(): void;
  /** Resolves after `most` ms, or when woken, then not before `least` ms; at once when the signal aborts. */
  rest(most: number, least: number): Promise<void>;
}

export function createPace(signal: AbortSignal): Pace {
  let woken = false;
  let onWake: (() => void) | undefined;
  return {
    wake() {
      woken = true;
      onWake?.();
    },
    rest(most, least) {
      return new Promise((resolve) => {
        let atLeast = false;
        const timers = [
          setTimeout(() => {
            atLeast = true;
            if (woken) done();
          }, least),
          setTimeout(done, most),
        ];
        onWake = () => {
          if (atLeast) done();
        };
        signal.addEventListener('abort', done, { once: true });
        if (signal.aborted) done();
        function done(): void {
          for (const timer of timers) clearTimeout(timer);
          signal.removeEventListener('abort', done);
          onWake = undefined;
          woken = false;
          resolve();
        }
      });
    },
  };
}

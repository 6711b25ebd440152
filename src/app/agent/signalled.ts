/** Wakes whoever waits for something to change. */
export interface Signalled {
  ring(): void;
  /** Resolves at the next ring, after `ms`, or when the signal ends. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function signalled(): Signalled {
  const waiting = new Set<() => void>();
  return {
    ring() {
      for (const wake of waiting) wake();
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
        if (signal.aborted) wake();
      }),
  };
}

/**
 * Calls to the reader, whose thread begins with the first one. A house asks a few times a day, and the thread costs 15 MB: once
 * nobody has asked for a while it ends. Where it ends by itself, its calls fail and the next one begins another.
 */
import type { Remote } from './rpc.ts';

/** ms. Beginning another costs whoever asks next a tenth of a second. */
const UNASKED = 60_000;

const NEWEST = { q: '', limit: 100 };

interface Thread {
  readonly call: Remote['call'];
  readonly crashed: Promise<never>;
  stop(): Promise<void>;
}

export interface ReaderThread {
  readonly call: Remote['call'];
  /**
   * Somebody may ask soon, and it would take longest just now: the thread begins, and looks at what is newest once, so that the first who asks finds it
   * warm. It ends as ever.
   */
  expect(): void;
  close(): Promise<void>;
  stop(): Promise<void>;
}

/** `opened` resolves when there is a store to read: nobody can read one that is not made yet, or of an older version. */
export function readerThread(begin: () => Thread, opened: () => Promise<unknown>): ReaderThread {
  let running: Thread | undefined;
  let first: Promise<unknown> | undefined;
  let asking = 0;
  let unasked: NodeJS.Timeout | undefined;
  let retiring: Promise<void> = Promise.resolve();
  let [expecting, ended] = [false, false];

  const started = (): Thread => {
    if (running !== undefined) return running;
    const thread = begin();
    running = thread;
    thread.crashed.catch(() => {
      if (running === thread) running = undefined;
    });
    return thread;
  };

  /** Whoever asks from now on begins another, so nothing is cut off. */
  function retire(): void {
    const thread = running;
    running = undefined;
    if (thread !== undefined)
      retiring = thread
        .call('close', [])
        .catch(() => undefined)
        .then(() => thread.stop());
  }

  const waitForMore = (): void => {
    if (asking > 0 || ended) return;
    clearTimeout(unasked);
    unasked = setTimeout(retire, UNASKED).unref();
  };
  const call: Remote['call'] = async (method, args, options) => {
    await (first ??= opened());
    options?.signal?.throwIfAborted();
    clearTimeout(unasked);
    asking++;
    try {
      return await started().call(method, args, options);
    } finally {
      asking--;
      waitForMore();
    }
  };
  return {
    call,
    expect() {
      if (running !== undefined) waitForMore();
      else if (!ended && !expecting) {
        expecting = true;
        const look = (): unknown => (ended ? undefined : call('events', [NEWEST]));
        void (first ??= opened())
          .then(look)
          .catch(() => undefined)
          .finally(() => (expecting = false));
      }
    },
    async close() {
      ended = true;
      clearTimeout(unasked);
      await retiring;
      await running?.call('close', []);
    },
    async stop() {
      ended = true;
      clearTimeout(unasked);
      await retiring;
      await running?.stop();
      running = undefined;
    },
  };
}

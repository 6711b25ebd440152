/**
 * A bounded queue between producers that wait and one consumer that takes batches.
 *
 * - `put` resolves once the item has a place; a full channel makes its producers wait, in order. A place that comes free
 *   is filled at once from those who wait: nobody overtakes them, and none is left to a producer that then gives up.
 * - `take` resolves with at least one item, and at most `max`, as soon as `max` are there, the channel is full, or `wait` ms
 *   after the first one arrived, whichever comes first. It resolves with `undefined` once the channel is closed and empty.
 * - One consumer only: a second `take` while one waits is a bug and throws.
 *
 * No promise outlives its batch, so a channel can run for years without leaking.
 */
export interface Channel<T> {
  put(item: T, signal?: AbortSignal): Promise<void>;
  /** Puts without waiting; false when the channel is full. For sources that may drop (UDP) and count. */
  offer(item: T): boolean;
  take(max: number, wait: number): Promise<T[] | undefined>;
  close(): void;
  readonly size: number;
}

interface Waiter<T> {
  readonly item: T;
  readonly admit: () => void;
  readonly refuse: (reason: unknown) => void;
}

export class ChannelClosed extends Error {
  constructor() {
    super('The channel is closed.');
    this.name = 'ChannelClosed';
  }
}

export function channel<T>(capacity: number): Channel<T> {
  let items: T[] = [];
  const producers: Waiter<T>[] = [];
  let closed = false;
  let consumer:
    | { readonly max: number; readonly wait: number; readonly done: (batch: T[] | undefined) => void }
    | undefined;
  let timer: NodeJS.Timeout | undefined;

  const isReady = (max: number): boolean => items.length >= Math.min(max, capacity);

  function release(max: number): T[] {
    const batch = items.length <= max ? items : items.slice(0, max);
    items = items.length <= max ? [] : items.slice(max);
    for (const waiter of producers.splice(0, capacity - items.length)) {
      items.push(waiter.item);
      waiter.admit();
    }
    return batch;
  }

  function settle(): void {
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    const waiting = consumer;
    consumer = undefined;
    if (waiting !== undefined) waiting.done(items.length > 0 ? release(waiting.max) : undefined);
  }

  function arrived(): void {
    if (consumer === undefined) return;
    if (isReady(consumer.max) || consumer.wait <= 0) settle();
    else timer ??= setTimeout(settle, consumer.wait);
  }

  function offer(item: T): boolean {
    if (closed || items.length >= capacity) return false;
    items.push(item);
    arrived();
    return true;
  }

  return {
    offer,
    async put(item, signal) {
      signal?.throwIfAborted();
      if (closed) throw new ChannelClosed();
      if (offer(item)) return;
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          producers.splice(producers.indexOf(waiter), 1);
          reject(signal?.reason);
        };
        const settled = (): void => signal?.removeEventListener('abort', onAbort);
        const waiter: Waiter<T> = {
          item,
          admit: () => (settled(), resolve()),
          refuse: (reason) => (settled(), reject(reason)),
        };
        producers.push(waiter);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    take(max, wait) {
      if (consumer !== undefined) throw new Error('A channel has one consumer.');
      if (isReady(max) || (closed && items.length > 0)) return Promise.resolve(release(max));
      if (closed) return Promise.resolve(undefined);
      return new Promise((done) => {
        consumer = { max, wait, done };
        if (items.length > 0) arrived();
      });
    },
    close() {
      closed = true;
      for (const waiter of producers.splice(0)) waiter.refuse(new ChannelClosed());
      settle();
    },
    get size() {
      return items.length;
    },
  };
}

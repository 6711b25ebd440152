/**
 * Messages between the sockets and whoever iterates: bounded by count and by bytes, so that a slow pipeline costs this much
 * memory and no more.
 *
 *   UDP: `offer` refuses when it is full; the datagram is gone, and counted.
 *   TCP: `put` always takes; where `isCrowded`, connections stop reading, and go on at `onRoom`.
 *
 * What is taken is gathered for a moment: datagrams come one at a time, and a batch of one costs as much as a batch of a thousand.
 */
import type { RawRecord } from '#contract';

export interface Inbox {
  offer(record: RawRecord): boolean;
  /** False once it is closed. */
  put(record: RawRecord): boolean;
  readonly isCrowded: boolean;
  /** What has come, at least one; undefined once it is closed and empty. One consumer only. */
  take(): Promise<readonly RawRecord[] | undefined>;
  close(): void;
}

export interface InboxSize {
  readonly records: number;
  /** UTF-16 units. */
  readonly length: number;
}

/** Messages that are taken at once, and ms that they are waited for. */
const ENOUGH = 1000;
const GATHER = 10;

export function createInbox(size: InboxSize, onRoom: () => void = () => {}): Inbox {
  let records: RawRecord[] = [];
  let length = 0;
  let closed = false;
  /** Of whoever takes: it waits for the first message, or for enough. */
  let wake: { readonly at: number; readonly up: () => void } | undefined;

  const isFull = (): boolean => records.length >= size.records || length >= size.length;

  function put(record: RawRecord): boolean {
    if (closed) return false;
    records.push(record);
    length += record.text.length;
    if (wake !== undefined && records.length >= wake.at) wake.up();
    return true;
  }

  /** Resolves once so many are there, or it is closed, or `ms` have gone. */
  async function until(count: number, ms?: number): Promise<void> {
    if (records.length >= count || closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = { at: count, up: resolve };
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    wake = undefined;
  }

  return {
    put,
    offer: (record) => !isFull() && put(record),
    get isCrowded() {
      return isFull();
    },
    async take() {
      await until(1);
      await until(Math.min(ENOUGH, size.records), GATHER);
      if (records.length === 0) return undefined;
      const taken = records;
      records = [];
      length = 0;
      onRoom();
      return taken;
    },
    close() {
      closed = true;
      wake?.up();
    },
  };
}

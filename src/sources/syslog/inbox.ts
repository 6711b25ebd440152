/**
 * Messages between the sockets and whoever iterates: bounded by count and by bytes, so that a slow pipeline costs this much
 * memory and no more.
 *
 *   UDP: `offer` refuses when it is full; the datagram is gone, and counted.
 *   TCP: `put` always takes; where `isCrowded`, connections stop reading, and go on at `onRoom`.
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

export function createInbox(size: InboxSize, onRoom: () => void = () => {}): Inbox {
  let records: RawRecord[] = [];
  let length = 0;
  let closed = false;
  let wake: (() => void) | undefined;

  const isFull = (): boolean => records.length >= size.records || length >= size.length;

  function put(record: RawRecord): boolean {
    if (closed) return false;
    records.push(record);
    length += record.text.length;
    wake?.();
    return true;
  }

  return {
    put,
    offer: (record) => !isFull() && put(record),
    get isCrowded() {
      return isFull();
    },
    async take() {
      while (records.length === 0 && !closed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
      if (records.length === 0) return undefined;
      const taken = records;
      records = [];
      length = 0;
      onRoom();
      return taken;
    },
    close() {
      closed = true;
      wake?.();
    },
  };
}

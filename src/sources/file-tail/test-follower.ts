/** For tests: consumes a tail as the pipeline does, and keeps marks of what it consumed as the store does. */
import type { Mark, RawRecord } from '#contract';
import { fileTail, type FileTailOptions } from '../file-tail.ts';

export interface Follower {
  readonly records: readonly RawRecord[];
  readonly texts: readonly string[];
  marks(): Mark[];
  /** Starts with the marks so far; dies by itself after `quota` more records, in the middle of a chunk if need be. */
  start(quota?: number): void;
  /** Resolves when the tail has ended; rejects with what it threw. */
  stop(): Promise<void>;
  readonly isRunning: boolean;
  /** Resolves once `count` records were consumed in all, or the quota is used up. */
  until(count: number): Promise<void>;
}

const GUARD = 60_000;

/** `from`: what was consumed before. */
export function follower(
  options: Partial<FileTailOptions> & { readonly path: string; readonly from?: readonly Mark[] },
): Follower {
  const records: RawRecord[] = [];
  const marks = new Map((options.from ?? []).map((mark) => [mark.key, mark]));
  let abort = new AbortController();
  let running: Promise<void> | undefined;
  let isRunning = false;
  let moved: () => void = () => {};

  function consume(record: RawRecord): void {
    if (record.position === undefined) throw new Error('A record without a position');
    const { stream, from, to } = record.position;
    const before = marks.get(stream.key)?.mark ?? 0;
    if (record.text !== '') records.push(record);
    if (from !== before) throw new Error(`${stream.key} goes on at ${from} instead of ${before}: ${record.text}`);
    marks.set(stream.key, { key: stream.key, mark: to, detail: stream.detail });
  }

  async function run(known: readonly Mark[], quota: number, { signal }: AbortController): Promise<void> {
    const tag = { id: `file:${options.path}`, agent: 'local', host: 'nas' };
    try {
      let left = quota;
      for await (const chunk of fileTail({ tag, known, poll: 10, now: Date.now, ...options }, signal)) {
        for (const record of chunk.slice(0, left)) consume(record);
        left -= chunk.length;
        if (left <= 0) return;
        moved();
      }
    } finally {
      isRunning = false;
      moved();
    }
  }

  return {
    records,
    get texts() {
      return records.map(({ text }) => text);
    },
    get isRunning() {
      return isRunning;
    },
    marks: () => [...marks.values()],
    start(quota = Infinity) {
      abort = new AbortController();
      isRunning = true;
      running = run([...marks.values()], quota, abort);
      running.catch(() => {});
    },
    async stop() {
      abort.abort();
      await running;
    },
    async until(count) {
      // Only a guard, so that a lost line is a message instead of a hang.
      const late = setTimeout(() => {
        failed = new Error(
          `${records.length} of ${count} records came, the last: ${this.texts.slice(-20).join(' | ')}`,
        );
        moved();
      }, GUARD);
      let failed: Error | undefined;
      const isAwaited = (): boolean => isRunning && records.length < count && failed === undefined;
      while (isAwaited()) {
        await new Promise<void>((resolve) => {
          moved = resolve;
        });
      }
      clearTimeout(late);
      if (failed !== undefined) throw failed;
      if (!isRunning) await running;
    },
  };
}

/**
 * For tests: follows everything that matches a pattern as the product does, drops repeats by position and keeps marks as the
 * store does.
 */
import assert from 'node:assert/strict';
import type { Mark, RawRecord } from '#contract';
import { glob, globChanges } from '../discover/glob.ts';
import { fileTail, type FileTailOptions } from '../file-tail.ts';
import type { TailCount } from './recording.ts';
import { type TailShare, tailShare } from './share.ts';

export interface Crew {
  readonly records: readonly RawRecord[];
  readonly counted: Partial<Record<TailCount, number>>;
  readonly isRunning: boolean;
  /** Begins at the marks so far; ends by itself after `quota` more records, in the middle of a chunk if need be. */
  start(quota?: number): Promise<void>;
  stop(): Promise<void>;
  /** Resolves once `isEnough` holds, or when it ended. */
  until(isEnough: () => boolean, guard?: number): Promise<void>;
}

const GUARD = 60_000;

export function crew(pattern: string, options: Partial<FileTailOptions> & { readonly seats?: number } = {}): Crew {
  const records: RawRecord[] = [];
  const counted: Partial<Record<TailCount, number>> = {};
  const marks = new Map<string, Mark>();
  let running: Promise<unknown> = Promise.resolve();
  let abort = new AbortController();
  let isRunning = false;
  let moved = (): void => {};
  let left = Infinity;

  function consume(record: RawRecord): void {
    assert.ok(record.position);
    const { stream, from, to } = record.position;
    const before = marks.get(stream.key)?.mark ?? -1;
    if (to <= before) return;
    assert.equal(from, Math.max(0, before), `${stream.key} goes on at ${from} instead of ${before}: ${record.text}`);
    if (record.text !== '') records.push(record);
    marks.set(stream.key, { key: stream.key, mark: to, detail: stream.detail });
  }

  async function follow(path: string, share: TailShare, signal: AbortSignal, appeared?: number): Promise<void> {
    const tag = { id: `file:${path}`, agent: 'local', host: 'nas', path };
    const onCount = (what: TailCount, by: number): void => void (counted[what] = (counted[what] ?? 0) + by);
    const known = [...marks.values()];
    const settings = { path, tag, known, poll: 10, now: Date.now, share, appeared, onCount, ...options };
    for await (const chunk of fileTail(settings, signal)) {
      for (const record of chunk.slice(0, left)) consume(record);
      left -= Math.min(left, chunk.length);
      if (left === 0) abort.abort();
      moved();
    }
  }

  async function run({ signal }: AbortController): Promise<void> {
    const share = tailShare(options.seats === undefined ? {} : { open: options.seats });
    const wasFollowed = (path: string): boolean => [...marks.keys()].some((key) => key.startsWith(`file:${path}@`));
    const means = { root: '/', now: Date.now, wasFollowed };
    const since = Date.now();
    const known = await glob(pattern, means).matches();
    const tails = new Map(known.map((path) => [path, follow(path, share, signal)]));
    try {
      for await (const { appeared, since: looked } of globChanges(
        pattern,
        { ...means, known, since, poll: 10, share },
        signal,
      )) {
        for (const path of appeared) tails.set(path, tails.get(path) ?? follow(path, share, signal, looked));
      }
      await Promise.all(tails.values());
    } finally {
      isRunning = false;
      moved();
    }
  }

  return {
    records,
    counted,
    get isRunning() {
      return isRunning;
    },
    async start(quota = Infinity) {
      await running;
      left = quota;
      abort = new AbortController();
      isRunning = true;
      running = run(abort);
      running.catch(() => abort.abort());
    },
    async stop() {
      abort.abort();
      await running;
    },
    async until(isEnough, guard = GUARD) {
      let isLate = false;
      const late = setTimeout(() => {
        isLate = true;
        moved();
      }, guard);
      while (isRunning && !abort.signal.aborted && !isEnough() && !isLate) {
        await new Promise<void>((resolve) => {
          moved = resolve;
        });
      }
      clearTimeout(late);
      // Only a guard, so that a lost line is a message instead of a hang.
      assert.ok(
        !isLate,
        `Not enough after ${records.length} records: ${records
          .slice(-20)
          .map(({ text }) => text)
          .join(' | ')}`,
      );
      if (abort.signal.aborted) await running;
    },
  };
}

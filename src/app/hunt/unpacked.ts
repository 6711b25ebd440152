/**
 * A packed content, unpacked as far as it goes: what a download or a full disk broke off still has records in it. Node's streams let go of what
 * they hold when they fail, so here everything that came out before the fault is given first.
 */
import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type Packing, Refusal } from '../import/content.ts';

/** Bytes of packed content that are unpacked at once. */
const STEP = 64 * 1024;
/** Bytes that may wait before unpacking pauses: a bomb makes gigabytes of one step. */
const HELD = 4 * 1024 * 1024;

/** Throws Refusal where it breaks off. */
export async function* unpacked(
  input: AsyncIterable<Buffer>,
  packing: Exclude<Packing, 'plain'>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  const unpack: Transform = packing === 'gzip' ? createGunzip() : createZstdDecompress();
  const held = holder(unpack);
  try {
    for await (const chunk of input)
      for (let at = 0; at < chunk.length; at += STEP) {
        signal.throwIfAborted();
        if (unpack.readableEnded) return;
        yield* held.until(new Promise((resolve) => void unpack.write(chunk.subarray(at, at + STEP), () => resolve())));
      }
    unpack.end();
    yield* held.until(new Promise(() => undefined));
  } finally {
    unpack.destroy();
  }
}

interface Holder {
  /** What comes out until then, or until the end: zeros behind it are never taken. Throws Refusal at a fault, once all that came before it was taken. */
  until(done: Promise<void>): AsyncGenerator<Buffer, void>;
}

function holder(unpack: Transform): Holder {
  let chunks: Buffer[] = [];
  let size = 0;
  let fault: Error | undefined;
  let isOver = false;
  let wake: () => void = () => undefined;
  unpack.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > HELD) unpack.pause();
    wake();
  });
  unpack.on('error', (error) => {
    fault = error;
    wake();
  });
  unpack.on('end', () => {
    isOver = true;
    wake();
  });
  return {
    async *until(done) {
      let isDone = false;
      void done.then(() => {
        isDone = true;
        wake();
      });
      for (;;) {
        const taken = chunks;
        [chunks, size] = [[], 0];
        yield* taken;
        unpack.resume();
        if (chunks.length > 0) continue;
        if (fault !== undefined) throw new Refusal(`cannot be unpacked: ${fault.message}`, { cause: fault });
        if (isDone || isOver) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

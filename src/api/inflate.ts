/**
 * gzip and zstd, chunk by chunk. One thing stands between this and Node's own streams: a body may be several members
 * (gzip) or frames (zstd) one after the other, as an agent makes them that appends. Node's zstd stream ends with the
 * first frame when the next one begins in the same chunk, and forgets the rest of it without a word (so does gunzip with
 * what is no further member). Here the rest goes on into a new stream, or is an error: nothing is dropped in silence.
 */
import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';

/** RFC 8878, section 3.1.1.1.2, recommends 8 MB for decoders; a frame may otherwise ask for gigabytes. */
const ZSTD_WINDOW_LOG = 23;
/** A frame of nothing is 9 bytes and costs a decoder: enough for real senders, too few for a nuisance. */
const MOST_FRAMES = 1000;
const CHUNK = { chunkSize: 64 * 1024 };

export interface Inflater {
  /** One chunk at a time: the next one after `next`. */
  write(chunk: Uint8Array, next: () => void): void;
  end(): void;
  destroy(): void;
}

interface Listener {
  readonly onData: (chunk: Uint8Array) => void;
  readonly onEnd: () => void;
  readonly onError: (error: Error) => void;
}

export function inflater(encoding: 'gzip' | 'zstd', { onData, onEnd, onError }: Listener): Inflater {
  let stream = open();
  let frames = 1;
  let ending = false;
  let current: { readonly chunk: Uint8Array; readonly next: () => void; readonly takenBefore: number } | undefined;

  function open(): Gunzip | ZstdDecompress {
    const made =
      encoding === 'gzip'
        ? createGunzip(CHUNK)
        : createZstdDecompress({ ...CHUNK, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
    return made.on('data', onData).on('error', onError).on('end', ended);
  }

  function close(): void {
    // Destroyed in the middle it may still report an error: there is nobody left to tell.
    stream
      .removeAllListeners()
      .on('error', () => {})
      .destroy();
  }

  function ended(): void {
    if (ending || current === undefined) return onEnd();
    const { chunk, next, takenBefore } = current;
    const rest = chunk.subarray(stream.bytesWritten - takenBefore);
    if (encoding === 'gzip') return onError(new Error('Bytes follow that are no gzip member.'));
    if (++frames > MOST_FRAMES) return onError(new Error(`More than ${MOST_FRAMES} frames.`));
    close();
    stream = open();
    write(rest, next);
  }

  function write(chunk: Uint8Array, next: () => void): void {
    const mine = { chunk, next, takenBefore: stream.bytesWritten };
    current = mine;
    stream.write(chunk, () => {
      // A stream that ended within the chunk calls back when it is closed: by then the rest is on its way.
      if (current !== mine) return;
      current = undefined;
      next();
    });
  }

  return {
    write,
    end() {
      ending = true;
      stream.end();
    },
    destroy: close,
  };
}

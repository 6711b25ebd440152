/**
 * A segment is a file of frames, one behind the other. Reading gives every frame, says where something is damaged, and goes on
 * behind it. Reading is synchronous: it is the page cache nearly always, and a window at a time.
 */
import { readSync } from 'node:fs';
import { EDGE, type Edge, type Frame, lengthOf, readEdge, readFrame, type Syncs } from './frame.ts';

export type Item =
  | { readonly kind: 'frame'; readonly at: number; readonly end: number; readonly frame: Frame }
  /** What was there and cannot be read; `edge` where it is known which numbers they were. */
  | { readonly kind: 'damaged'; readonly at: number; readonly end: number; readonly edge: Edge | undefined }
  /** A write that was cut short: never synced, never sent. */
  | { readonly kind: 'torn'; readonly at: number; readonly end: number };

const WINDOW = 64 * 1024;

interface Window {
  /** At least `length` bytes from `at` on, fewer at the end. */
  have(at: number, length: number): Buffer;
}

/** The buffers that it gives are not written again: a frame's body stays what it was. */
function windowOn(fd: number, size: number): Window {
  let start = 0;
  let bytes: Buffer = Buffer.alloc(0);
  return {
    have(at, length) {
      if (at < start || at + length > start + bytes.length) {
        const wanted = Math.max(0, Math.min(Math.max(length, WINDOW), size - at));
        const next = Buffer.allocUnsafeSlow(wanted);
        let filled = 0;
        while (filled < wanted) {
          const read = readSync(fd, next, filled, wanted - filled, at + filled);
          if (read === 0) break;
          filled += read;
        }
        [start, bytes] = [at, next.subarray(0, filled)];
      }
      return bytes.subarray(at - start, at - start + length);
    },
  };
}

/** Items from the frame at `from` on, up to `size`, which is a frame's end or the file's. */
export function* items(fd: number, syncs: Syncs, size: number, from = 0): Generator<Item> {
  const window = windowOn(fd, size);
  for (let at = from; at < size;) {
    const item = itemAt(window, syncs, size, at);
    yield item;
    if (item.kind === 'torn') return;
    at = item.end;
  }
}

function itemAt(window: Window, syncs: Syncs, size: number, at: number): Item {
  const edge = readEdge(window.have(at, EDGE), 0, syncs.header);
  if (edge === undefined) return resync(window, syncs, size, at);
  const end = at + lengthOf(edge);
  if (end > size) return { kind: 'torn', at, end: size };
  const bytes = window.have(at, end - at);
  const frame = readFrame(bytes, 0, edge);
  if (frame !== undefined) return { kind: 'frame', at, end, frame };
  const isWhole = readEdge(bytes, bytes.length - EDGE, syncs.trailer) !== undefined;
  if (!isWhole && end === size) return { kind: 'torn', at, end };
  return { kind: 'damaged', at, end, edge };
}

/** No header at `at`: the next trailer or header says where we are. */
function resync(window: Window, syncs: Syncs, size: number, at: number): Item {
  const bytes = window.have(at, size - at);
  for (let here = 1; ; here++) {
    const trailer = bytes.indexOf(syncs.trailer, here);
    const header = bytes.indexOf(syncs.header, here);
    if (trailer < 0 && header < 0) return { kind: 'torn', at, end: size };
    if (trailer >= 0 && (header < 0 || trailer < header)) {
      const edge = readEdge(bytes, trailer, syncs.trailer);
      here = trailer;
      if (edge === undefined) continue;
      const end = at + trailer + EDGE;
      const frame = trailer + EDGE === lengthOf(edge) ? readFrame(bytes, 0, edge) : undefined;
      return frame === undefined ? { kind: 'damaged', at, end, edge } : { kind: 'frame', at, end, frame };
    }
    here = header;
    if (readEdge(bytes, header, syncs.header) !== undefined)
      return { kind: 'damaged', at, end: at + header, edge: undefined };
  }
}

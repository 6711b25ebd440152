/**
 * Bytes of one connection → messages. How a sender marks where a message ends is seen from the first one (RFC 6587):
 *
 *   83 <34>1 2026-…          octet counting: the length in bytes, a space, the message (also RFC 5425, over TLS)
 *   <34>Oct 11 22:14:15 …␊   non-transparent: an LF or a NUL ends it
 *
 *         ┌── digits, space, `<` ──▶ body (count bytes) ──┐
 *   head ─┤                                               ├──▶ message ──▶ head
 *         └── anything else ───────▶ line (to LF, NUL) ───┘
 *
 * Invariants
 * - A count is a claim. Memory grows with what came, never with what was promised, and never beyond `limit` or what `budget` has left:
 *   then the message is cut and flagged, and the rest of it passes through.
 * - A count over MAX_COUNT is not believed. Where a count should stand and none does, or such a one, the text up to the next line end is
 *   a message of its own (`fault`), and the next head is looked at afresh: nothing is thrown away to get in step again.
 * - Once the first message was a line all are: a text that begins with digits is then a text.
 */
import { LIMITS } from '#contract';
import { characterEnd, messageText } from './message-text.ts';

export interface Message {
  readonly text: string;
  /** As it came, without count and line end, also what was not kept. */
  readonly bytes: number;
  readonly cut: boolean;
  readonly mended: boolean;
  /** The framing was broken here. */
  readonly fault: boolean;
}

export type TakeMessage = (message: Message) => void;

/** Bytes that all connections together may hold of messages that are not complete. */
export interface Budget {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export interface Frames {
  /** The chunk may be reused afterwards. */
  push(chunk: Buffer, take: TakeMessage): void;
  /** The connection has ended: what is held is a message, cut where its count says that more should have come. */
  flush(take: TakeMessage): void;
  /** Part of a message has come. */
  readonly isInside: boolean;
}

const LF = 10;
const NUL = 0;
const SPACE = 32;
const OPEN = 60;
/** Sixteen times what is kept of a message: what claims more is not octet counting, or lies. */
const MAX_COUNT = 16 * LIMITS.bytes;
const MAX_DIGITS = 8;
const FIRST_ROOM = 4096;

type State = 'head' | 'body' | 'line';

export function frames(budget: Budget, limit: number = LIMITS.bytes): Frames {
  const held = holder(budget, limit);
  let state: State = 'head';
  let countsOctets: boolean | undefined;
  let head = '';
  /** In a body: bytes that are still to come. */
  let left = 0;
  let fault = false;

  function end(take: TakeMessage, unfinished: boolean): void {
    const { bytes } = held;
    const message = held.end();
    state = countsOctets === false ? 'line' : 'head';
    if (bytes > 0) take({ ...message, bytes, cut: message.cut || unfinished, fault });
    fault = false;
  }

  /** Reads bytes of a head; gives the place of the first byte that belongs to the message, or of the next head's. */
  function readHead(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (head === '' && byte <= SPACE) continue;
      const digits = head.length - (head.endsWith(' ') ? 1 : 0);
      const isDigit = byte >= 48 && byte <= 57 && !(head === '' && byte === 48);
      if (isDigit && digits === head.length && digits < MAX_DIGITS) head += String.fromCharCode(byte);
      else if (byte === SPACE && head !== '' && digits === head.length) head += ' ';
      else {
        settleHead(byte === OPEN && head.endsWith(' '));
        return at;
      }
    }
    return chunk.length;
  }

  function settleHead(isCount: boolean): void {
    const count = isCount ? Number(head) : 0;
    if (isCount && count <= MAX_COUNT) {
      countsOctets = true;
      state = 'body';
      left = count;
    } else {
      // The count that is not believed is left out, so that what follows it can be read as what it is.
      if (!isCount) held.push(Buffer.from(head, 'latin1'), 0, head.length);
      fault = isCount || countsOctets === true;
      if (!fault) countsOctets = false;
      state = 'line';
    }
    head = '';
  }

  function readBody(chunk: Buffer, from: number, take: TakeMessage): number {
    const to = Math.min(chunk.length, from + left);
    held.push(chunk, from, to);
    left -= to - from;
    if (left === 0) end(take, false);
    return to;
  }

  /** Gives the place behind the line's end. */
  function readLine(chunk: Buffer, from: number, take: TakeMessage, nul: number): number {
    const newline = chunk.indexOf(LF, from);
    const stop = nul >= 0 && (newline < 0 || nul < newline) ? nul : newline;
    held.push(chunk, from, stop < 0 ? chunk.length : stop);
    if (stop < 0) return chunk.length;
    end(take, false);
    return stop + 1;
  }

  return {
    push(chunk, take) {
      let nul = chunk.indexOf(NUL);
      for (let at = 0; at < chunk.length;) {
        if (state === 'head') at = readHead(chunk, at);
        else if (state === 'body') at = readBody(chunk, at, take);
        else {
          if (nul >= 0 && nul < at) nul = chunk.indexOf(NUL, at);
          at = readLine(chunk, at, take, nul);
        }
      }
    },
    flush(take) {
      if (head !== '') settleHead(false);
      if (held.bytes > 0) end(take, state === 'body');
      held.release();
      state = 'head';
    },
    get isInside() {
      return head !== '' || held.bytes > 0;
    },
  };
}

interface Holder {
  push(chunk: Buffer, begin: number, end: number): void;
  /** What was held, and nothing is any more. */
  end(): Pick<Message, 'text' | 'cut' | 'mended'>;
  release(): void;
  /** Bytes of the message so far, also those that were not kept. */
  readonly bytes: number;
}

/** The beginning of one message. It is copied: a slice would keep the whole chunk alive, and a byte at a time a thousand of them. */
function holder(budget: Budget, limit: number): Holder {
  let room = Buffer.alloc(0);
  let kept = 0;
  let bytes = 0;
  let full = false;

  /** As much of it as the budget has. */
  function makeRoom(wanted: number): void {
    if (wanted <= room.length) return;
    let size = Math.min(limit + 1, Math.max(FIRST_ROOM, 2 ** Math.ceil(Math.log2(wanted))));
    while (size > room.length && !budget.take(size - room.length)) size >>= 1;
    full = size < wanted;
    if (size <= room.length) return;
    const larger = Buffer.allocUnsafeSlow(size);
    room.copy(larger, 0, 0, kept);
    room = larger;
  }

  function release(): void {
    budget.give(room.length);
    room = Buffer.alloc(0);
  }

  return {
    release,
    push(chunk, begin, end) {
      bytes += end - begin;
      if (full) return;
      // One byte more than is kept: it tells whether a character ends at the limit.
      const fits = Math.min(end - begin, limit + 1 - kept);
      makeRoom(kept + fits);
      const copied = Math.min(fits, room.length - kept);
      chunk.copy(room, kept, begin, begin + copied);
      kept += copied;
    },
    end() {
      const cut = bytes > Math.min(kept, limit);
      const { text, mended } = messageText(room, 0, cut ? characterEnd(room, Math.max(0, kept - 1)) : kept);
      if (room.length > FIRST_ROOM) release();
      kept = 0;
      bytes = 0;
      full = false;
      return { text, cut, mended };
    },
    get bytes() {
      return bytes;
    },
  };
}

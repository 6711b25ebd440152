/**
 * A request's body → bytes, inflated on the way, never holding more than the limits allow.
 *
 *   socket ──chunk──▶ sent ≤ sentBytes ──▶ gunzip / zstd / as it is ──chunk──▶ size ≤ inflatedBytes ──▶ collected
 *
 * - Both limits are checked chunk by chunk: a bomb is refused at the limit, not after it burst.
 * - The peak is about one limit, not two: up to LARGE bytes the chunks are gathered and copied once; past it (or when
 *   Content-Length tells the size) they go straight into one buffer, whose untouched pages cost nothing.
 * - The result owns its ArrayBuffer, so that it can be transferred to another thread.
 * - The body decides: without Content-Encoding gzip and zstd are known by their first bytes, which no JSON begins with.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError } from '#contract';
import type { Ticket } from './budget.ts';
import { type Inflater, inflater } from './inflate.ts';
import type { ApiLimits } from './limits.ts';

export type BodyLimits = Pick<ApiLimits, 'sentBytes' | 'inflatedBytes'>;
type Encoding = 'gzip' | 'zstd' | 'identity';

const LARGE = 4 * 1024 * 1024;

/** The sender left before its body was complete: nobody waits for an answer. */
export class SenderGone extends Error {
  constructor() {
    super('The sender left before its body was complete.');
    this.name = 'SenderGone';
  }
}

function declaredEncoding(header: string | undefined): Encoding | undefined {
  switch ((header ?? '').trim().toLowerCase()) {
    case '':
      return undefined;
    case 'identity':
      return 'identity';
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case 'zstd':
      return 'zstd';
    default:
      throw new CodedError('UNSUPPORTED_ENCODING', `Content-Encoding: ${header}`);
  }
}

function encodingOf(start: Uint8Array): Encoding {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  if (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) return 'zstd';
  return 'identity';
}

interface Collector {
  add(chunk: Uint8Array): void;
  finish(): Uint8Array<ArrayBuffer>;
}

/**
 * Gives an inflater's buffer back at once, after its last chunk was copied; no collector of garbage runs in time, and
 * what waits for it would be as large as the body. An inflater makes a new buffer when it has filled one, so the chunk
 * that ends a buffer is the last use of it. Not for the socket's chunks: they may share theirs.
 */
function giveBack({ buffer, byteOffset, length }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && byteOffset + length === buffer.byteLength) buffer.transfer(0);
}

/** `exact`: the size where it is known beforehand. `copied` is told of each chunk that is not needed any more. */
function collector(limit: number, exact: number | undefined, copied: (chunk: Uint8Array) => void): Collector {
  let chunks: Uint8Array[] = [];
  let whole = exact === undefined ? undefined : new Uint8Array(exact);
  let size = 0;

  function gather(target: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    let at = 0;
    for (const chunk of chunks) {
      target.set(chunk, at);
      at += chunk.length;
      copied(chunk);
    }
    chunks = [];
    return target;
  }

  return {
    add(chunk) {
      if (whole === undefined && size + chunk.length > LARGE) whole = gather(new Uint8Array(limit));
      if (whole === undefined) {
        chunks.push(chunk);
        size += chunk.length;
        return;
      }
      whole.set(chunk, size);
      size += chunk.length;
      copied(chunk);
    },
    finish() {
      if (whole === undefined) return gather(new Uint8Array(size));
      return size === whole.length ? whole : whole.subarray(0, size);
    },
  };
}

const keep = (): void => {};

const tooLarge = (limit: number, how: string): CodedError =>
  new CodedError('TOO_LARGE', `More than ${limit} bytes ${how}.`);

/** Throws TOO_LARGE, UNSUPPORTED_ENCODING, BAD_BODY (does not inflate), BUSY (from the ticket) or SenderGone. */
export function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  ticket: Ticket,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = request.headers['content-length'];
  const length = header === undefined ? undefined : Number(header);
  if (length !== undefined && length > limits.sentBytes) throw tooLarge(limits.sentBytes, 'as sent');
  const declared = declaredEncoding(request.headers['content-encoding']);

  return new Promise((resolve, reject) => {
    let sent = 0;
    let size = 0;
    let sink: Collector | undefined;
    let inflate: Inflater | undefined;

    const settle = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      inflate?.destroy();
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error);
    };
    const finish = (): void => {
      settle();
      resolve(sink?.finish() ?? new Uint8Array(0));
    };
    const accept = (chunk: Uint8Array): void => {
      size += chunk.length;
      if (size > limits.inflatedBytes) return fail(tooLarge(limits.inflatedBytes, 'after inflating'));
      try {
        ticket.grow(chunk.length);
        sink?.add(chunk);
      } catch (error) {
        fail(error);
      }
    };
    const begin = (start: Buffer): void => {
      const encoding = declared ?? encodingOf(start);
      if (encoding === 'identity') {
        const exact = length !== undefined && length <= limits.inflatedBytes ? length : undefined;
        sink = collector(limits.inflatedBytes, exact, keep);
        return;
      }
      sink = collector(limits.inflatedBytes, undefined, giveBack);
      inflate = inflater(encoding, {
        onData: accept,
        onEnd: finish,
        onError: (cause) => fail(new CodedError('BAD_BODY', `It does not inflate as ${encoding}.`, { cause })),
      });
    };
    const onData = (chunk: Buffer): void => {
      sent += chunk.length;
      if (sent > limits.sentBytes) return fail(tooLarge(limits.sentBytes, 'as sent'));
      if (sink === undefined) begin(chunk);
      if (inflate === undefined) return accept(chunk);
      // While it is paused the request does not end either.
      request.pause();
      inflate.write(chunk, () => request.resume());
    };
    const onEnd = (): void => {
      request.off('close', onGone).off('error', onGone);
      if (inflate === undefined) finish();
      else inflate.end();
    };
    const onGone = (): void => fail(new SenderGone());
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

const invited = new WeakSet<IncomingMessage>();

/** Answers `Expect: 100-continue` now that the sender is known to be welcome. */
export function invite(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.expect === undefined) return;
  invited.add(request);
  response.writeContinue();
}

/**
 * After a refusal. A sender that waits for an invitation sends nothing: the connection may be closed. Any other is read on,
 * into nothing, because one that is cut off in the middle of its body sees a broken connection instead of the reason; but
 * not for longer than `ms`. Returns whether the connection should be closed.
 */
export function letGo(request: IncomingMessage, ms: number): boolean {
  if (request.headers.expect !== undefined && !invited.has(request)) return true;
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (!hasBody || request.complete || request.readableEnded || request.destroyed) return false;
  const timer = setTimeout(() => request.destroy(), ms);
  const done = (): void => clearTimeout(timer);
  request.once('end', done).once('close', done).on('error', done);
  request.resume();
  return false;
}

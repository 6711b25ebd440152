/**
 * A reply of lines (NDJSON), as they come. The first line is waited for before anything is sent, so what cannot begin is refused like any
 * other request; what fails later says so in a line of its own, since the status has left by then. A reader that is slow makes the
 * writer wait; one that leaves ends it, and so does one that reads nothing for long: it may be a laptop that sleeps, and what makes the
 * lines is wanted by others.
 */
import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import { CodedError } from '#contract';
import { problemOf } from './problem.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const HEADERS = {
  ...SECURITY_HEADERS,
  'content-type': 'application/x-ndjson; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would otherwise gather the lines until its buffer is full.
  'x-accel-buffering': 'no',
};

const CLOSING = new CodedError('BUSY', 'The server is closing.');

/** `gone` ends with the sender; `closing` with the server; `stall`: ms in which nothing is read. `onFault` is told of faults that are our own. */
export async function sendLines(
  reply: FastifyReply,
  lines: AsyncIterable<unknown>,
  { gone, closing, stall }: { readonly gone: AbortSignal; readonly closing: AbortSignal; readonly stall: number },
  onFault: (fault: unknown) => void,
): Promise<void> {
  const reading = lines[Symbol.asyncIterator]();
  const first = await reading.next().catch((error: unknown) => {
    throw closing.aborted ? CLOSING : error;
  });
  reply.hijack();
  const { raw } = reply;
  raw.on('error', () => undefined).writeHead(200, HEADERS);
  try {
    for (let line = first; line.done !== true; line = await reading.next()) {
      if (gone.aborted) break;
      closing.throwIfAborted();
      if (raw.write(`${JSON.stringify(line.value)}\n`)) continue;
      const stalled = setTimeout(() => raw.destroy(), stall);
      await once(raw, 'drain', { signal: gone }).finally(() => clearTimeout(stalled));
    }
  } catch (error) {
    if (gone.aborted) return;
    raw.write(`${JSON.stringify(failure(error, closing, onFault))}\n`);
  } finally {
    await reading.return?.();
    raw.end();
  }
}

function failure(error: unknown, closing: AbortSignal, onFault: (fault: unknown) => void): object {
  if (!closing.aborted && !(error instanceof CodedError)) onFault(error);
  const coded = closing.aborted ? CLOSING : error instanceof CodedError ? error : new CodedError('INTERNAL', '');
  const { title, detail, code, next } = problemOf(coded);
  return { kind: 'failed', title, detail, code, next };
}

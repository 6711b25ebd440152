/** Requests that never became one: not HTTP, headers too long, too slow. The reason, a moment to read it, and the end. */
import type { Socket } from 'node:net';
import { CodedError } from '#contract';
import type { Counters } from '#lib/counters';
import { problemOf } from './problem.ts';

export function answerUnparsed(
  counters: Counters,
  lingerMs: number,
): (error: Error & { code?: string }, socket: Socket) => void {
  const statuses: Readonly<Record<string, string>> = {
    ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
    HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  };
  const answered = new WeakSet<Socket>();
  return (error, socket) => {
    // What comes after the fault is no request either: one answer is enough.
    if (socket.destroyed || answered.has(socket)) return;
    answered.add(socket);
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = statuses[error.code ?? ''] ?? '400 Bad Request';
    counters.add('http_unparsed', status);
    const problem = {
      ...problemOf(new CodedError('BAD_REQUEST', status.slice(4))),
      status: Number(status.slice(0, 3)),
    };
    const body = JSON.stringify(problem);
    const head = `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
    socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`);
    socket.resume();
    const cut = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(cut));
  };
}

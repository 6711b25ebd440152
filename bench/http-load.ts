/**
 * A lean keep-alive POST client over plain sockets: the generator shares two cores with the server, so it must cost little.
 * One request at a time per connection, as an agent would. Reads status and Content-Length; nothing else of HTTP.
 */
import { connect, type Socket } from 'node:net';

export interface LoadResult {
  readonly requests: number;
  readonly refused: number;
  /** Wall time, ms. */
  readonly elapsed: number;
  /** Round trips, ms, sorted. */
  readonly times: readonly number[];
}

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly clients: number;
  readonly requests: number;
  readonly body: (i: number) => Buffer;
}

export async function post(load: Load): Promise<LoadResult> {
  const times: number[] = [];
  let refused = 0;
  let sent = 0;
  const started = performance.now();
  async function client(): Promise<void> {
    const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true });
    const reply = replies(socket);
    try {
      while (sent < load.requests) {
        const body = load.body(sent++);
        const at = performance.now();
        socket.write(
          `POST ${load.path} HTTP/1.1\r\nHost: localhost:${load.port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
        );
        socket.write(body);
        if ((await reply()) !== 201) refused++;
        times.push(performance.now() - at);
      }
    } finally {
      socket.destroy();
    }
  }
  await Promise.all(Array.from({ length: load.clients }, client));
  return {
    requests: load.requests,
    refused,
    elapsed: performance.now() - started,
    times: times.toSorted((a, b) => a - b),
  };
}

/** A function that resolves with the status of the next reply on the socket. */
function replies(socket: Socket): () => Promise<number> {
  let buffer = '';
  let waiting: PromiseWithResolvers<number> | undefined;
  const look = (): void => {
    const head = buffer.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(buffer.slice(0, head))?.[1] ?? 0);
    if (buffer.length < head + 4 + length) return;
    const status = Number(buffer.slice(9, 12));
    buffer = buffer.slice(head + 4 + length);
    waiting?.resolve(status);
  };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    buffer += chunk;
    look();
  });
  const fail = (error?: Error): void => waiting?.reject(error ?? new Error('the server closed the connection'));
  socket.on('error', fail);
  socket.on('close', () => fail());
  return () => {
    waiting = Promise.withResolvers<number>();
    return waiting.promise;
  };
}

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

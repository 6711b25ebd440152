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
    let line = open(load.port);
    try {
      while (sent < load.requests) {
        const body = load.body(sent++);
        const at = performance.now();
        if (line.closing()) line = open(load.port);
        line.socket.write(
          `POST ${load.path} HTTP/1.1\r\nHost: localhost:${load.port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
        );
        line.socket.write(body);
        if ((await line.reply()) !== 201) refused++;
        times.push(performance.now() - at);
      }
    } finally {
      line.socket.destroy();
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

interface Line {
  readonly socket: Socket;
  /** Resolves with the status of the next reply. */
  reply(): Promise<number>;
  /** The server said that it closes the connection after this reply. */
  closing(): boolean;
}

function open(port: number): Line {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let buffer = '';
  let waiting: PromiseWithResolvers<number> | undefined;
  let closing = false;
  const look = (): void => {
    const end = buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = buffer.slice(0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (buffer.length < end + 4 + length) return;
    closing = /connection: close/i.test(head);
    buffer = buffer.slice(end + 4 + length);
    if (closing) socket.destroy();
    waiting?.resolve(Number(head.slice(9, 12)));
  };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    buffer += chunk;
    look();
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection')));
  return {
    socket,
    closing: () => closing,
    reply() {
      waiting = Promise.withResolvers<number>();
      return waiting.promise;
    },
  };
}

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

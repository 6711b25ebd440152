/** A plain HTTP client for tests: chunks as they are given, and a reader of server-sent events. */
import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** One chunk of the transfer each. */
  readonly chunks?: Iterable<Uint8Array>;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const start = (port: number, { method = 'GET', path, headers = {} }: Sent): ClientRequest =>
  httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });

export async function exchange(port: number, sent: Sent): Promise<Received> {
  const request = start(port, sent);
  let response: IncomingMessage | undefined;
  const { promise: replied, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once('response', (incoming) => resolve((response = incoming)));
  // A refusal may come, and the connection end, while we still send: then the reply counts.
  request.on('error', reject);
  for (const chunk of sent.chunks ?? []) {
    if (response !== undefined) break;
    if (!request.write(chunk)) await Promise.race([once(request, 'drain'), replied]);
  }
  request.end();
  let body = '';
  for await (const chunk of (await replied).setEncoding('utf8')) body += String(chunk);
  return { status: response?.statusCode ?? 0, headers: response?.headers ?? {}, body };
}

export const post = (port: number, headers: Record<string, string>, ...chunks: Uint8Array[]): Promise<Received> =>
  exchange(port, { method: 'POST', path: '/api/logs', headers, chunks });

export interface StreamFrame {
  readonly id: number | undefined;
  readonly event: string | undefined;
  readonly data: unknown;
}

export interface OpenStream {
  /** The next message; undefined once the server has ended the stream. Comments are skipped. */
  next(): Promise<StreamFrame | undefined>;
  close(): void;
  readonly response: IncomingMessage;
}

function frameOf(block: string): StreamFrame | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name, value] = /^([a-z]+): (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  const id = fields.get('id');
  const data = fields.get('data');
  if (fields.size === 0) return undefined;
  return {
    id: id === undefined ? undefined : Number(id),
    event: fields.get('event'),
    data: data === undefined ? undefined : JSON.parse(data),
  };
}

async function* framesOf(response: IncomingMessage): AsyncGenerator<StreamFrame> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk);
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const frame = frameOf(block);
      if (frame !== undefined) yield frame;
    }
  }
}

export async function openStream(
  port: number,
  path = '/api/stream',
  headers: Record<string, string> = {},
): Promise<OpenStream> {
  const request = start(port, { path, headers });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  request.on('error', () => {});
  response.on('error', () => {});
  const frames = framesOf(response);
  return {
    response,
    async next() {
      const { value, done } = await frames.next();
      return done === true ? undefined : value;
    },
    close: () => request.destroy(),
  };
}

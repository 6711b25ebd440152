/**
 * Calls between threads: one side serves named methods, the other calls them; arguments and results are structured clones,
 * byte arrays may be transferred. Coded errors arrive as coded errors. A caller's abort reaches the callee's signal.
 */
import { CodedError, type ErrorCode } from '#contract';

/** What MessagePort and Worker have in common. */
export interface Port {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

interface CallMessage {
  readonly kind: 'call';
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}
interface AbortMessage {
  readonly kind: 'abort';
  readonly id: number;
}
interface ReplyMessage {
  readonly kind: 'reply';
  readonly id: number;
  readonly value?: unknown;
  readonly error?: FlatError;
}
/** Said without being asked. */
interface NewsMessage {
  readonly kind: 'news';
  readonly value: unknown;
}
interface FlatError {
  readonly code?: ErrorCode;
  readonly detail: string;
  readonly stack: string;
}

/** A result whose bytes are moved instead of copied. */
export class Transferred {
  readonly value: unknown;
  readonly buffers: readonly ArrayBuffer[];
  constructor(value: unknown, buffers: readonly ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

export type Methods = Readonly<Record<string, (args: readonly unknown[], signal: AbortSignal) => unknown>>;

function flatten(error: unknown): FlatError {
  if (error instanceof CodedError) return { code: error.code, detail: error.detail, stack: error.stack ?? '' };
  if (error instanceof Error) return { detail: error.message, stack: error.stack ?? '' };
  return { detail: String(error), stack: '' };
}

function restore(flat: FlatError): Error {
  const error = flat.code === undefined ? new Error(flat.detail) : new CodedError(flat.code, flat.detail);
  error.stack = flat.stack;
  return error;
}

export function serve(port: Port, methods: Methods): void {
  const running = new Map<number, AbortController>();
  async function answer(call: CallMessage): Promise<void> {
    const controller = new AbortController();
    running.set(call.id, controller);
    try {
      const method = methods[call.method];
      if (method === undefined) throw new Error(`No method ${call.method}.`);
      const result = await method(call.args, controller.signal);
      if (result instanceof Transferred) {
        port.postMessage({ kind: 'reply', id: call.id, value: result.value } satisfies ReplyMessage, result.buffers);
      } else port.postMessage({ kind: 'reply', id: call.id, value: result } satisfies ReplyMessage);
    } catch (error) {
      port.postMessage({ kind: 'reply', id: call.id, error: flatten(error) } satisfies ReplyMessage);
    } finally {
      running.delete(call.id);
    }
  }
  port.on('message', (message) => {
    const received = message as CallMessage | AbortMessage;
    if (received.kind === 'call') void answer(received);
    else running.get(received.id)?.abort();
  });
}

export const tell = (port: Port, value: unknown): void =>
  port.postMessage({ kind: 'news', value } satisfies NewsMessage);

export interface Remote {
  call<T>(method: string, args: readonly unknown[], options?: CallOptions): Promise<T>;
  /** Every call that waits, and every later one, is refused with this error: the other side is gone. */
  fail(error: Error): void;
}

interface CallOptions {
  readonly transfer?: readonly ArrayBuffer[];
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** `onNews`: what the other side says without being asked. */
export function remote(port: Port, onNews: (value: unknown) => void = () => undefined): Remote {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let broken: Error | undefined;
  port.on('message', (message) => {
    const reply = message as ReplyMessage | NewsMessage;
    if (reply.kind === 'news') return onNews(reply.value);
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error === undefined) caller?.resolve(reply.value as never);
    else caller?.reject(restore(reply.error));
  });
  return {
    call(method, args, options = {}) {
      if (broken !== undefined) return Promise.reject(broken);
      options.signal?.throwIfAborted();
      const id = ++lastId;
      const abort = (): void => port.postMessage({ kind: 'abort', id } satisfies AbortMessage);
      options.signal?.addEventListener('abort', abort, { once: true });
      return new Promise<never>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        port.postMessage({ kind: 'call', id, method, args } satisfies CallMessage, options.transfer);
      }).finally(() => options.signal?.removeEventListener('abort', abort));
    },
    fail(error) {
      broken = error;
      for (const caller of waiting.values()) caller.reject(error);
      waiting.clear();
    },
  };
}

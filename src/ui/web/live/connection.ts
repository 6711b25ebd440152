/**
 * One connection to the live stream, opened again for as long as it is wanted.
 *
 * EventSource would reconnect by itself, but gives up on some errors and tells nothing of when; so each one lives until
 * its first error and the next one comes after a backoff with jitter (a server that restarts is not met by every tab at once).
 */
import type { StreamMessage } from '#contract';
import { backoffDelay } from '#lib/backoff';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

export type Signal =
  | { readonly type: 'state'; readonly state: LiveState }
  | { readonly type: 'message'; readonly message: StreamMessage };

export interface Connection {
  /** Drop what there is and try at once: the network came back, or the stream went silent. */
  retry(): void;
  close(): void;
}

const BACKOFF = { base: 500, cap: 10_000, least: 200 };
const EVENTS = ['hello', 'alert', 'event', 'snapshot', 'agent'] as const;

export function connect(url: string, emit: (signal: Signal) => void): Connection {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;

  const stop = (): void => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const again = (delay: number): void => {
    stop();
    emit({ type: 'state', state: 'reconnecting' });
    timer = setTimeout(open, delay);
  };
  const receive = (event: (typeof EVENTS)[number], raw: MessageEvent<string>): void => {
    const message = decode(event, raw);
    if (message === undefined) return;
    if (event === 'hello') {
      attempt = 0;
      emit({ type: 'state', state: 'live' });
    }
    emit({ type: 'message', message });
  };
  function open(): void {
    const opened = new EventSource(url);
    source = opened;
    for (const event of EVENTS) opened.addEventListener(event, (raw: MessageEvent<string>) => receive(event, raw));
    opened.addEventListener('error', () => {
      if (source === opened) again(BACKOFF.least + backoffDelay(attempt++, BACKOFF.base, BACKOFF.cap, Math.random));
    });
  }

  emit({ type: 'state', state: 'connecting' });
  open();
  return { retry: () => again(0), close: stop };
}

/** The server is ours and of the same version as the page; only the envelope is checked. */
function decode(event: (typeof EVENTS)[number], raw: MessageEvent<string>): StreamMessage | undefined {
  const id = Number(raw.lastEventId);
  try {
    const data: unknown = JSON.parse(raw.data);
    if (typeof data !== 'object' || data === null || !Number.isFinite(id)) return undefined;
    return { event, id, data } as StreamMessage;
  } catch {
    return undefined;
  }
}

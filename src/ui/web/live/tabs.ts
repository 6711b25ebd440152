/**
 * One connection for all tabs of a browser: a browser opens six connections to a host and no more, and a stream a tab
 * would use them up.
 *
 *   tab with the lock ── EventSource ──> server
 *        │ BroadcastChannel: signals
 *        ├──> other tab        Every tab waits for the lock. When its holder closes, the next one gets it, opens
 *        └──> other tab        the stream and learns from `hello` whether anything was missed in between.
 *
 * A tab that joins asks, and the holder repeats its state and its last `hello` with the number it has reached by now.
 * Where locks are missing (plain http on a LAN name is no secure context) each tab has its own connection.
 */
import type { StreamMessage } from '#contract';
import { connect, type Connection, type LiveState, type Signal } from './connection.ts';

const NAME = 'porchlight.stream';

type Post =
  | { readonly kind: 'signal'; readonly signal: Signal }
  | { readonly kind: 'ask' }
  | { readonly kind: 'retry' };

export function connectTabs(url: string, emit: (signal: Signal) => void): Connection {
  if (typeof BroadcastChannel === 'undefined' || navigator.locks === undefined) return connect(url, emit);
  const channel = new BroadcastChannel(NAME);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows; a channel is of one origin
  const post = (message: Post): void => channel.postMessage(message);
  const stopWaiting = new AbortController();
  let own: Connection | undefined;
  let state: LiveState = 'connecting';
  let hello: (StreamMessage & { event: 'hello' }) | undefined;

  const lead = (signal: Signal): void => {
    if (signal.type === 'state') state = signal.state;
    else hello = signal.message.event === 'hello' ? signal.message : hello && { ...hello, id: signal.message.id };
    post({ kind: 'signal', signal });
    emit(signal);
  };
  const answer = (): void => {
    post({ kind: 'signal', signal: { type: 'state', state } });
    if (state === 'live' && hello !== undefined) post({ kind: 'signal', signal: { type: 'message', message: hello } });
  };

  channel.addEventListener('message', ({ data }: MessageEvent<Post>) => {
    if (data.kind === 'signal') {
      if (own === undefined) emit(data.signal);
    } else if (own !== undefined) {
      if (data.kind === 'ask') answer();
      else own.retry();
    }
  });

  let release = (): void => {};
  navigator.locks
    .request(NAME, { signal: stopWaiting.signal }, () => {
      own = connect(url, lead);
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    })
    .catch(() => {
      // Aborted by close(): this tab no longer waits for its turn.
    });
  post({ kind: 'ask' });

  return {
    retry: () => (own === undefined ? post({ kind: 'retry' }) : own.retry()),
    close: () => {
      stopWaiting.abort();
      own?.close();
      release();
      channel.close();
    },
  };
}

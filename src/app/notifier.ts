/** Drains the outbox: what was committed with an alert reaches a person, however often it takes. Never stalls intake. */
import type { Config } from '#contract';
import { backoffDelay, sleep } from '#lib/backoff';
import type { Counters } from '#lib/counters';
import { NotTaken, type Notifier, notifiers } from '#notify';
import type { QueuedNotification, Store } from '#store';

export interface DeliverOptions {
  readonly config: Config['notify'];
  readonly store: Store;
  readonly counters: Counters;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

const LOOK_EVERY = 1000;
const AT_A_TIME = 20;
const RETRY = { base: 5_000, cap: 15 * 60_000 } as const;

export const channelsOf = (config: Config['notify']): string[] => notifiers(config).map((notifier) => notifier.channel);

/** Starts the loop; the returned function resolves when it has ended after the signal. */
export function deliver(options: DeliverOptions): () => Promise<void> {
  const channels = new Map(notifiers(options.config).map((notifier) => [notifier.channel, notifier]));
  const ended = channels.size === 0 ? Promise.resolve() : loop(options, channels);
  return () => ended;
}

async function loop(options: DeliverOptions, channels: ReadonlyMap<string, Notifier>): Promise<void> {
  const { store, counters, now, signal } = options;
  while (!signal.aborted) {
    const due = await store.outbox(now(), AT_A_TIME).catch(() => {
      counters.add('notifications', 'store_failed');
      return [];
    });
    for (const entry of due) {
      if (signal.aborted) return;
      await attempt(entry, channels.get(entry.channel), options);
    }
    if (due.length < AT_A_TIME) await sleep(LOOK_EVERY, signal).catch(() => undefined);
  }
}

async function attempt(
  entry: QueuedNotification,
  notifier: Notifier | undefined,
  options: DeliverOptions,
): Promise<void> {
  const { store, counters, now, signal } = options;
  try {
    if (notifier === undefined) throw new NotTaken(`the channel ${entry.channel} is switched off`);
    await notifier.send(entry, signal);
    await store.delivered(entry.id);
    counters.add('notifications', 'delivered');
  } catch (error) {
    if (signal.aborted) return;
    counters.add('notifications', 'postponed');
    const wait = error instanceof NotTaken ? error.retryAfter : undefined;
    const delay = wait ?? backoffDelay(entry.attempts, RETRY.base, RETRY.cap, Math.random) + RETRY.base;
    await store
      .postponed(entry.id, now() + delay, (error as Error).message)
      .catch(() => counters.add('notifications', 'store_failed'));
  }
}

/**
 * Drains the outbox: what was committed with an alert reaches a person, however often it takes. Never stalls intake.
 *
 * Each channel has a lane of its own: its messages go out one after the other, oldest first, and the first that is not taken holds
 * up those behind it and nobody else. A lane waits with jittered backoff, which outlives a restart because it is kept with the
 * message, or as long as the provider asked. What nobody took for days is given up and counted.
 *
 * Quiet messages (what ended) are no hurry: those that come within half a minute go out as one, so closing forty alerts is not forty
 * messages. A loud one takes those before it along at once.
 *
 * A digest carries the head of the ledger, and so does the first quiet message of a day: kept where no one who can write our folder can
 * write, it proves later that nothing before it was changed. A loud message never waits for it, nor is made longer by it.
 *
 * How a channel stands is a row of the source board, `notify:CHANNEL`: page, health and metrics show a dead one.
 *
 * A message is sent twice only when we die between the provider's word and our note of it.
 */
import { type Config, isoTime } from '#contract';
import { backoffDelay, sleep } from '#lib/backoff';
import type { Counters } from '#lib/counters';
import { type Message, NotTaken, type Notifier, notifiers } from '#notify';
import { type Head, headLine, type QueuedNotification, type Store } from '#store';
import type { SourceBoard } from './source-board.ts';

export interface DeliverOptions {
  readonly config: Config['notify'];
  readonly store: Pick<Store, 'outbox' | 'delivered' | 'postponed'>;
  readonly board: Pick<SourceBoard, 'set' | 'heard'>;
  readonly counters: Counters;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Of the ledger; undefined while nothing was sealed. */
  readonly head?: () => Head | undefined;
  /** ms. */
  readonly pace?: Pace;
}

export interface Pace {
  /** Between two looks at the queue. */
  readonly look: number;
  /** How long a quiet message waits for others. */
  readonly quiet: number;
  readonly base: number;
  readonly cap: number;
  /** Between two looks for messages of channels that are switched off. */
  readonly sweep: number;
}

const PACE: Pace = { look: 1000, quiet: 30_000, base: 5_000, cap: 15 * 60_000, sweep: 3_600_000 };
const AT_A_TIME = 20;
const SHOWN_WAITING = 100;
const DAY = 86_400_000;
/** The longest wait that a provider may ask for, ms. */
const MAX_ASKED = DAY;
const ALWAYS = Number.MAX_SAFE_INTEGER;

export const channelsOf = (config: Config['notify']): string[] => notifiers(config).map((notifier) => notifier.channel);

/** Starts the lanes; the returned function resolves when they have ended after the signal. */
export function deliver(options: DeliverOptions): () => Promise<void> {
  const active = notifiers(options.config);
  const lanes = active.map((notifier) => lane(notifier, options));
  const ended = Promise.all([...lanes, sweep(new Set(active.map(({ channel }) => channel)), options)]);
  return async () => void (await ended);
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, signal).catch(() => undefined);

async function queue(options: DeliverOptions, limit: number, channel?: string): Promise<readonly QueuedNotification[]> {
  try {
    return await options.store.outbox(ALWAYS, limit, channel);
  } catch {
    options.counters.add('notifications', 'store_failed');
    return [];
  }
}

async function lane(notifier: Notifier, options: DeliverOptions): Promise<void> {
  const { board, now, signal, pace = PACE } = options;
  const { channel } = notifier;
  board.set(`notify:${channel}`, 'following', 'ready; nothing was sent yet');
  const [first] = await queue(options, 1, channel);
  if (first !== undefined && first.attempts > 0) board.set(`notify:${channel}`, 'failed', first.reason);
  /** Taken by the provider, but the store could not note it yet: only that is tried again. */
  const sent = new Set<number>();
  const heads = headsFor(options);
  while (!signal.aborted) {
    let waiting = await queue(options, AT_A_TIME, channel);
    const more = waiting.length === AT_A_TIME;
    while (waiting.length > 0) {
      const group = nextGroup(waiting, now(), pace.quiet);
      if (group.length === 0 || !(await attempt(group, notifier, { sent, heads }, options))) break;
      waiting = waiting.slice(group.length);
    }
    if (!more || waiting.length > 0) await pause(pace.look, signal);
  }
}

/** What goes out next as one message: a loud one alone, quiet ones that stand in a row together; nothing while it is too early. */
function nextGroup(waiting: readonly QueuedNotification[], now: number, quiet: number): readonly QueuedNotification[] {
  const [head] = waiting;
  if (head === undefined || head.nextAttempt > now) return [];
  if (!isQuiet(head)) return [head];
  const end = waiting.findIndex((entry) => !isQuiet(entry));
  if (end >= 0) return waiting.slice(0, end);
  return waiting.length === AT_A_TIME || now - head.queued >= quiet ? waiting : [];
}

const isQuiet = ({ level }: QueuedNotification): boolean => level === 'informational';

/** True when the group left the queue, so that the next one may go. The first of a group that is not taken holds the place of all. */
async function attempt(
  group: readonly QueuedNotification[],
  notifier: Notifier,
  { sent, heads }: { readonly sent: Set<number>; readonly heads: Heads },
  options: DeliverOptions,
): Promise<boolean> {
  const { store, board, counters, now, signal } = options;
  const { channel } = notifier;
  const fresh = group.filter(({ id }) => !sent.has(id));
  const [first] = fresh;
  try {
    if (first !== undefined) {
      const head = heads.due(fresh);
      const remark = await notifier.send(messageOf(first, fresh, head), signal);
      if (head !== '') heads.told();
      for (const { id } of fresh) sent.add(id);
      counters.add('notifications', `${channel}_delivered`, fresh.length);
      board.heard(`notify:${channel}`, fresh.length, now());
      board.set(`notify:${channel}`, 'following', remark ?? 'the last message was taken');
    }
    for (const { id } of group) {
      await store.delivered(id);
      sent.delete(id);
    }
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    if (first === undefined || sent.has(first.id)) counters.add('notifications', 'store_failed');
    else await postpone(first, error, notifier, options);
    return false;
  }
}

interface Heads {
  /** The line that goes along with these messages; '' for none. */
  due(group: readonly QueuedNotification[]): string;
  told(): void;
}

/** Of one channel. After a restart the first quiet message carries the head again: it may not have been told. */
function headsFor({ head, now }: DeliverOptions): Heads {
  let last = -Infinity;
  return {
    due(group) {
      const known = head?.();
      const isDigest = group.length > 1;
      if (known === undefined || !group.every(isQuiet) || (!isDigest && now() - last < DAY)) return '';
      return headLine(known, isoTime(now())).trimEnd();
    },
    told() {
      last = now();
    },
  };
}

/** Bytes of a digest: no channel cuts off what stands behind it. */
const DIGEST = 2500;

/** `queued` keeps keys apart when a data folder begins anew and counts from 1 again. */
function messageOf(
  { id, queued, title, text, level }: QueuedNotification,
  group: readonly QueuedNotification[],
  head: string,
): Message {
  const key = `${queued.toString(36)}-${id}`;
  const along = head === '' ? '' : `\n\nHead of the ledger, to be kept:\n${head}`;
  if (group.length === 1) return { key, title, text: `${text}${along}`, level };
  const lines = group.map((entry) => `${entry.title}: ${entry.text.split('\n')[0] ?? ''}`);
  return { key, title: `${group.length} quiet messages`, text: `${digestOf(lines)}${along}`, level };
}

function digestOf(lines: readonly string[]): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > DIGEST && kept.length > 0) return [...kept, `and ${lines.length - kept.length} more`].join('\n');
    kept.push(line);
  }
  return kept.join('\n');
}

async function postpone(
  entry: QueuedNotification,
  error: unknown,
  { channel }: Notifier,
  options: DeliverOptions,
): Promise<void> {
  const { store, board, counters, now } = options;
  const id = `notify:${channel}`;
  counters.add('notifications', `${channel}_postponed`);
  const lost = await giveUp(await queue(options, SHOWN_WAITING, channel), options);
  const asked = error instanceof NotTaken ? error.retryAfter : undefined;
  const delay = delayOf(entry, error, options);
  const reason = error instanceof Error ? error.message : String(error);
  if (!lost.has(entry.id)) {
    await store.postponed(entry.id, now() + delay, reason).catch(() => counters.add('notifications', 'store_failed'));
  }
  const left = (await queue(options, SHOWN_WAITING, channel)).length;
  const count = `${left}${left === SHOWN_WAITING ? ' or more' : ''} wait`;
  if (asked !== undefined) board.set(id, 'following', `it asks us to wait ${Math.ceil(delay / 1000)} s; ${count}`);
  else board.set(id, 'failed', `${reason}. ${count}; next try in about ${spoken(delay)}.`);
}

function delayOf(entry: QueuedNotification, error: unknown, { pace = PACE }: DeliverOptions): number {
  const { retryAfter, dead } = error instanceof NotTaken ? error : { retryAfter: undefined, dead: false };
  if (retryAfter !== undefined) return Math.min(retryAfter, MAX_ASKED) + Math.random() * pace.base;
  if (dead) return pace.cap / 2 + (Math.random() * pace.cap) / 2;
  return pace.base + backoffDelay(entry.attempts, pace.base, pace.cap, Math.random);
}

const spoken = (ms: number): string => (ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);

/** Removes what is too old; the ids of what went. A message without a time is from an older version and stays. */
async function giveUp(entries: readonly QueuedNotification[], options: DeliverOptions): Promise<ReadonlySet<number>> {
  const { config, store, counters, now } = options;
  const lost = new Set<number>();
  for (const { id, queued, channel } of entries) {
    if (queued === 0 || now() - queued < config.give_up_days * DAY) continue;
    try {
      await store.delivered(id);
      counters.add('notifications_dropped', `${channel}_given_up`);
      lost.add(id);
    } catch {
      counters.add('notifications', 'store_failed');
    }
  }
  return lost;
}

/** Messages of channels that were switched off wait for them to come back, and are given up like all others. */
async function sweep(active: ReadonlySet<string>, options: DeliverOptions): Promise<void> {
  const { board, signal, pace = PACE } = options;
  const off = new Set<string>();
  while (!signal.aborted) {
    const idle = (await queue(options, 1000)).filter(({ channel }) => !active.has(channel));
    const lost = await giveUp(idle, options);
    const left = idle.filter(({ id }) => !lost.has(id));
    for (const { channel } of left) off.add(channel);
    for (const channel of off) {
      const count = left.filter((entry) => entry.channel === channel).length;
      board.set(`notify:${channel}`, 'off', `switched off; ${count} wait for it to come back`);
    }
    await pause(pace.sweep, signal);
  }
}

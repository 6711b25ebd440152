/**
 * One message until there is an answer to it: over one address after another, with a wait in between that grows and is never quite the
 * same, and another key where the key was refused.
 *
 * A message may go out once while the one before it has no answer yet. Of that attempt only 'taken' counts: whatever else came of it, it
 * goes again in its turn, under the key that there is then.
 */
import { backoffDelay, sleep } from '#lib/backoff';
import type { Batch } from './batcher.ts';
import type { Link } from './link.ts';
import type { Message, Protocol, Verdict } from './protocol.ts';

export interface Standing {
  readonly state: 'starting' | 'connected' | 'retrying' | 'waiting' | 'key_refused';
  readonly url: string;
  /** ms since the epoch. */
  readonly lastSuccess: number | undefined;
  readonly lastError: string | undefined;
}

export interface Packed {
  readonly batch: Batch;
  readonly message: Message;
  readonly records: number;
}

/** What ends a delivery. */
export type Answer = Exclude<Verdict, { kind: 'again' | 'key_refused' }>;

/** What came of an attempt ahead of its turn: undefined where that is not for good. It never rejects. */
export type Ahead = Promise<(Answer & { kind: 'taken' }) | undefined>;

export interface DeliveryOptions {
  readonly protocol: Protocol;
  /** Where the server may be, tried in turn. */
  readonly links: readonly Link[];
  readonly attempts: number;
  /** ms. */
  readonly delay: number;
  /** ms between attempts once `attempts` have failed. */
  readonly longDelay: number;
  readonly now: () => number;
  readonly onStanding: (standing: Standing) => void;
  /** Called before another attempt after the key was refused: there may be a new one. */
  readonly freshKey: () => void;
}

export interface Delivery {
  /** Sends until there is an answer. `repack`: the same again, under the key that there is then. `ahead`: it went out already. */
  deliver(first: Packed, repack: () => Promise<Packed>, ahead?: Ahead): Promise<Answer>;
  /** One attempt, while the message before is on its way. undefined: not now, the last such attempt was in vain. */
  ahead(packed: Packed): Ahead | undefined;
  stand(change: Partial<Standing>): void;
  /** The address that is used now. */
  readonly link: Link | undefined;
  /** When something was last sent, and when there was an answer, ms by the clock that nobody sets. */
  readonly lastSend: number;
  readonly lastHeard: number;
}

const LONGEST_DELAY = 30_000;
/** Messages that go one by one after an attempt ahead was in vain: the server is in trouble, or takes no two at a time. */
const ONE_BY_ONE = 8;

export function createDelivery(options: DeliveryOptions, signal: AbortSignal): Delivery {
  const { protocol, links, longDelay, now } = options;
  let lastSend = -Infinity;
  let lastHeard = -Infinity;
  let turn = 0;
  /** Messages that are still to be answered before one goes ahead. */
  let cautious = 0;
  let standing: Standing = {
    state: 'starting',
    url: links[0]?.url.href ?? '',
    lastSuccess: undefined,
    lastError: undefined,
  };

  const linkNow = (): Link | undefined => links[turn % links.length];

  function stand(change: Partial<Standing>): void {
    standing = { ...standing, ...change };
    options.onStanding(standing);
  }

  function heard(verdict: Answer): Answer {
    lastHeard = performance.now();
    stand({ state: 'connected', lastSuccess: now() });
    return verdict;
  }

  async function deliver(first: Packed, repack: () => Promise<Packed>, went?: Ahead): Promise<Answer> {
    const early = await went;
    if (early !== undefined) return heard(early);
    cautious = went === undefined ? Math.max(0, cautious - 1) : ONE_BY_ONE;
    let packed = went === undefined ? first : await repack();
    for (let attempt = 0; ; attempt++) {
      const verdict = await once(packed);
      if (verdict.kind !== 'again' && verdict.kind !== 'key_refused') return heard(verdict);
      cautious = ONE_BY_ONE;
      const refused = verdict.kind === 'key_refused';
      const exhausted = refused || attempt >= options.attempts;
      stand({ state: refused ? 'key_refused' : exhausted ? 'waiting' : 'retrying', lastError: verdict.reason });
      const delay = exhausted
        ? longDelay / 2 + backoffDelay(0, longDelay / 2, longDelay, Math.random)
        : backoffDelay(attempt, options.delay, LONGEST_DELAY, Math.random);
      const asked = verdict.kind === 'again' ? (verdict.after ?? 0) : 0;
      await sleep(Math.max(delay, asked), signal);
      if (refused) {
        options.freshKey();
        packed = await repack();
      }
    }
  }

  async function post(used: Link, { batch, message }: Packed): Promise<Verdict> {
    lastSend = performance.now();
    const path = protocol.isEnrolled ? protocol.path : used.url.pathname + used.url.search;
    return protocol.verdict(batch, await used.post(path, message.headers, message.body, signal));
  }

  function ahead(packed: Packed): Ahead | undefined {
    const used = linkNow();
    if (cautious > 0 || used === undefined || !protocol.isEnrolled) return undefined;
    return post(used, packed).then(
      (verdict) => (verdict.kind === 'taken' ? verdict : undefined),
      () => undefined,
    );
  }

  async function once(packed: Packed): Promise<Verdict> {
    const used = linkNow();
    if (used === undefined) throw new Error('There is no server to send to.');
    try {
      return await post(used, packed);
    } catch (error) {
      signal.throwIfAborted();
      turn += 1;
      stand({ url: linkNow()?.url.href ?? standing.url });
      return { kind: 'again', reason: `${used.url.host}: ${(error as Error).message}`, after: undefined };
    }
  }

  return {
    deliver,
    ahead,
    stand,
    get link() {
      return linkNow();
    },
    get lastSend() {
      return lastSend;
    },
    get lastHeard() {
      return lastHeard;
    },
  };
}

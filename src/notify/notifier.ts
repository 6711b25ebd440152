/** A way to reach a person. One file a channel; the outbox and its retries live outside. */
import type { Level } from '#contract';

export interface Message {
  readonly title: string;
  readonly text: string;
  readonly level: Level;
}

export interface Notifier {
  /** Name of the channel in the outbox. */
  readonly channel: string;
  /** Resolves when the provider took it. Throws NotTaken otherwise. */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

/** The provider did not take the message. `retryAfter`: ms it asked us to wait, where it said so. */
export class NotTaken extends Error {
  readonly retryAfter: number | undefined;
  constructor(reason: string, retryAfter?: number) {
    super(reason);
    this.name = 'NotTaken';
    this.retryAfter = retryAfter;
  }
}

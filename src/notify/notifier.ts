/** A way to reach a person. One file a channel; the outbox and its retries live outside. */
import type { Level } from '#contract';

export interface Message {
  /** The same for every attempt at one message, and for no other. */
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly level: Level;
}

export interface Notifier {
  /** Name of the channel in the outbox. */
  readonly channel: string;
  /**
   * Resolves when the provider took it, with a remark where that is not the whole story. Throws NotTaken otherwise. A message
   * that the provider refuses for what it says is sent in plainer words, so a refusal is always about the channel.
   */
  send(message: Message, signal: AbortSignal): Promise<string | undefined>;
}

export interface NotTakenOptions {
  /** ms the provider asked us to wait. It answers, so it is not broken. */
  readonly retryAfter?: number | undefined;
  /** Nothing will change until somebody changes a setting. */
  readonly dead?: boolean;
}

/** The provider did not take the message. The reason is shown to people: it never holds a secret. */
export class NotTaken extends Error {
  readonly retryAfter: number | undefined;
  readonly dead: boolean;
  constructor(reason: string, { retryAfter, dead = false }: NotTakenOptions = {}) {
    super(reason);
    this.name = 'NotTaken';
    this.retryAfter = retryAfter;
    this.dead = dead;
  }
}

/** What the API needs to know of agents: their owner's desk, and the intake behind the listener that they connect to. `app` passes both in. */
import type { AgentList, AgentMessage, BatchReply, EnrollReply, Invitation } from '#contract';

/** For people: who there is, who may come, who must go. */
export interface AgentDesk {
  list(): Promise<AgentList>;
  /** Throws CodedError AGENT_EXISTS or AGENTS_LISTEN. */
  add(name: string, again: boolean): Promise<Invitation>;
  /** Holds from the next request on. Throws CodedError NOT_FOUND. */
  revoke(name: string): Promise<void>;
  /** The same, and off the list. Throws CodedError NOT_FOUND. */
  remove(name: string): Promise<void>;
  /** Throws CodedError NOT_FOUND. */
  rotate(name: string): Promise<void>;
  /** Calls back when an agent was heard or stands differently, until the returned function is called. */
  onChange(listener: (message: AgentMessage) => void): () => void;
}

/** Whose key a request came under. */
export interface AgentIdentity {
  readonly agent: string;
  /** Id of the key. */
  readonly key: string;
}

export type BatchAnswer =
  | { readonly kind: 'taken'; readonly reply: BatchReply }
  | { readonly kind: 'sequence'; readonly expected: number }
  | { readonly kind: 'malformed'; readonly reason: string };

/** For agents. `identify` and `admit` touch memory only: nothing a stranger sends costs a disk. */
export interface AgentIntake {
  /** Undefined: nobody's key, or no longer one. */
  identify(key: string): AgentIdentity | undefined;
  /** ms until the key may send again; 0: now. */
  admit(who: AgentIdentity): number;
  /** Takes a body's size off the key's quota. */
  spend(who: AgentIdentity, bytes: number): void;
  /** Throws CodedError TOKEN or STORE_FAILED. */
  enroll(secret: string): Promise<EnrollReply>;
  /** Throws CodedError UNAUTHORIZED or STORE_FAILED. */
  rotate(who: AgentIdentity): Promise<EnrollReply>;
  /** Resolves after the commit. Throws CodedError STORE_FAILED or BUSY; then nothing was accepted. The bytes are transferred. */
  submit(who: AgentIdentity, body: Uint8Array<ArrayBuffer>): Promise<BatchAnswer>;
}

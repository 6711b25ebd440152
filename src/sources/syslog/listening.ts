/** What a listener is given, and what it gives. */
import type { Inbox } from './inbox.ts';
import type { Ledger } from './ledger.ts';
import type { ListenPlace } from './listen-place.ts';

export interface Reception {
  readonly place: ListenPlace;
  readonly ledger: Ledger;
  readonly inbox: Inbox;
  readonly now: () => number;
  readonly isAllowed: (sender: string) => boolean;
  /** The program that would need the right to open a low port. */
  readonly program: string;
  /** It cannot go on. */
  readonly onFault: (error: Error) => void;
  readonly onKernelDrops: (count: number) => void;
  /** Bytes; what the kernel is asked for when absent. */
  readonly receiveBuffer?: number;
}

export interface Listening {
  /** Where it really listens. */
  readonly place: ListenPlace;
  /** The inbox has room again. */
  resume(): void;
  close(): Promise<void>;
}

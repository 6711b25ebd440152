/** An alert: what a person sees. Many matches of one rule about one entity fold into one alert with a count. */
import type { Event, EventId } from './event.ts';
import type { Level } from './level.ts';

export const ALERT_STATUSES = ['open', 'acknowledged', 'closed'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** How many evidence events an alert keeps: the first ones tell how it began, the last ones how it stands. */
export const EVIDENCE = { first: 20, last: 30 } as const;

/** What to do about it: a sentence that begins with a verb, and the command where there is one. */
export interface Step {
  readonly text: string;
  readonly command?: string | undefined;
}

/** An alert as the pipeline and the store keep it; evidence and history lie beside it. Times in ms. */
export interface Alert {
  /** A number that counts up, as text: short enough to say aloud. */
  readonly id: string;
  /** The rule's title: the name of the thing ('Honeypot Connection'). */
  readonly title: string;
  /** Group for the doughnut ('Password guessing'). */
  readonly kind: string;
  readonly level: Level;
  readonly status: AlertStatus;
  readonly count: number;
  /** Evidence events ever seen; the next one's place follows from it. */
  readonly evidence_count: number;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly rule: { readonly id: string; readonly title: string };
  /** Who or what it is about: an address, an account, a host. '' when the rule names nothing. */
  readonly entity: string;
  /** ECS field the entity was read from; '' when none. */
  readonly entity_field: string;
  readonly host: string;
  /** Who did what to what, in past tense. The headline. */
  readonly sentence: string;
  /** `sentence` with U+FDD0 where the count stands, so that it can be told again with another count. Not shown to anybody. */
  readonly sentence_form?: string | undefined;
  readonly steps: readonly Step[];
  readonly tags: readonly string[];
  /** Found in lines that were written before we first saw their source: never pushed. */
  readonly historic: boolean;
}

/** One evidence event and its place: 0 … first-1 stay, the later places are a ring of the last ones. */
export interface Evidence {
  readonly slot: number;
  readonly id: EventId;
  readonly event: Event;
}

export interface HistoryEntry {
  readonly at: number;
  readonly by: string;
  readonly action: 'opened' | AlertStatus;
  readonly note: string;
}

/** Where the n-th evidence event (from 0) of an alert is kept. */
export const evidenceSlot = (n: number): number =>
  n < EVIDENCE.first ? n : EVIDENCE.first + ((n - EVIDENCE.first) % EVIDENCE.last);

/** What one batch did to one alert: its whole new state, and what came with it. Applying it twice changes nothing. */
export interface AlertChange {
  readonly alert: Alert;
  readonly evidence: readonly Evidence[];
  readonly history: readonly HistoryEntry[];
  /** Its status before this batch; absent when the batch opened it. Tells an end from a second word about it. */
  readonly before?: AlertStatus | undefined;
}

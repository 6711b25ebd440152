/** What detection hands on: a rule that matched, and the events it matched with. */
import type { Event, EventId, Level, Step } from '#contract';

/** An event with its place in the store, known before the commit because batches are numbered by the hub. */
export interface Located {
  readonly id: EventId;
  readonly event: Event;
}

/** What a rule says of itself; one object per rule, shared by its matches. */
export interface RuleFace {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly kind: string;
  readonly tags: readonly string[];
  /** ECS fields that may name what an alert is about: the first that the event has. None of them: the host. */
  readonly entityFields: readonly string[];
  /** Templates with `{field}` and `{count}`: the first whose fields are all known. None of them: title and host. */
  readonly sentences: readonly string[];
  /** Templates as well. */
  readonly steps: readonly Step[];
  /** Seconds without a match after which the next one opens a new alert. */
  readonly foldSeconds: number;
}

export interface Match {
  readonly rule: RuleFace;
  /** The event that completed it: entity and sentence are read from here. */
  readonly event: Located;
  /**
   * The events that are evidence and were not in an earlier match of this rule and group, oldest first. Of a correlation's
   * many, the first and the newest; `count` has all of them.
   */
  readonly evidence: readonly Located[];
  /** What this match adds to the alert's count. */
  readonly count: number;
  /** Values known to the rule besides the event's own (group-by fields, `count` of a correlation window). */
  readonly values: Readonly<Record<string, string>>;
}

/** Messages of the live stream, `GET /api/stream` (server-sent events). Each carries `id: <batch>` of its commit. */
import type { AgentState } from './agent.ts';
import type { WireAlert } from './alert.schema.ts';
import type { EventId, WireEvent } from './event.ts';

export interface AlertMessage {
  /** Alerts that changed in this commit, with their new state; evidence as in lists. */
  readonly alerts: readonly WireAlert[];
}

export interface EventMessage {
  /** The newest events of the interval, oldest first, at most 50; `omitted` more came with them. */
  readonly events: readonly WireEvent[];
  readonly omitted: number;
  /** Last event of the interval: `GET /api/events?after=` continues here without a gap. */
  readonly last: EventId | undefined;
}

/** A machine was looked at and scored. */
export interface SnapshotMessage {
  readonly host: string;
  /** ISO 8601. */
  readonly at: string;
  readonly score: number;
  /** Over one minute. */
  readonly load: number;
  readonly memory_pct: number;
  readonly connections: number | null;
}

/** An agent was heard, or stands differently: `GET /api/agents` says the rest. At most one an agent and interval. */
export interface AgentMessage {
  readonly name: string;
  /** `removed`: it is not on the list any more. */
  readonly state: AgentState | 'removed';
  /** ISO 8601. */
  readonly last_seen: string | null;
}

export type StreamMessage =
  | { readonly event: 'alert'; readonly id: number; readonly data: AlertMessage }
  | { readonly event: 'event'; readonly id: number; readonly data: EventMessage }
  | { readonly event: 'snapshot'; readonly id: number; readonly data: SnapshotMessage }
  | { readonly event: 'agent'; readonly id: number; readonly data: AgentMessage }
  /** First message of every connection: the commit it continues from, so that a client knows whether it missed any. */
  | {
      readonly event: 'hello';
      readonly id: number;
      readonly data: { readonly version: string; readonly started: string };
    };

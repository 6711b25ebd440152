/** What the pipeline is given to do, and what it says of it. Plain data: it travels between threads. */
import type { AgentReport, Alert, AlertStatus } from '#contract';
import type { RecordBatch } from '../record-batch.ts';

export type Work =
  | { readonly kind: 'records'; readonly records: RecordBatch }
  | {
      readonly kind: 'post';
      readonly body: Uint8Array<ArrayBuffer>;
      readonly agent: string;
      readonly idempotencyKey: string | undefined;
      readonly received: number;
    }
  | {
      /** A batch of an enrolled agent, as agent-wire says. */
      readonly kind: 'agent';
      readonly body: Uint8Array<ArrayBuffer>;
      readonly agent: string;
      /** Id of the key it came under. */
      readonly key: string;
      readonly received: number;
    }
  | {
      readonly kind: 'status';
      readonly id: string;
      readonly status: AlertStatus;
      readonly by: string;
      readonly note: string;
      readonly at: number;
      /** The alert as the store has it: closed ones are not kept in the pipeline's memory. */
      readonly stored: Alert | undefined;
    };

export type AgentOutcome =
  | {
      readonly kind: 'taken';
      readonly accepted: number;
      readonly repeated: number;
      /** The next number expected. */
      readonly mark: number;
      readonly report: AgentReport | undefined;
    }
  /** It starts behind `expected` and does not say why: nothing was taken. */
  | { readonly kind: 'sequence'; readonly expected: number }
  /** It is no batch: nothing was taken. */
  | { readonly kind: 'malformed'; readonly reason: string };

export type WorkResult =
  | { readonly kind: 'records' }
  | {
      readonly kind: 'post';
      readonly accepted: number;
      readonly rejected: readonly { index: number; reason: string }[];
    }
  | { readonly kind: 'bad-body' }
  | { readonly kind: 'agent'; readonly outcome: AgentOutcome }
  | { readonly kind: 'status'; readonly found: boolean };

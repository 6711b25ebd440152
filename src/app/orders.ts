/** What waits in the hub's channel: records of a source, a POST, a batch of an agent, a change of status, or a fence that only marks a place. */
import type { AgentSubmission, Submission, SubmissionResult } from '#api';
import { CodedError, type RawRecord } from '#contract';
import { unreachable } from '#lib/unreachable';
import type { AgentOutcome, Work, WorkResult } from './pipeline/work.ts';
import { packRecords } from './record-batch.ts';

export interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

export type Order =
  | { readonly kind: 'records'; readonly records: readonly RawRecord[] }
  | { readonly kind: 'post'; readonly submission: Submission; readonly done: Settle<SubmissionResult> }
  | { readonly kind: 'agent'; readonly submission: AgentSubmission; readonly done: Settle<AgentOutcome> }
  | { readonly kind: 'status'; readonly work: Work & { kind: 'status' }; readonly done: Settle<boolean> }
  | { readonly kind: 'fence'; readonly done: Settle<void> };

/** Records of a source in one order: what a full channel holds in memory is this times its capacity. */
export const MAX_ORDER_RECORDS = 1024;
/** Records of sources in one batch; an order that would go over it starts the next batch. */
const MAX_BATCH_RECORDS = 8192;
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** What a commit costs however little it holds is most of what these few would cost: bytes, and what a record of a source counts for. */
const SMALL_BYTES = 64 * 1024;
const A_RECORD = 256;

/** So little that it is better committed together with what comes next. */
export function isSmall(taken: readonly Order[]): boolean {
  let bytes = 0;
  for (const order of taken) {
    if (order.kind === 'records') bytes += order.records.length * A_RECORD;
    else if (order.kind === 'post' || order.kind === 'agent') bytes += order.submission.body.byteLength;
  }
  return bytes < SMALL_BYTES;
}

/** How many of them somebody waits for. */
export const sendersOf = (orders: readonly Order[]): number =>
  orders.reduce((sum, { kind }) => (kind === 'post' || kind === 'agent' ? sum + 1 : sum), 0);

/** The orders that fit into one batch, and the rest. At least one always fits. */
export function split(taken: readonly Order[]): [Order[], Order[]] {
  let records = 0;
  let bytes = 0;
  const end = taken.findIndex((order, i) => {
    if (order.kind === 'records') records += order.records.length;
    if (order.kind === 'post' || order.kind === 'agent') bytes += order.submission.body.byteLength;
    return i > 0 && (records > MAX_BATCH_RECORDS || bytes > MAX_BATCH_BYTES);
  });
  return end < 0 ? [[...taken], []] : [taken.slice(0, end), taken.slice(end)];
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Bodies up to this many bytes share one buffer: to move a buffer costs more than to copy a few lines into one. */
const MOST_SHARED = 4096;

/** The orders as the pipeline thread takes them. Records stay with their order until the commit; the bytes of a POST and of an agent move. */
export function worksOf(taken: readonly Order[], received: number): Work[] {
  const small = taken.reduce((sum, order) => {
    const length = order.kind === 'post' || order.kind === 'agent' ? order.submission.body.length : 0;
    return length > MOST_SHARED ? sum : sum + length;
  }, 0);
  const shared = new Uint8Array(small);
  let end = 0;
  /** In a buffer that can be transferred: small Node buffers are parts of one that others use. */
  const moved = (body: Bytes): Bytes => {
    if (body.length > MOST_SHARED) return body.byteLength === body.buffer.byteLength ? body : new Uint8Array(body);
    shared.set(body, end);
    end += body.length;
    return shared.subarray(end - body.length, end);
  };
  return taken.map((order) => workOf(order, received, moved));
}

function workOf(order: Order, received: number, moved: (body: Bytes) => Bytes): Work {
  switch (order.kind) {
    case 'records':
      return { kind: 'records', records: packRecords(order.records) };
    case 'post':
      return { kind: 'post', received, ...order.submission, body: moved(order.submission.body) };
    case 'agent':
      return { kind: 'agent', received, ...order.submission, body: moved(order.submission.body) };
    case 'status':
      return order.work;
    case 'fence':
      return { kind: 'records', records: packRecords([]) };
    default:
      return unreachable(order);
  }
}

/** After the commit: whoever waits for the order hears what came of it. */
export function answer(order: Order, result: WorkResult): void {
  switch (order.kind) {
    case 'records':
      return;
    case 'fence':
      order.done.resolve();
      return;
    case 'post':
      if (result.kind === 'post') order.done.resolve({ accepted: result.accepted, rejected: result.rejected });
      else order.done.reject(new CodedError('BAD_BODY', 'neither an object, an array of objects nor lines of JSON'));
      return;
    case 'agent':
      if (result.kind === 'agent') order.done.resolve(result.outcome);
      else order.done.reject(new Error(`The pipeline answered ${result.kind} to a batch of an agent.`));
      return;
    case 'status':
      order.done.resolve(result.kind === 'status' && result.found);
      return;
    default:
      unreachable(order);
  }
}

/** After a failure: posts and agents' batches are refused, since their sender will send them again; the rest is kept for the next attempt. */
export function keep(taken: readonly Order[], error: Error): Order[] {
  return taken.filter((order) => {
    if (order.kind !== 'post' && order.kind !== 'agent') return true;
    order.done.reject(
      error instanceof CodedError ? error : new CodedError('STORE_FAILED', error.message, { cause: error }),
    );
    return false;
  });
}

/** At the end: nobody waits for ever. */
export function refuse(taken: readonly Order[], error: Error): void {
  for (const order of taken) if (order.kind !== 'records') order.done.reject(error);
}

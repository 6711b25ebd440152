/**
 * Keeps the order of an agent's batches. One that catches up has two on their way, over two connections, and the later may be here
 * first: then it waits a moment for the one before it instead of being sent back.
 *
 *     handed on up to 4096:   [4096, 8192) ──▶ goes on
 *                             [8192, 12288) ─▶ waits until 8192 was handed on, or until that will not be
 *
 * It only waits. What a number means, the pipeline decides: a lane that is wrong costs a 409 or a moment, never a record. One batch of
 * an agent waits at most, so that nobody can fill the memory with batches that are early.
 */
import type { AgentIdentity } from '#api';
import type { AgentOutcome } from '../pipeline/work.ts';

export interface Lanes {
  /** `handOn` is called in the batch's turn; what it gives or throws is the result. */
  submit(
    who: Pick<AgentIdentity, 'agent'>,
    body: Uint8Array,
    handOn: () => Promise<AgentOutcome>,
  ): Promise<AgentOutcome>;
}

interface Lane {
  readonly epoch: string;
  /** The number behind the last batch that was handed on. */
  next: number;
  wake: (() => void) | undefined;
}

interface Numbers {
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  /** What lies before it will never come. */
  readonly hasGap: boolean;
}

/** ms. What is on its way over the other connection is here by then. */
const LONGEST = 1000;

export function createLanes(longest = LONGEST): Lanes {
  const lanes = new Map<string, Lane>();

  /** What is known of it is no longer true. */
  function forget(agent: string, lane: Lane | undefined): void {
    if (lane === undefined) return;
    if (lanes.get(agent) === lane) lanes.delete(agent);
    lane.wake?.();
  }

  async function inTurn(agent: string, numbers: Numbers): Promise<Lane> {
    const before = lanes.get(agent);
    const isEarly = before?.epoch === numbers.epoch && numbers.from > before.next && !numbers.hasGap;
    if (isEarly && before.wake === undefined) await woken(before, longest);
    const lane = lanes.get(agent);
    if (lane?.epoch === numbers.epoch) return lane;
    forget(agent, lane);
    const fresh: Lane = { epoch: numbers.epoch, next: numbers.to, wake: undefined };
    lanes.set(agent, fresh);
    return fresh;
  }

  return {
    async submit({ agent }, body, handOn) {
      const numbers = numbersOf(body);
      if (numbers === undefined) return handOn();
      const lane = await inTurn(agent, numbers);
      try {
        const handed = handOn();
        lane.next = Math.max(lane.next, numbers.to);
        lane.wake?.();
        const outcome = await handed;
        if (outcome.kind !== 'taken') forget(agent, lane);
        return outcome;
      } catch (error) {
        forget(agent, lane);
        throw error;
      }
    },
  };
}

async function woken(lane: Lane, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  lane.wake = resolve;
  await promise;
  clearTimeout(timer);
  lane.wake = undefined;
}

const LINE_FEED = 10;
/** A head with its report; one that is longer is no reason to wait. */
const LONGEST_HEAD = 1024 * 1024;

/** undefined: a heartbeat, or nothing that can be read. It is checked for good in the pipeline. */
function numbersOf(body: Uint8Array): Numbers | undefined {
  const end = body.indexOf(LINE_FEED);
  if (end > LONGEST_HEAD) return undefined;
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder().decode(end === -1 ? body : body.subarray(0, end)));
  } catch {
    return undefined;
  }
  if (typeof head !== 'object' || head === null) return undefined;
  const { epoch, from, to, gap } = head as Partial<Record<string, unknown>>;
  const isRange = Number.isSafeInteger(from) && Number.isSafeInteger(to) && Number(to) > Number(from);
  if (typeof epoch !== 'string' || !isRange) return undefined;
  return { epoch, from: Number(from), to: Number(to), hasGap: gap !== undefined };
}

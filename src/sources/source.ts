/**
 * A source turns something of the world into records. It throws when it cannot go on and never retries: the supervisor
 * restarts it with backoff. It never sees the queue: whoever iterates decides when it goes on, so a full pipeline
 * simply stops asking. Ending the signal ends the iteration without an error.
 *
 * Records come in chunks, "what arrived together": one await a chunk instead of one a line.
 */
import type { RawRecord } from '#contract';

export type RecordStream = AsyncIterable<readonly RawRecord[]>;

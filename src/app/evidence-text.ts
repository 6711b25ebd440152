/**
 * Evidence of alerts on its way from the pipeline thread to the store thread. The main thread only hands a commit on, and under attack a fifth
 * of all events are evidence. Nearly all of it is among the events of its own commit, so its place there is enough; the rest, of batches
 * before, travels as JSON, which costs less than cloning it.
 */
import { type AlertChange, type Evidence, parseEventId } from '#contract';
import type { Commit } from '#store';

/** A commit whose changes hold no evidence: it lies beside them, by the place of its change. */
export interface PackedCommit extends Commit {
  readonly evidence: Uint8Array<ArrayBuffer>;
}

export function packEvidence(commit: Commit): Commit | PackedCommit {
  if (commit.alerts.every(({ evidence }) => evidence.length === 0)) return commit;
  const held: number[] = [];
  let others = 0;
  const left = commit.alerts.map(({ evidence }) => {
    const count = held.push(0) - 1;
    const other = evidence.filter((one) => !hold(one, commit.batch, held));
    held[count] = evidence.length - other.length;
    others += other.length;
    return other;
  });
  const alerts = commit.alerts.map((change) => ({ ...change, evidence: [] }));
  const packed = { ...commit, alerts, held: Float64Array.from(held) };
  return others === 0 ? packed : { ...packed, evidence: new TextEncoder().encode(JSON.stringify(left)) };
}

/** Notes the place of an event of this batch; false where it is of another. */
function hold({ slot, id, event }: Evidence, batch: number, held: number[]): boolean {
  const place = parseEventId(id);
  if (place?.batch !== batch) return false;
  held.push(slot, place.ordinal, event['@timestamp']);
  return true;
}

/** Buffers of what was packed, to be moved to another thread. */
export function evidenceBuffers(commit: Commit | PackedCommit): ArrayBuffer[] {
  const held = commit.held === undefined ? [] : [commit.held.buffer];
  return 'evidence' in commit ? [...held, commit.evidence.buffer] : held;
}

export function unpackEvidence(commit: Commit | PackedCommit): Commit {
  if (!('evidence' in commit)) return commit;
  const { evidence, ...rest } = commit;
  // Written by `packEvidence` in the thread beside us.
  const all = JSON.parse(new TextDecoder().decode(evidence)) as readonly (readonly Evidence[])[];
  return { ...rest, alerts: rest.alerts.map((change, at): AlertChange => ({ ...change, evidence: all[at] ?? [] })) };
}

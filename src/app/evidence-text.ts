/**
 * Alerts on their way from the pipeline thread to the store thread. The main thread only hands a commit on, so what it would otherwise clone
 * twice, an alert of forty strings, travels as the text that the store keeps anyway. Under attack a fifth of all events are evidence. Nearly all
 * of it is among the events of its own commit, so its place there is enough; the rest, of batches before, travels in the text too.
 *
 *   text    one line an alert, its state as JSON; then, where any change has more to say, one line with all of that
 */
import { type Alert, type AlertChange, type Evidence, parseEventId } from '#contract';
import type { Commit } from '#store';

/** A commit without its changes: they are in the text. */
export interface PackedCommit extends Commit {
  readonly text: Uint8Array<ArrayBuffer>;
  readonly changes: number;
}

/** What a change has beside its alert; often nothing. Who is told of it was settled in the pipeline, so `before` stays there. */
type Rest = Pick<AlertChange, 'evidence' | 'history'> | null;

export function packEvidence(commit: Commit): Commit | PackedCommit {
  const { alerts } = commit;
  if (alerts.length === 0) return commit;
  const held: number[] = [];
  const rests = alerts.map(({ evidence, history }): Rest => {
    const count = held.push(0) - 1;
    const others = evidence.filter((one) => !hold(one, commit.batch, held));
    held[count] = evidence.length - others.length;
    if (others.length === 0 && history.length === 0) return null;
    return { evidence: others, history };
  });
  const lines = alerts.map(({ alert }) => JSON.stringify(alert));
  if (rests.some((rest) => rest !== null)) lines.push(JSON.stringify(rests));
  const text = new TextEncoder().encode(lines.join('\n'));
  const isHeld = held.length > alerts.length;
  return { ...commit, alerts: [], text, changes: alerts.length, ...(isHeld ? { held: Float64Array.from(held) } : {}) };
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
  return 'text' in commit ? [...held, commit.text.buffer] : held;
}

export function unpackEvidence(commit: Commit | PackedCommit): Commit {
  if (!('text' in commit)) return commit;
  const { text, changes, ...rest } = commit;
  // Written by `packEvidence` in the thread beside us.
  const lines = new TextDecoder().decode(text).split('\n');
  const states = lines.slice(0, changes);
  const last = lines[changes];
  const rests = last === undefined ? [] : (JSON.parse(last) as readonly Rest[]);
  const alerts = states.map((state, at): AlertChange => ({
    evidence: [],
    history: [],
    ...rests[at],
    alert: JSON.parse(state) as Alert,
  }));
  return { ...rest, alerts, states };
}

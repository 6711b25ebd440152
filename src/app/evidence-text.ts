/**
 * Evidence of alerts on its way from the pipeline thread to the store thread, as bytes. The main thread only hands a commit on, and
 * cloning an event costs more than writing it as JSON, which is what the store keeps: under attack a fifth of all events are evidence.
 */
import type { AlertChange, Evidence } from '#contract';
import type { Commit } from '#store';

/** A commit whose changes hold no evidence: it lies beside them, by the place of its change. */
export interface PackedCommit extends Commit {
  readonly evidence: Uint8Array<ArrayBuffer>;
}

export function packEvidence(commit: Commit): Commit | PackedCommit {
  if (commit.alerts.every(({ evidence }) => evidence.length === 0)) return commit;
  const evidence = new TextEncoder().encode(JSON.stringify(commit.alerts.map((change) => change.evidence)));
  return { ...commit, alerts: commit.alerts.map((change) => ({ ...change, evidence: [] })), evidence };
}

export function unpackEvidence(commit: Commit | PackedCommit): Commit {
  if (!('evidence' in commit)) return commit;
  const { evidence, ...rest } = commit;
  // Written by `packEvidence` in the thread beside us.
  const all = JSON.parse(new TextDecoder().decode(evidence)) as readonly (readonly Evidence[])[];
  return { ...rest, alerts: rest.alerts.map((change, at): AlertChange => ({ ...change, evidence: all[at] ?? [] })) };
}

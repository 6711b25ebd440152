import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlertChange, newFields } from '#contract';
import { type Commit, encodeBatch } from '#store';
import { evidenceBuffers, packEvidence, unpackEvidence } from './evidence-text.ts';

const ALERT: AlertChange['alert'] = {
  id: '7',
  title: 'Password guessing over SSH',
  kind: 'Password guessing',
  level: 'medium',
  status: 'open',
  count: 3,
  evidence_count: 2,
  first_seen: 1,
  last_seen: 2,
  rule: { id: 'r', title: 'Password guessing over SSH' },
  entity: '203.0.113.7',
  entity_field: 'source.ip',
  host: 'nas',
  sentence: '203.0.113.7 failed 3 SSH logins on nas',
  steps: [],
  tags: [],
  historic: false,
};

const eventOf = (message: string) =>
  Object.assign(newFields(), { '@timestamp': 1.5, 'event.ingested': 2, message, 'event.category': ['authentication'] });

function commitOf(alerts: readonly AlertChange[]): Commit {
  return { batch: 6, received: 2, events: encodeBatch([]), hits: 0, marks: [], alerts, outbox: [] };
}

test('evidence of batches before comes back with its change, through a clone between threads', () => {
  const alerts: readonly AlertChange[] = [
    { alert: ALERT, evidence: [{ slot: 3, id: '4-0', event: eventOf('ünder \ud83d\ude00 "attack"\n') }], history: [] },
    { alert: { ...ALERT, id: '8' }, evidence: [], history: [{ at: 1, by: 'anna', action: 'closed', note: '' }] },
    {
      alert: { ...ALERT, id: '9' },
      evidence: [0, 1].map((slot) => ({ slot, id: '5-1', event: eventOf('') })),
      history: [],
    },
  ];
  const packed = packEvidence(commitOf(alerts));
  assert.ok(packed.alerts.every(({ evidence }) => evidence.length === 0));
  const back = unpackEvidence(structuredClone(packed, { transfer: evidenceBuffers(packed) }));
  assert.equal('evidence' in back, false);
  assert.deepEqual(JSON.parse(JSON.stringify(back.alerts)), JSON.parse(JSON.stringify(alerts)));
  assert.deepEqual([...(back.held ?? [])], [0, 0, 0]);
});

test('evidence among the events of its own commit is only pointed at', () => {
  const one = (slot: number, id: `${number}-${number}`) => ({ slot, id, event: eventOf('') });
  const packed = packEvidence(
    commitOf([
      { alert: ALERT, evidence: [one(3, '6-12'), one(4, '5-12'), one(5, '6-13')], history: [] },
      { alert: { ...ALERT, id: '8' }, evidence: [], history: [] },
      { alert: { ...ALERT, id: '9' }, evidence: [one(0, '6-12')], history: [] },
    ]),
  );
  const back = unpackEvidence(structuredClone(packed));
  assert.deepEqual([...(back.held ?? [])], [2, 3, 12, 1.5, 5, 13, 1.5, 0, 1, 0, 12, 1.5]);
  assert.deepEqual(
    back.alerts.map(({ evidence }) => evidence.map(({ slot, id }) => [slot, id])),
    [[[4, '5-12']], [], []],
  );
});

test('a commit without evidence is left as it is', () => {
  const commit = commitOf([{ alert: ALERT, evidence: [], history: [] }]);
  assert.equal(packEvidence(commit), commit);
  assert.equal(unpackEvidence(commit), commit);
});

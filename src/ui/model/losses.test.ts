import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftAside, notKept } from './losses.ts';

const counter = (name: string, label: string, value: number) => ({ name, label, value });

for (const [name, label, value, said] of [
  ['records_dropped', 'older_than_backfill', 1, '1 record: older than backfill'],
  ['file_bytes_lost', 'truncated', 2_400_000, '2.4 MB of files: truncated'],
  ['journal_losses', 'cursor', 2, '2 gaps in the journal: cursor'],
  ['windows_event_losses', 'System gap', 3, '3 Windows events: System gap'],
  ['notifications_dropped', 'ntfy_given_up', 1, '1 message to you: ntfy given up'],
  ['http_refused', 'TOO_LARGE', 1204, '1,204 requests refused: too large'],
  ['http_refused', 'BAD_QUERY', 4, undefined],
  ['http_refused', 'UNAUTHORIZED', 4, undefined],
  ['records_dropped', 'rejected', 0, undefined],
  ['store_events_sealed', 'sealed', 9, undefined],
  ['toString', '', 9, undefined],
] as const)
  test(`${name} ${label} ${value}: ${said ?? 'nothing is missing'}`, () =>
    assert.deepEqual(notKept([counter(name, label, value)]), said === undefined ? [] : [said]));

test('what rules left aside is kept all the same', () => {
  const counters = [counter('detections_dropped', 'late', 866), counter('detections_dropped', 'keys', 1)];
  assert.deepEqual(notKept(counters), []);
  assert.deepEqual(leftAside(counters), ['866 events: came too late to be counted with others', '1 event: keys']);
});

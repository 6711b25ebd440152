/** Lists that live changes go into: alerts, events, and the ring of kinds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Level, SourceStatus, WireAlert, WireEvent } from '#contract';
import { applyAlerts, belongs, groupAlerts, needsSentence, restSentence } from './alert.ts';
import { slices } from './doughnut.ts';
import { eventLine, eventSentence, latestId, mergeEvents } from './event.ts';
import { housePhrase, reasonOf, sourceName, sourceState, standing } from './source.ts';

const alert = (id: number, changes: Partial<WireAlert> = {}): WireAlert => ({
  id: String(id),
  title: 'Honeypot Connection',
  kind: 'Honeypot',
  level: 'high',
  status: 'open',
  count: 1,
  first_seen: '2025-11-30T20:00:00.000Z',
  last_seen: new Date(Date.UTC(2025, 10, 30, 20, 0, id)).toISOString(),
  rule: { id: 'r', title: 'r' },
  entity: '192.0.2.7',
  entity_field: 'source.ip',
  host: 'nas',
  sentence: '192.0.2.7 opened the honeypot',
  steps: [],
  tags: [],
  historic: false,
  evidence: [],
  evidence_omitted: 0,
  history: [],
  ...changes,
});
const ids = (alerts: readonly WireAlert[]): string => alerts.map(({ id }) => id).join(' ');

test('a changed alert moves to its place, leaves when it no longer belongs, and is there once', () => {
  const list = [alert(3), alert(2), alert(1)];
  const newer = alert(1, { count: 9, last_seen: '2025-11-30T21:00:00.000Z' });
  assert.equal(ids(applyAlerts(list, [newer], { status: 'open' }, 10)), '1 3 2');
  assert.equal(ids(applyAlerts(list, [alert(2, { status: 'closed' })], { status: 'open' }, 10)), '3 1');
  assert.equal(ids(applyAlerts(list, [alert(4), alert(5)], {}, 3)), '5 4 3');
  assert.equal(applyAlerts(list, [], {}, 3), list);
});

const BELONGING: readonly (readonly [Parameters<typeof belongs>[1], boolean])[] = [
  [{}, true],
  [{ status: 'closed' }, false],
  [{ level: 'medium' }, true],
  [{ level: 'critical' }, false],
  [{ kinds: ['Honeypot', 'Sudo'] }, true],
  [{ kinds: ['Sudo'] }, false],
  [{ q: 'HONEYPOT 192.0.2.7' }, true],
  [{ q: 'honeypot sudo' }, false],
];
for (const [filter, expected] of BELONGING) {
  test(`${JSON.stringify(filter)} ${expected ? 'keeps' : 'drops'} it`, () =>
    assert.equal(belongs(alert(1), filter), expected));
}

test('groups say what to do, the worst first, and none is empty', () => {
  const groups = groupAlerts([alert(1), alert(2, { level: 'critical' }), alert(3, { level: 'low' }), alert(4)]);
  assert.deepEqual(
    groups.map(({ title, alerts }) => `${title}: ${ids(alerts)}`),
    ['Needs you: 2 4 1', 'When you have time: 3'],
  );
});

const levels = (changes: Partial<Record<Level, number>>): Record<Level, number> => ({
  critical: 0,
  high: 0,
  medium: 0,
  low: 0,
  informational: 0,
  ...changes,
});
const SENTENCES: readonly (readonly [Partial<Record<Level, number>>, string, string])[] = [
  [{}, 'Nothing needs you', ''],
  [{ high: 1 }, 'One alert needs you', 'The rest is quiet.'],
  [
    { critical: 1, high: 2, low: 8 },
    'Three alerts need you',
    'Two other alerts need you. Eight more can wait until you have time.',
  ],
  [{ critical: 1, high: 1 }, 'Two alerts need you', 'One other alert needs you.'],
];
for (const [counts, head, rest] of SENTENCES) {
  test(`${JSON.stringify(counts)}: ${head}`, () => {
    assert.equal(needsSentence(levels(counts)), head);
    assert.equal(restSentence(levels(counts), rest === '' ? 'none' : 'worst'), rest);
  });
}

const event = (id: string, second: number): WireEvent => ({
  'event.id': id,
  '@timestamp': new Date(Date.UTC(2025, 10, 30, 20, 0, second)).toISOString(),
});

test('events merge by time, each once, whatever order they come in', () => {
  const merged = mergeEvents(
    [event('2-0', 5), event('1-0', 1)],
    [event('3-0', 3), event('2-0', 5), event('3-1', 3)],
    10,
  );
  assert.deepEqual(
    merged.map((each) => each['event.id']),
    ['2-0', '3-1', '3-0', '1-0'],
  );
  assert.equal(mergeEvents(merged, [event('1-0', 1)], 10), merged);
  assert.equal(latestId(merged), '3-1');
  assert.equal(latestId([]), undefined);

  const one = fc.record({ batch: fc.integer({ min: 1, max: 5 }), ordinal: fc.integer({ min: 0, max: 5 }) });
  fc.assert(
    fc.property(fc.array(one), fc.array(one), (first, second) => {
      const make = (each: { batch: number; ordinal: number }) =>
        event(`${each.batch}-${each.ordinal}`, each.batch * 6 + each.ordinal);
      const all = mergeEvents(mergeEvents([], first.map(make), 100), second.map(make), 100);
      const wanted = new Set([...first, ...second].map((each) => `${each.batch}-${each.ordinal}`));
      const got = all.map((each) => String(each['event.id']));
      assert.deepEqual(new Set(got), wanted);
      const times = all.map((each) => String(each['@timestamp']));
      assert.deepEqual(times, times.toSorted().toReversed());
    }),
    { seed: 1 },
  );
});

test('an event says what happened in the log’s words, or in its fields', () => {
  assert.equal(eventSentence({ message: 'hello', 'event.original': 'raw' }), 'hello');
  assert.equal(eventSentence({ 'event.original': 'raw' }), 'raw');
  assert.equal(eventSentence({ 'host.name': 'nas', colour: 'red', size: 2 }), 'colour=red size=2');
  assert.equal(eventLine({ message: 'Failed', 'process.name': 'sshd', 'process.pid': 7 }), 'sshd[7]: Failed');
  assert.equal(eventLine({ message: 'sshd: Failed', 'process.name': 'sshd' }), 'sshd: Failed');
});

test('the ring has six slices at most, and they fill it', () => {
  const eight = Array.from({ length: 8 }, (_, n) => ({ kind: `k${n}`, count: 8 - n }));
  const ring = slices(eight);
  assert.deepEqual(
    ring.map(({ kind, count, place }) => `${kind} ${count} ${place}`),
    ['k0 8 1', 'k1 7 2', 'k2 6 3', 'k3 5 4', 'k4 4 5', 'Other 6 6'],
  );
  assert.deepEqual(ring.at(-1)?.kinds, ['k5', 'k6', 'k7']);
  assert.equal(slices(eight.slice(0, 6)).length, 6);
  assert.deepEqual(slices([{ kind: 'none', count: 0 }]), []);
  assert.ok(Math.abs(ring.reduce((all, { length }) => all + length, 0) - 1) < 1e-9);
});

const source = (changes: Partial<SourceStatus>): SourceStatus => ({
  id: 'file:/var/log/auth.log',
  state: 'following',
  reason: '',
  records: 0,
  last_seen: null,
  ...changes,
});

test('a source tells how it stands and what would mend it', () => {
  const denied = source({
    state: 'denied',
    reason: 'Only root may read it. Run: sudo setfacl -m u:ann:r /var/log/auth.log',
  });
  assert.deepEqual(reasonOf(denied), {
    text: 'Only root may read it.',
    command: 'sudo setfacl -m u:ann:r /var/log/auth.log',
  });
  assert.equal(
    reasonOf(source({ reason: 'Run: sudo usermod -aG adm $USER, then log in again' })).command,
    'sudo usermod -aG adm $USER',
  );
  const off = source({ state: 'off', reason: 'switched off' });
  const bare = source({ state: 'off', reason: 'No file carries logins. Run: sudo apt install rsyslog' });
  assert.deepEqual([denied, off, bare, source({}), source({ state: 'waiting' })].map(standing), [
    'mend',
    'quiet',
    'mend',
    'heard',
    'quiet',
  ]);
  assert.equal(housePhrase([denied, off, bare, source({}), source({ state: 'waiting' })]), '1 followed, 2 to mend');
  assert.equal(sourceName(denied), '/var/log/auth.log');
  const now = Date.UTC(2025, 10, 30, 21);
  assert.equal(sourceState(source({ last_seen: '2025-11-30T20:37:14.000Z' }), now, 'UTC'), 'heard 20:37:14');
  assert.equal(sourceState(source({ last_seen: '2025-11-28T20:37:14.000Z' }), now, 'UTC'), 'heard 28 Nov 20:37');
  assert.equal(sourceState(source({}), now), 'nothing yet');
});

test('a way to a person is told, not heard, and is no source that is followed', () => {
  const now = Date.UTC(2025, 10, 30, 21);
  const channel: SourceStatus = { id: 'notify:telegram', state: 'following', reason: '', records: 3, last_seen: null };
  assert.equal(sourceName(channel), 'to you by telegram');
  assert.equal(sourceState(channel, now), 'ready');
  assert.equal(sourceState({ ...channel, last_seen: '2025-11-30T20:37:14.000Z' }, now, 'UTC'), 'told 20:37:14');
  assert.equal(housePhrase([channel]), '0 followed');
  assert.equal(housePhrase([{ ...channel, state: 'failed' }]), '0 followed, 1 to mend');
});

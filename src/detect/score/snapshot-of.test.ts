import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, type FieldValue, newFields, SNAPSHOT_DATASET, SNAPSHOT_FIELD } from '#contract';
import { quiet } from './fixture.ts';
import { snapshotOf } from './snapshot-of.ts';

const FULL = quiet({
  disks: [{ mount: '/', total: 10, used: 5 }],
  listeners: [{ port: 22, protocol: 'tcp', address: '::', process: 'sshd' }],
  logins: [
    { user: 'anna', from: '', at: 1, until: null },
    { user: 'anna', from: '203.0.113.7', at: 1, until: 2 },
  ],
});

function carrying(json: FieldValue, dataset: string = SNAPSHOT_DATASET): Event {
  const fields = { '@timestamp': 0, 'event.ingested': 0, 'event.dataset': dataset, [SNAPSHOT_FIELD]: json };
  return Object.assign(newFields(), fields) as Event;
}

/** The paths of all values in a snapshot: `processes.0.name`. */
function paths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => paths(child, [...path, key]))].filter(
    ({ length }) => length > 0,
  );
}

function without(path: readonly string[], put: unknown): unknown {
  const copy: unknown = structuredClone(FULL);
  let at = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ''] = put;
  return copy;
}

test('a whole snapshot comes back as it was', () => {
  assert.deepEqual(snapshotOf(carrying(JSON.stringify(FULL))), FULL);
  const little = quiet({ cpu: null, swap: null, connections: null, network: null, processes: [] });
  assert.deepEqual(snapshotOf(carrying(JSON.stringify(little))), little);
});

test('one wrong value anywhere, and it is none', () => {
  const all = paths(FULL);
  assert.ok(all.length > 50);
  for (const path of all) {
    for (const wrong of [undefined, {}, true, -1]) {
      const json = JSON.stringify(without(path, wrong));
      assert.equal(snapshotOf(carrying(json)), undefined, `${path.join('.')} = ${JSON.stringify(wrong)}`);
    }
  }
});

test('what is no snapshot at all', () => {
  const json = JSON.stringify(FULL);
  const many = JSON.stringify({ ...FULL, processes: Array.from({ length: 11 }, () => FULL.processes[0]) });
  const rows = ['', 'null', '[]', '7', '{"host":', json.slice(0, -1), many, json.replace('"cpus":4', '"cpus":0')];
  for (const row of rows) assert.equal(snapshotOf(carrying(row)), undefined, row.slice(0, 40));
  assert.equal(snapshotOf(carrying(json, 'generic')), undefined);
  assert.equal(snapshotOf(carrying(7)), undefined);
});

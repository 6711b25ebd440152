import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lastBackup, noteBackup } from './last.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 14, 12);

test('a backup is remembered, and grows old only where somebody wants to be reminded', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-last-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  assert.equal(lastBackup(folder, 30, NOON), undefined);
  assert.equal(noteBackup(folder, '/mnt/usb/one', NOON), true);
  for (const [days, remind, isOld] of [
    [0, 30, false],
    [30, 30, false],
    [31, 30, true],
    [400, 0, false],
  ] as const)
    assert.deepEqual(lastBackup(folder, remind, NOON + days * DAY + 1), { made: NOON, days, isOld });
  assert.deepEqual(lastBackup(folder, 1, NOON - 9 * DAY), { made: NOON, days: 0, isOld: false });
  for (const broken of ['', '{', 'null', '{"made":7}', '{"made":"soon"}']) {
    writeFileSync(join(folder, 'last-backup.json'), broken);
    assert.equal(lastBackup(folder, 30, NOON), undefined, broken);
  }
  assert.equal(noteBackup(join(folder, 'nowhere'), '/mnt', NOON), false);
});

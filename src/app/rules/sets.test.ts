/** A set on the disk: what a crash leaves at any moment is a set, the old one or the new one. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { CollectedSet } from './collect-set.ts';
import { installSet } from './install-set.ts';
import { installedSets, removeSet } from './sets.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-sets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'rules');
}

const set = (files: Readonly<Record<string, string>>): CollectedSet => ({
  name: 'one',
  source: '/somewhere/one.zip',
  files: Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
  others: 0,
});

const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
  );

test('a version takes the place of another, and leaves nothing of it', async (t) => {
  const sets = folderOf(t);
  const first = await installSet(sets, 'one', set({ 'a/a.yml': 'A', 'b.yml': 'B' }), 0);
  assert.deepEqual(first, { name: 'one', rules: 2, changes: undefined });
  const second = await installSet(sets, 'one', set({ 'a/a.yml': 'A', 'c.yml': 'C' }), 0);
  assert.deepEqual(second.changes, { added: 1, changed: 0, gone: 1 });
  const [installed] = installedSets(sets);
  assert.deepEqual(
    [installed?.name, installed?.facts?.rules, installed?.facts?.added],
    ['one', 2, '1970-01-01T00:00:00.000Z'],
  );
  assert.deepEqual(filesOf(installed?.folder ?? ''), { 'a.yml': 'A', 'c.yml': 'C' });
  assert.equal(readdirSync(join(sets, 'one')).length, 2);
});

test('a version that a crash left half written is not in force, and goes with the next one', async (t) => {
  const sets = folderOf(t);
  await installSet(sets, 'one', set({ 'a.yml': 'A' }), 0);
  mkdirSync(join(sets, 'one', 'deadbeef'));
  writeFileSync(join(sets, 'one', 'deadbeef', 'b.yml'), 'B');
  writeFileSync(join(sets, 'one', 'deadbeef.json'), '{');
  assert.deepEqual(filesOf(installedSets(sets)[0]?.folder ?? ''), { 'a.yml': 'A' });
  await installSet(sets, 'one', set({ 'c.yml': 'C' }), 0);
  assert.equal(readdirSync(join(sets, 'one')).length, 2);
});

test('what cannot be written leaves the old version in force', async (t) => {
  const sets = folderOf(t);
  await installSet(sets, 'one', set({ 'a.yml': 'A' }), 0);
  // A file where a folder is needed.
  await assert.rejects(installSet(sets, 'one', set({ x: 'X', 'x/y.yml': 'Y' }), 0), { code: 'DATA_FOLDER' });
  assert.deepEqual(filesOf(installedSets(sets)[0]?.folder ?? ''), { 'a.yml': 'A' });
});

test('a folder that somebody put there is a set as well, and one that is gone is none', async (t) => {
  const sets = folderOf(t);
  assert.deepEqual(installedSets(sets), []);
  mkdirSync(join(sets, 'by-hand'), { recursive: true });
  writeFileSync(join(sets, 'by-hand', 'a.yml'), 'A');
  const [byHand] = installedSets(sets);
  assert.deepEqual([byHand?.name, byHand?.facts, byHand?.folder], ['by-hand', undefined, join(sets, 'by-hand')]);
  assert.equal(removeSet(sets, 'by-hand'), true);
  assert.equal(existsSync(join(sets, 'by-hand')), false);
  assert.equal(removeSet(sets, 'by-hand'), false);
});

for (const files of ['../../..', '/etc', 'a/b', ''])
  test(`a manifest cannot point elsewhere: ${files}`, (t) => {
    const sets = folderOf(t);
    mkdirSync(join(sets, 'one'), { recursive: true });
    const manifest = { files, source: 'x', added: 'x', rules: 1 };
    writeFileSync(join(sets, 'one', 'set.json'), JSON.stringify(manifest));
    assert.equal(installedSets(sets)[0]?.folder, join(sets, 'one'));
  });

for (const name of ['..', '.', '../one', '', 'a/b'])
  test(`no set is removed under the name "${name}"`, async (t) => {
    const sets = folderOf(t);
    await installSet(sets, 'one', set({ 'a.yml': 'A' }), 0);
    assert.equal(removeSet(sets, name), false);
    assert.equal(installedSets(sets).length, 1);
  });

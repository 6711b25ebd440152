/** Every state that a kill can leave, and what the next command makes of it. Kills of real restores are in test/chaos/store-crash. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { lockFolder } from '#store';
import { endRestore } from './ended.ts';
import { beginExchange } from './exchange.ts';
import { mountedIn } from './mounts.ts';

type Files = Readonly<Record<string, string>>;

function write(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** But for the lock, which stays where it is. */
const read = (folder: string): Files =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('porchlight.lock'))
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')];
      }),
  );

function inFolder(files: Files, use: (folder: string) => Promise<void> | void): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-exchange-'));
    try {
      write(folder, files);
      await use(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

const T = '2026-03-14T12-00-00-000Z';
const OLD: Files = { 'agents/ca.pem': 'old', 'porchlight.db': 'old' };
const NEW: Files = { 'agents/key.pem': 'new', 'porchlight.db': 'new' };
const EARLIER: Files = { 'before-2025-01-01T00-00-00-000Z/porchlight.db': 'older' };
const within = (name: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
const DONE: Files = { ...NEW, ...within(`before-${T}`, OLD) };

const cases: readonly (readonly [what: string, left: Files, becomes: Files])[] = [
  ['nothing was begun', OLD, OLD],
  ['it was being copied', { ...OLD, ...within('restore.partial', { 'porchlight.db': 'ne' }) }, OLD],
  ['it was whole', { ...OLD, ...within(`restore.whole.${T}`, NEW) }, DONE],
  [
    'some was put aside',
    { 'agents/ca.pem': 'old', [`before-${T}/porchlight.db`]: 'old', ...within(`restore.whole.${T}`, NEW) },
    DONE,
  ],
  ['all was put aside', { ...within(`before-${T}`, OLD), ...within(`restore.moving.${T}`, NEW) }, DONE],
  [
    'some was in its place',
    {
      ...within(`before-${T}`, OLD),
      'porchlight.db': 'new',
      [`restore.moving.${T}/agents/key.pem`]: 'new',
    },
    DONE,
  ],
  ['there was nothing before', within(`restore.whole.${T}`, NEW), NEW],
  [
    'an earlier one was put aside',
    { ...OLD, ...EARLIER, ...within(`restore.whole.${T}`, NEW) },
    { ...DONE, ...EARLIER },
  ],
];
for (const [what, left, becomes] of cases) {
  test(
    `killed when ${what}`,
    inFolder(left, async (folder) => {
      await endRestore(folder);
      assert.deepEqual(read(folder), becomes);
      await endRestore(folder);
      assert.deepEqual(read(folder), becomes);
    }),
  );
}

test(
  'while one is copied others go on; while files change places they are told to wait',
  inFolder({ ...OLD, ...within('restore.partial', NEW) }, async (folder) => {
    const lock = lockFolder(folder);
    try {
      await endRestore(folder);
      assert.ok(existsSync(join(folder, 'restore.partial')));
      write(folder, within(`restore.whole.${T}`, NEW));
      await assert.rejects(endRestore(folder), /in use by another Porchlight/);
    } finally {
      lock.release();
    }
  }),
);

test(
  'what cannot be put aside is told in words, and ended once it can',
  inFolder({ ...OLD, [`before-${T}`]: 'a file', ...within(`restore.whole.${T}`, NEW) }, async (folder) => {
    await assert.rejects(endRestore(folder), { code: 'DATA_FOLDER', message: /not put all in its place yet \(EEXIST/ });
    rmSync(join(folder, `before-${T}`));
    await endRestore(folder);
    assert.deepEqual(read(folder), DONE);
  }),
);

test('mounts directly in a folder are told, whatever their names', () => {
  const table = `22 1 0:20 / / rw - ext4 /dev/a rw
31 22 0:27 / /data rw - ext4 /dev/b rw
32 31 0:28 / /data/my\\040settings.yaml ro shared:1 - ext4 /dev/b rw
33 31 0:29 / /data/agents/deeper rw - tmpfs tmpfs rw
34 22 0:29 / /database/other rw - tmpfs tmpfs rw
`;
  assert.deepEqual(mountedIn(table, '/data'), ['/data/my settings.yaml']);
  assert.deepEqual(mountedIn(table, '/'), ['/data']);
});

test(
  'an exchange that is given up leaves what was there, and no folder where there was none',
  inFolder(OLD, (folder) => {
    for (const place of [folder, join(folder, 'anew')]) {
      const exchange = beginExchange(place);
      assert.equal(exchange.occupied, place === folder);
      write(exchange.partial, NEW);
      exchange.end();
    }
    assert.deepEqual(read(folder), OLD);
    assert.ok(!existsSync(join(folder, 'anew')));
  }),
);

test(
  'an exchange puts the old files aside and says where; the folder is held until its end',
  inFolder(OLD, (folder) => {
    const exchange = beginExchange(folder);
    assert.throws(() => beginExchange(folder), /in use by another Porchlight/);
    write(exchange.partial, NEW);
    assert.equal(exchange.commit(Date.parse('2026-03-14T12:00:00Z')), join(folder, `before-${T}`));
    exchange.end();
    assert.deepEqual(read(folder), DONE);
  }),
);

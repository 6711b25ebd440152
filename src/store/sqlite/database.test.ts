import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openDatabase } from './database.ts';
import { SCHEMA_VERSION } from './schema.ts';

function inFolder(use: (folder: string) => void): () => void {
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-db-'));
    try {
      use(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Content enough that the file has pages to lose. */
function filled(path: string): void {
  const { db, close } = openDatabase(path);
  const insert = db.prepare('INSERT INTO mark VALUES (?, 1, ?)');
  for (let n = 0; n < 200; n++) insert.run(`key ${n}`, 'x'.repeat(200));
  close();
}

test(
  'folder and files are for their owner alone',
  inFolder((folder) => {
    const data = join(folder, 'made', 'data');
    const { db, close } = openDatabase(join(data, 'porchlight.db'));
    db.exec(`INSERT INTO mark VALUES ('k', 1, '')`);
    assert.equal(mode(data), '700');
    const files = readdirSync(data).toSorted();
    const expected = ['porchlight.db', 'porchlight.db-shm', 'porchlight.db-wal', 'porchlight.lock', 'porchlight.pid'];
    assert.deepEqual(files, expected);
    for (const file of files) assert.equal(mode(join(data, file)), '600', file);
    close();
  }),
);

test(
  'every commit is synced, the log is kept short',
  inFolder((folder) => {
    const { db, close } = openDatabase(join(folder, 'porchlight.db'));
    const settings = [
      ['synchronous', 2],
      ['journal_mode', 'wal'],
      ['wal_autocheckpoint', 4096],
      ['journal_size_limit', 64 << 20],
    ];
    for (const [name, value] of settings) {
      assert.deepEqual(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {}), [value], String(name));
    }
    close();
  }),
);

test(
  'a folder has one user at a time',
  inFolder((folder) => {
    const path = join(folder, 'porchlight.db');
    const first = openDatabase(path);
    const busy = { code: 'DATA_FOLDER', detail: `${folder} is in use by another Porchlight (process ${process.pid}).` };
    assert.throws(() => openDatabase(path), busy);
    assert.throws(() => openDatabase(path), busy);
    first.close();
    openDatabase(path).close();
  }),
);

test(
  'others may read while it runs',
  inFolder((folder) => {
    const path = join(folder, 'porchlight.db');
    const { close } = openDatabase(path);
    const reader = new DatabaseSync(path, { readOnly: true });
    assert.equal(reader.prepare('SELECT value FROM meta').get()?.['value'], String(SCHEMA_VERSION));
    reader.close();
    close();
  }),
);

type Spoil = (path: string) => void;
const spoiled: readonly { readonly why: string; readonly spoil: Spoil; readonly says: RegExp }[] = [
  {
    why: 'a newer schema',
    spoil: (path) => sql(path, `UPDATE meta SET value = '${SCHEMA_VERSION + 1}'`),
    says: new RegExp(
      `was written by a newer Porchlight \\(schema ${SCHEMA_VERSION + 1}, this one knows ${SCHEMA_VERSION}\\)`,
    ),
  },
  { why: 'no schema at all', spoil: (path) => sql(path, 'DELETE FROM meta'), says: /does not say which version/ },
  {
    why: 'another program’s database',
    spoil: (path) => sql(path, 'PRAGMA application_id = 1'),
    says: /another program/,
  },
  { why: 'a torn file', spoil: (path) => truncateSync(path, statSync(path).size - 4096), says: /is damaged/ },
  {
    why: 'no database',
    spoil: (path) => writeFileSync(path, 'x'.repeat(9000)),
    says: /is damaged: file is not a database/,
  },
  { why: 'a page that was overwritten', spoil: (path) => overwrite(path, 5 * 4096), says: /is damaged/ },
  {
    why: 'a batch that is gone',
    spoil: (path) => sql(path, 'UPDATE progress SET last_batch = 3'),
    says: /ends with batch 0 where 3/,
  },
];

function sql(path: string, statement: string): void {
  const db = new DatabaseSync(path);
  db.exec(statement);
  db.close();
}

function overwrite(path: string, from: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, from, from + 4096);
  writeFileSync(path, bytes);
}

for (const { why, spoil, says } of spoiled) {
  test(
    `${why} is refused, and the folder is free afterwards`,
    inFolder((folder) => {
      const path = join(folder, 'porchlight.db');
      filled(path);
      spoil(path);
      for (let again = 0; again < 2; again++) {
        assert.throws(
          () => openDatabase(path),
          (error) =>
            error instanceof Error && 'code' in error && error.code === 'DATA_FOLDER' && says.test(error.message),
        );
      }
      rmSync(path);
      openDatabase(path).close();
    }),
  );
}

test(
  'a folder that cannot be made is named',
  inFolder((folder) => {
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => openDatabase(join(folder, 'file', 'porchlight.db')), { code: 'DATA_FOLDER' });
    mkdirSync(join(folder, 'porchlight.db'));
    assert.throws(() => openDatabase(join(folder, 'porchlight.db')), { code: 'DATA_FOLDER' });
  }),
);

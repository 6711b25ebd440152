import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { loginReader } from './recent-logins.ts';
import { wtmp } from './wtmp.fixture.ts';

const T = Date.UTC(2026, 2, 1, 12) / 1000;

function newRoot(context: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'porchlight-logins-'));
  context.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'var/log'), { recursive: true });
  mkdirSync(join(root, 'var/lib/wtmpdb'), { recursive: true });
  return root;
}

type Row = readonly [type: number, user: string, login: number, logout: number | null, host: string | null];

function writeDatabase(root: string, rows: readonly Row[]): void {
  const database = new DatabaseSync(join(root, 'var/lib/wtmpdb/wtmp.db'));
  database.exec(
    'CREATE TABLE wtmp (ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER, Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT',
  );
  const insert = database.prepare('INSERT INTO wtmp (Type, User, Login, Logout, RemoteHost) VALUES (?, ?, ?, ?, ?)');
  for (const [type, user, login, logout, host] of rows) {
    insert.run(type, user, login * 1e6 + 250_000, logout === null ? null : logout * 1e6, host);
  }
  database.close();
}

const writeWtmp = (root: string, users: readonly string[]): void =>
  writeFileSync(
    join(root, 'var/log/wtmp'),
    wtmp(
      384,
      users.map((user, i) => ({ type: 7, user, line: `pts/${i}`, at: T + i })),
    ),
  );

test('neither file: nobody', async (context) => {
  assert.deepEqual(await loginReader(newRoot(context))(), []);
});

test('wtmpdb: logins with their ends, a boot ends what nobody ended', async (context) => {
  const root = newRoot(context);
  writeDatabase(root, [
    [1, 'reboot', T, null, '6.12.0'],
    [3, 'anna', T + 10, T + 20, '203.0.113.7'],
    [3, 'jonas', T + 30, null, '2001:db8::7'],
    [2, 'runlevel', T + 35, null, null],
    [1, 'reboot', T + 40, null, '6.12.0'],
    [3, 'anna', T + 50, null, ':0'],
    [3, 'root', T + 60, 0, null],
  ]);
  writeWtmp(root, ['old']);
  assert.deepEqual(await loginReader(root)(), [
    { user: 'root', from: '', at: (T + 60) * 1000 + 250, until: null },
    { user: 'anna', from: '', at: (T + 50) * 1000 + 250, until: null },
    { user: 'jonas', from: '2001:db8::7', at: (T + 30) * 1000 + 250, until: (T + 40) * 1000 + 250 },
    { user: 'anna', from: '203.0.113.7', at: (T + 10) * 1000 + 250, until: (T + 20) * 1000 },
  ]);
});

test('wtmp stands in where the database is empty, of another kind or no database', async (context) => {
  for (const spoil of [
    (root: string) => writeDatabase(root, []),
    (root: string) => writeFileSync(join(root, 'var/lib/wtmpdb/wtmp.db'), 'no database at all'),
    (root: string) => new DatabaseSync(join(root, 'var/lib/wtmpdb/wtmp.db')).exec('CREATE TABLE other (x)'),
  ]) {
    const root = newRoot(context);
    spoil(root);
    writeWtmp(root, ['anna']);
    assert.deepEqual(
      (await loginReader(root)()).map(({ user }) => user),
      ['anna'],
    );
  }
});

test('a file is read again when it has changed, and not before', async (context) => {
  const root = newRoot(context);
  writeWtmp(root, ['anna']);
  const read = loginReader(root);
  const first = await read();
  assert.equal(await read(), first);
  appendFileSync(join(root, 'var/log/wtmp'), wtmp(384, [{ type: 7, user: 'jonas', line: 'pts/9', at: T + 99 }]));
  assert.deepEqual(
    (await read()).map(({ user }) => user),
    ['jonas', 'anna'],
  );
  rmSync(join(root, 'var/log/wtmp'));
  assert.deepEqual(await read(), []);
});

test('of a wtmp that grew for years the end is read, and whole records of it', async (context) => {
  const root = newRoot(context);
  const users = Array.from({ length: 2000 }, (_, i) => `user${i}`);
  writeWtmp(root, users);
  assert.deepEqual(
    (await loginReader(root)()).map(({ user }) => user),
    users.slice(-10).toReversed(),
  );
});

/** Logs that a path with wildcards stands for, on a whole server: from the file to the stored event and the file's row. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { parseConfig } from './config.ts';
import { type Server, startServer } from './server.ts';

interface House {
  readonly folder: string;
  /** Again, where one runs. */
  start(): Promise<Server>;
  stop(): Promise<void>;
}

function house(t: TestContext, sources: readonly string[]): House {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-wild-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'var/log/app'), { recursive: true });
  const text = [
    `host: { name: nas, root: ${JSON.stringify(folder)} }`,
    'http: { port: 0 }',
    'honeypot: { enabled: false }',
    'sources:',
    ...sources,
  ].join('\n');
  const config = parseConfig({ path: 'porchlight.yaml', text }, {});
  let last: Server | undefined;
  async function stop(): Promise<void> {
    const ending = last;
    last = undefined;
    await ending?.close();
  }
  t.after(stop);
  async function start(): Promise<Server> {
    await stop();
    last = await startServer({ config, dataFolder: join(folder, 'data'), now: Date.now });
    return last;
  }
  return { folder, start, stop };
}

function stored({ backend }: Server, count: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = backend.onCommit(look);
    function look(): void {
      if (backend.eventCount() < count) return;
      stop();
      resolve();
    }
    look();
  });
}

const rowsOf = ({ backend }: Server): Record<string, string> =>
  Object.fromEntries(
    backend
      .sources()
      .filter(({ id }) => id.startsWith('file:/var/log/app/'))
      .map(({ id, state }) => [id.replace('file:/var/log/app/', ''), state]),
  );

async function messages({ backend }: Server): Promise<string[]> {
  const { items } = await backend.store.events({ q: '', limit: 100 });
  return items.map(({ event }) => String(event.message)).toSorted();
}

test('what matches, what comes later, and what may not be read, each in its row; each line once over a restart and under new names', async (t) => {
  const { folder, start } = house(t, ["  log_candidates: ['/var/log/app/*.log']", '  backfill_hours: 8784']);
  const at = (name: string): string => join(folder, 'var/log/app', name);
  writeFileSync(at('a.log'), 'a one\n');
  symlinkSync('/etc/hostname', at('evil.log'));
  const server = await start();
  await stored(server, 1);
  assert.deepEqual(rowsOf(server), { '*.log': 'following', 'a.log': 'following', 'evil.log': 'denied' });
  writeFileSync(at('b.log'), 'b one\n');
  await stored(server, 2);
  assert.equal(rowsOf(server)['b.log'], 'following');
  renameSync(at('b.log'), at('b.log.1'));
  writeFileSync(at('b.log'), 'b two\n');
  await stored(server, 3);
  assert.equal(rowsOf(server)['b.log.1'], undefined);
  appendFileSync(at('a.log'), 'a two\n');
  renameSync(at('b.log'), at('b-old.log'));
  writeFileSync(at('b.log'), 'b three\n');
  const again = await start();
  await stored(again, 5);
  appendFileSync(at('a.log'), 'a three\n');
  await stored(again, 6);
  assert.deepEqual(await messages(again), ['a one', 'a three', 'a two', 'b one', 'b three', 'b two']);
});

test('records of many lines by configuration; a pattern that is none fails its own file only', async (t) => {
  const { folder, start } = house(t, [
    '  log_candidates: [/var/log/app/good.log, /var/log/app/bad.log]',
    '  multiline:',
    "    /var/log/app/good.log: { start: '^[A-Z]' }",
    "    /var/log/app/bad.log: { start: '(' }",
  ]);
  const at = (name: string): string => join(folder, 'var/log/app', name);
  writeFileSync(at('good.log'), 'Trouble\n  at here\n  at there\nNext\n');
  writeFileSync(at('bad.log'), 'x\n');
  const server = await start();
  await stored(server, 2);
  assert.deepEqual(await messages(server), ['Next', 'Trouble\n  at here\n  at there']);
  const row = server.backend.sources().find(({ id }) => id.endsWith('bad.log'));
  assert.equal(row?.state, 'failed');
  assert.match(row?.reason ?? '', /multiline pattern/);
});

test('what is mended or lost is counted and shown', async (t) => {
  const { folder, start } = house(t, ['  log_candidates: [/var/log/app/a.log]']);
  const path = join(folder, 'var/log/app/a.log');
  writeFileSync(path, Buffer.concat([Buffer.from('one \n'), Buffer.from([0x74, 0xff, 0x0a])]));
  const server = await start();
  await stored(server, 2);
  writeFileSync(path, 'x\n');
  await stored(server, 3);
  const { counters } = server.backend;
  assert.equal(counters.get('records_mended', 'invalid_utf8'), 1);
  assert.equal(counters.get('file_losses', 'truncated'), 1);
  assert.match(server.backend.sources().find(({ id }) => id.endsWith('a.log'))?.reason ?? '', /truncated/);
});

test('a log that was empty at first sight: what came while nobody read, and was rotated, is read, and is no history', async (t) => {
  const { folder, start, stop } = house(t, ["  log_candidates: ['/var/log/app/c.log']"]);
  const log = join(folder, 'var/log/app/c.log');
  writeFileSync(log, '');
  await start();
  const database = new DatabaseSync(join(folder, 'data/porchlight.db'), { readOnly: true });
  const kept = database.prepare("SELECT count(*) AS count FROM mark WHERE key LIKE 'file:%'");
  while (kept.get()?.['count'] === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  database.close();
  await stop();
  appendFileSync(log, '2024-01-01T00:00:00Z nas app[1]: by a clock that was wrong\n');
  renameSync(log, `${log}.1`);
  writeFileSync(log, '2024-01-01T00:00:01Z nas app[1]: and again\n');
  const second = await start();
  // Old lines would have been left out.
  await stored(second, 2);
});

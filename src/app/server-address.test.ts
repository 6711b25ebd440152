import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runLine } from './cli.fixture.ts';
import { noteAddress, notedAddress } from './server-address.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-address-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

for (const [address, expected] of [
  ['127.0.0.1', 'http://127.0.0.1:8080'],
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['::', 'http://[::1]:8080'],
  ['192.0.2.10', 'http://192.0.2.10:8080'],
] as const)
  test(`a server at ${address} is found until it ends`, (t) => {
    const folder = folderOf(t);
    const forget = noteAddress(folder, { address, port: 8080 });
    assert.equal(notedAddress(folder), expected);
    forget();
    assert.equal(notedAddress(folder), undefined);
  });

test('a server that was killed, and a note that is none, are not believed', (t) => {
  const folder = folderOf(t);
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  for (const note of [`${gone} http://127.0.0.1:8080\n`, `${process.pid} ftp://127.0.0.1\n`, `${process.pid}\n`, '']) {
    writeFileSync(join(folder, 'porchlight.address'), note);
    assert.equal(notedAddress(folder), undefined, note);
  }
});

test('a folder that is not there costs nothing', () => {
  noteAddress('/nowhere/at/all', { address: '127.0.0.1', port: 8080 })();
  assert.equal(notedAddress('/nowhere/at/all'), undefined);
});

test('commands ask the server that has the data folder, wherever it listens; --url is stronger', async (t) => {
  const data = folderOf(t);
  noteAddress(data, { address: '127.0.0.1', port: 9 });
  const asked = await runLine(['alerts', 'list', '--data', data]);
  assert.match(asked.err, /No Porchlight answers there: http:\/\/127\.0\.0\.1:9\n/);
  const named = await runLine(['alerts', 'list', '--data', data, '--url', 'http://127.0.0.1:10']);
  assert.match(named.err, /No Porchlight answers there: http:\/\/127\.0\.0\.1:10\n/);
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { procReader } from './proc-file.ts';
import { socketOwners } from './socket-owners.ts';

test('socketOwners: searched once a socket, remembered for as long as it is there', async (context) => {
  const proc = mkdtempSync(join(tmpdir(), 'porchlight-owners-'));
  context.after(() => rmSync(proc, { recursive: true }));
  const run = (pid: number, name: string, inode: number): void => {
    mkdirSync(join(proc, `${pid}/fd`), { recursive: true });
    writeFileSync(join(proc, `${pid}/stat`), `${pid} (${name}) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 5 9999 1 0 0\n`);
    symlinkSync(`socket:[${inode}]`, join(proc, `${pid}/fd/3`));
  };
  const owners = socketOwners(proc, procReader());
  const found = async (...inodes: readonly number[]): Promise<unknown> =>
    Object.fromEntries(await owners.find(new Set(inodes)));

  run(42, 'sshd', 7001);
  assert.deepEqual(await found(7001, 7002), { 7001: 'sshd', 7002: '' });
  rmSync(join(proc, '42'), { recursive: true });
  run(43, 'late', 7002);
  assert.deepEqual(await found(7001, 7002), { 7001: 'sshd', 7002: '' }, 'no second search');
  run(44, 'smbd', 7003);
  assert.deepEqual(await found(7001, 7002, 7003), { 7001: 'sshd', 7002: '', 7003: 'smbd' });
  assert.deepEqual(await found(7003), { 7003: 'smbd' });
  assert.deepEqual(
    await found(7001, 7002, 7003),
    { 7001: '', 7002: 'late', 7003: 'smbd' },
    'forgotten, and searched anew',
  );
});

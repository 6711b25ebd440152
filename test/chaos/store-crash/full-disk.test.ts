/**
 * A full disk: commits are refused with STORE_FAILED, nothing refused is stored and nothing acknowledged is lost, what is
 * stored can still be read, and once there is room the same process goes on. On a real 2 MB file system where one can be
 * mounted (in a name space of its own, so nothing is left behind), and everywhere with a limit on file sizes.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

const FILLER = join(import.meta.dirname, 'filler.ts');
const MOUNT = 'mount -t tmpfs -o size=2m tmpfs "$1"';

interface FullDisk {
  readonly name: string;
  /** A shell script; $1 is the folder, $2 node, $3 the filler. */
  readonly script: string;
  readonly makeRoom: (child: ChildProcess) => void;
  readonly wrapper: readonly string[];
}

const limited: FullDisk = {
  name: 'files of limited size',
  wrapper: [],
  script: `trap '' XFSZ; ulimit -S -f 1024; exec "$2" "$3" "$1"`,
  makeRoom: (child) => void execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']),
};
const mounted: FullDisk = {
  name: 'a file system of 2 MB',
  wrapper: ['unshare', '--map-root-user', '--mount'],
  script: `${MOUNT} && exec "$2" "$3" "$1" 1000000`,
  makeRoom: () => undefined,
};
const canMount = spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', MOUNT, 'sh', tmpdir()]).status === 0;
const disks = canMount ? [mounted, limited] : [limited];

/** Lines of the filler's output: 'full', then the report. */
async function fill(disk: FullDisk, folder: string): Promise<unknown> {
  const args = [...disk.wrapper, 'sh', '-c', disk.script, 'sh', folder, process.execPath, FILLER];
  const child = spawn('env', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let report = '';
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'full') {
      disk.makeRoom(child);
      child.stdin.end('go on\n');
    } else report = line;
  }
  assert.deepEqual(await exit, [0, null]);
  return JSON.parse(report);
}

for (const disk of disks) {
  test(`${disk.name}, full: refused, nothing falsely acknowledged, and on it goes`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'porchlight-full-'));
    try {
      const report = await fill(disk, folder);
      t.diagnostic(JSON.stringify(report));
      assert.ok(typeof report === 'object' && report !== null && 'whenFull' in report);
      const whenFull = Number(report.whenFull);
      assert.ok(whenFull > 5 && whenFull < 500, `${whenFull} commits fitted`);
      const acked = whenFull + 5;
      assert.deepEqual(report, {
        whenFull,
        refusals: ['STORE_FAILED', 'STORE_FAILED', 'STORE_FAILED'],
        sealing: ['STORE_FAILED', 'STORE_FAILED', ''],
        readable: whenFull * 10,
        resumed: ['', '', '', '', ''],
        afterwards: Math.min(1000, acked * 10),
        acked,
        stored: { lastBatch: acked, eventCount: acked * 10, mark: acked, messages: acked },
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** A data folder that fills up, and more room for it afterwards: a tiny tmpfs, or, where nobody may mount, a limit on the size of files. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Running } from './house.ts';

export interface SmallDisk {
  readonly data: string;
  /** Put before the server's command. */
  readonly through: readonly string[];
  /** Makes room. */
  free(server: Running | undefined): void;
  remove(): void;
}

const MB = 1024 * 1024;
/** What a limit on the size of files is counted in, bytes. */
const BLOCK = 512;

/** 4 MB, of which a filler takes more than half until `free`. Undefined where this user may not mount. */
function tinyDisk(): SmallDisk | undefined {
  const data = mkdtempSync(join(tmpdir(), 'porchlight-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'porchlight', data]);
  if (mounted.status !== 0) {
    rmSync(data, { recursive: true });
    return undefined;
  }
  const filler = join(data, 'filler');
  writeFileSync(filler, Buffer.alloc(2.5 * MB));
  return {
    data,
    through: [],
    free: () => unlinkSync(filler),
    remove() {
      spawnSync('umount', ['-l', data]);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** No file may grow past 1 MB until `free`. Only the soft limit is lowered, so that anybody may lift it again. */
function limitedFiles(): SmallDisk {
  const data = mkdtempSync(join(tmpdir(), 'porchlight-disk-'));
  return {
    data,
    through: ['sh', '-c', `ulimit -S -f ${MB / BLOCK}; exec "$@"`, 'sh'],
    free(server) {
      if (server === undefined) return;
      const lifted = spawnSync('prlimit', ['--pid', `${server.pid}`, '--fsize=unlimited']);
      if (lifted.status !== 0) throw new Error(`The limit stays: ${lifted.stderr.toString()}`);
    },
    remove: () => rmSync(data, { recursive: true, force: true }),
  };
}

export interface Way {
  readonly name: string;
  make(): SmallDisk;
}

/** Every way that works here; a limit works everywhere. */
export function ways(): readonly [Way, ...Way[]] {
  const limited: Way = { name: 'files of at most 1 MB', make: limitedFiles };
  const probe = process.platform === 'linux' ? tinyDisk() : undefined;
  probe?.remove();
  return probe === undefined ? [limited] : [{ name: 'a disk of 4 MB', make: mountedDisk }, limited];
}

function mountedDisk(): SmallDisk {
  const disk = tinyDisk();
  if (disk === undefined) throw new Error('A tmpfs could be mounted a moment ago, and cannot any more.');
  return disk;
}

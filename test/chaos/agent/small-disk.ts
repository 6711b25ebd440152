/** A disk of 2 MB for an agent's spool: a tmpfs where we may mount, otherwise the spool's own limit; which of the two is said. */
import { spawnSync } from 'node:child_process';
import { globSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  readonly name: string;
  /** Lines for the agent's settings. */
  readonly settings: readonly string[];
  isFull(): boolean;
  remove(): void;
}

const SIZE = 2 * 1024 * 1024;
/** What the last frame did not fit into. */
const CRUMBS = 64 * 1024;

export function smallDisk(data: string): SmallDisk {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'porchlight', data]);
  const isMounted = mounted.status === 0;
  return {
    name: isMounted ? 'a tmpfs of 2 MB' : 'a spool of 2 MB, as this user may not mount',
    settings: isMounted ? [] : ['spool: { max_bytes: 2 MiB }'],
    isFull: () => (isMounted ? free(data) : SIZE - used(data)) < CRUMBS,
    remove() {
      if (isMounted) spawnSync('umount', ['-l', data]);
    },
  };
}

function free(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

const used = (data: string): number =>
  globSync(join(data, 'agent/spool/log-*/*.seg')).reduce(
    (sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );

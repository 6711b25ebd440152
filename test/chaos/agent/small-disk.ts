/** A disk of 2 MB for an agent's spool: a tmpfs where we may mount, otherwise the spool's own limit; which of the two is said. */
import { spawnSync } from 'node:child_process';

export interface SmallDisk {
  readonly name: string;
  /** Lines for the agent's settings. */
  readonly settings: readonly string[];
  remove(): void;
}

export function smallDisk(data: string): SmallDisk {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'porchlight', data]);
  if (mounted.status !== 0)
    return {
      name: 'may not mount: spool of 2 MB',
      settings: ['spool: { max_bytes: 2 MiB }'],
      remove: () => undefined,
    };
  return {
    name: 'tmpfs of 2 MB',
    settings: [],
    remove: () => void spawnSync('umount', ['-l', data]),
  };
}

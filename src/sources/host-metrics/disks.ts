/** Disks that fill up: what is mounted from a real device, each device once. */
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskUse } from '#contract';

export interface Mount {
  readonly device: string;
  readonly path: string;
  readonly type: string;
}

/** Network file systems are left out: a server that is away would make us wait. Read-only images (squashfs) are always full. */
const REAL = new Set(
  ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'bcachefs', 'f2fs', 'jfs', 'reiserfs', 'nilfs2'].concat([
    'vfat',
    'exfat',
    'ntfs',
    'ntfs3',
    'fuseblk',
    'hfsplus',
    'ubifs',
  ]),
);
const MOST = 16;

/** The lines of `/proc/mounts`; blanks in paths are written `\040` (fstab(5)). */
export function readMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [device = '', path = '', type = ''] = line.split(' ', 3).map(unescape);
    return path.startsWith('/') && type !== '' ? [{ device, path, type }] : [];
  });
}

const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/**
 * One mount a device, the one nearest to the root: others are binds and subvolumes of the same space. A container sees its own
 * root as an overlay, which is then the only disk it has.
 */
export function realDisks(mounts: readonly Mount[]): readonly Mount[] {
  const real = mounts.filter(({ type, path }) => REAL.has(type) || (type === 'overlay' && path === '/'));
  const nearest = new Map<string, Mount>();
  for (const mount of real) {
    const device = mount.type === 'zfs' ? mount.device.replace(/\/.*/s, '') : mount.device;
    const other = nearest.get(device);
    if (other === undefined || mount.path.length < other.path.length) nearest.set(device, mount);
  }
  return [...nearest.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MOST);
}

/** Bytes, without disks that cannot be asked. `total` leaves out what is reserved for root: a disk is as full as df says. */
export async function diskUse(root: string, mounts: readonly Mount[]): Promise<readonly DiskUse[]> {
  const disks: DiskUse[] = [];
  const devices = new Set<number>();
  for (const { path } of mounts) {
    const place = join(root, path);
    try {
      const info = await stat(place);
      // A container has single files mounted; and where only the root was mounted for us, what lies deeper is the root again.
      if (!info.isDirectory() || devices.has(info.dev)) continue;
      const { bsize, blocks, bfree, bavail } = await statfs(place);
      if (blocks === 0) continue;
      devices.add(info.dev);
      const used = (blocks - bfree) * bsize;
      disks.push({ mount: path, total: used + bavail * bsize, used });
    } catch {
      // Unmounted meanwhile, or not ours to ask.
    }
  }
  return disks;
}

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { diskUse, readMounts, realDisks } from './disks.ts';

const MOUNTS = `proc /proc proc rw 0 0
/dev/sda2 / ext4 rw 0 0
/dev/sda1 /boot/efi vfat rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/sdb1 /srv/my\\040films xfs rw 0 0
/dev/sdb1 /export xfs rw 0 0
/dev/sda2 /var/lib/docker/btrfs ext4 rw 0 0
/dev/loop3 /snap/core/1 squashfs ro 0 0
nas:/media /mnt/media nfs4 rw 0 0
//nas/share /mnt/share cifs rw 0 0
tank/data /tank/data zfs rw 0 0
tank /tank zfs rw 0 0
overlay /var/lib/docker/overlay2/1/merged overlay rw 0 0
systemd-1 /proc/sys/fs/binfmt_misc autofs rw 0 0
cut /off`;

test('realDisks: each device once, the mount nearest to the root; nothing that only looks like a disk', () => {
  assert.deepEqual(
    realDisks(readMounts(MOUNTS)).map(({ path }) => path),
    ['/', '/boot/efi', '/export', '/tank'],
  );
  assert.ok(readMounts(MOUNTS).some(({ path }) => path === '/srv/my films'));
  assert.deepEqual(
    realDisks(readMounts('overlay / overlay rw 0 0\n/dev/vda1 /etc/hosts ext4 rw 0 0\n')).map(({ path }) => path),
    ['/', '/etc/hosts'],
    'which of them is a file is seen when it is asked',
  );
});

test('diskUse: files that are mounted and what shows the same disk again are left out', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'porchlight-disks-'));
  context.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'srv'));
  writeFileSync(join(root, 'hosts'), '');
  const mounts = ['/hosts', '/', '/srv', '/missing'].map((path) => ({ device: path, path, type: 'ext4' }));
  assert.deepEqual(
    (await diskUse(root, mounts)).map(({ mount }) => mount),
    ['/'],
  );
});

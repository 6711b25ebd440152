/** What keeps us from a file, and the exact command that lets us in. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface BarrierOptions {
  readonly root: string;
  readonly user?: string | undefined;
}

interface Group {
  readonly name: string;
  readonly members: readonly string[];
}

/** Group `gid` of the watched machine; undefined where its /etc/group does not name it. */
async function groupOf(gid: number, root: string): Promise<Group | undefined> {
  const table = await readFile(join(root, '/etc/group'), 'utf8').catch(() => '');
  for (const line of table.split('\n')) {
    const [name = '', , id, members = ''] = line.trim().split(':');
    if (name !== '' && Number(id) === gid && id !== '') return { name, members: members.split(',') };
  }
  return undefined;
}

/**
 * The file or folder on the way to `path` that bars it, and the permission bit its group would need. We can see a thing's mode
 * when we can search the folder it is in, so the outermost thing that cannot be seen lies in the folder that bars.
 */
async function barringPlace(
  path: string,
  root: string,
): Promise<{ path: string; mode: number; gid: number; bit: number } | undefined> {
  let bit = 0o040;
  for (let at = path; ; at = dirname(at), bit = 0o010) {
    const found = await stat(join(root, at)).catch(() => undefined);
    if (found !== undefined) return { path: at, mode: found.mode, gid: found.gid, bit };
    if (at === dirname(at)) return undefined;
  }
}

/** A reason for people, for a `path` that gave EACCES. */
export async function barrier(path: string, { root, user }: BarrierOptions): Promise<string> {
  const place = await barringPlace(path, root);
  const group = place === undefined ? undefined : await groupOf(place.gid, root);
  const who = user ?? '$USER';
  const what =
    place === undefined || place.path === path ? 'Permission denied' : `Permission denied by the folder ${place.path}`;
  // Joining root's own group would hand out far more than a log.
  if (place === undefined || group === undefined || place.gid === 0 || (place.mode & place.bit) === 0) {
    const grant = place === undefined || place.bit === 0o040 ? `r ${path}` : `x ${place.path}`;
    return `${what}: only root may read it. Run: sudo setfacl -m u:${who}:${grant} (until the file is rotated), or start Porchlight as root.`;
  }
  if (user !== undefined && group.members.includes(user)) {
    return `${what}: ${user} is in the group ${group.name}, but not in this session yet. Log out and in again.`;
  }
  return `${what}: it is for the group ${group.name}. Run: sudo usermod -aG ${group.name} ${who}, then log in again.`;
}

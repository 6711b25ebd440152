/** Mounts within a folder: such an entry has its place from elsewhere, and nobody can move it. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/** Paths that are directly in the folder; none where the system does not tell. */
export function mountsIn(folder: string): string[] {
  try {
    return mountedIn(readFileSync('/proc/self/mountinfo', 'utf8'), realpathSync(folder));
  } catch {
    return [];
  }
}

/** The fifth word of a line is where, with blanks and backslashes in octal: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
export const mountedIn = (table: string, folder: string): string[] =>
  table
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((place) => place.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))))
    .filter((place) => place !== '/' && dirname(place) === folder);

/** Who logged in of late: from wtmpdb where there is one, else from wtmp. Read again only when the file has changed. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecentLogin } from '#contract';
import { readWtmp, WTMP_ALIGNMENT } from './wtmp.ts';

const SHOWN = 10;
/** Of a wtmp that grew for years only the end is read: about 700 records. */
const TAIL = 28 * WTMP_ALIGNMENT;

/** Gives logins newest first; none where neither file is there or readable, which authentication events then make up for. */
export type LoginReader = () => Promise<readonly RecentLogin[]>;

export function loginReader(root: string): LoginReader {
  const database = join(root, 'var/lib/wtmpdb/wtmp.db');
  const wtmp = join(root, 'var/log/wtmp');
  let seen = '';
  let logins: readonly RecentLogin[] = [];
  return async () => {
    const now = stamp(database) + stamp(`${database}-wal`) + stamp(wtmp);
    if (now !== seen) {
      logins = (await fromDatabase(database)) ?? fromFile(wtmp) ?? [];
      seen = now;
    }
    return logins;
  };
}

/** Changes whenever the file does; '' where there is none. */
function stamp(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false, bigint: true });
  return info === undefined ? '' : `${path} ${info.ino} ${info.size} ${info.mtimeNs};`;
}

/** undefined: there is none, or nothing in it, or it is not readable. SQLite is loaded only where there is one. */
async function fromDatabase(path: string): Promise<readonly RecentLogin[] | undefined> {
  if (stamp(path) === '') return undefined;
  try {
    const { readWtmpdb } = await import('./wtmpdb.ts');
    const logins = readWtmpdb(path, SHOWN);
    return logins.length > 0 ? logins : undefined;
  } catch {
    return undefined;
  }
}

function fromFile(path: string): readonly RecentLogin[] | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const from = Math.max(0, Math.ceil((size - TAIL) / WTMP_ALIGNMENT) * WTMP_ALIGNMENT);
    const bytes = Buffer.alloc(size - from);
    return readWtmp(bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from)), SHOWN);
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * `/var/lib/wtmpdb/wtmp.db`, which Debian 13 and openSUSE keep instead of wtmp: a SQLite table `wtmp` with Type (1 boot, 3 login),
 * User, Login and Logout in µs, TTY and RemoteHost (wtmpdb(8)). Opened for reading only, and for one query.
 */
import { DatabaseSync } from 'node:sqlite';
import type { RecentLogin } from '#contract';
import { fromOf } from './wtmp.ts';

const BOOT = 1;
const LOGIN = 3;

/** Newest first, at most `most`. A login without an end is over if the machine has booted since. Throws where the file is none of these. */
export function readWtmpdb(path: string, most: number): readonly RecentLogin[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 100 });
  try {
    const rows = database
      .prepare(
        `SELECT User AS user, RemoteHost AS host, Login / 1000 AS at, coalesce(nullif(Logout, 0) / 1000,
           (SELECT min(boot.Login) / 1000 FROM wtmp boot WHERE boot.Type = ? AND boot.Login > wtmp.Login)) AS until
         FROM wtmp WHERE Type = ? AND Login > 0 ORDER BY Login DESC LIMIT ?`,
      )
      .all(BOOT, LOGIN, most);
    return rows.flatMap(({ user, host, at, until }) =>
      typeof user === 'string' && typeof at === 'number'
        ? [
            {
              user,
              from: fromOf(typeof host === 'string' ? host : ''),
              at,
              until: typeof until === 'number' ? until : null,
            },
          ]
        : [],
    );
  } finally {
    database.close();
  }
}

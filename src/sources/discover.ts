/**
 * Which of the configured logs this machine has, and what to do about those it has not: one row a candidate and one for the
 * journal, each with a reason in plain words and, where something bars the way, the command that mends it.
 *
 * The journal is read only where no fresh file carries logins. Then the files that syslog fills from the same entries are not:
 * no line comes twice.
 */
import type { FileHandle } from 'node:fs/promises';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unreachable } from '#lib/unreachable';
import { barrier } from './discover/barrier.ts';
import { glob } from './discover/glob.ts';
import { isWild } from './discover/wildcard.ts';
import { errnoOf } from './file-tail/errno.ts';
import { openInside, RefusedFile } from './file-tail/open-inside.ts';
import { type Found, findJournal, type Journal } from './journald/find.ts';

/**
 * `follow`, `stale` (not written for a week) and `waiting` (not there yet) are followed. `denied` cannot be read as things
 * are; `off` need not be.
 */
export type CandidateState = 'follow' | 'stale' | 'waiting' | 'denied' | 'off';

export interface Candidate {
  /** As configured; what people call it. */
  readonly path: string;
  /** As it is opened: `path` under `root`. */
  readonly file: string;
  readonly state: CandidateState;
  readonly reason: string;
  /** Logins and sudo are written here, as its name or its last lines say. */
  readonly carriesAuthentication: boolean;
  /** How it is read, in the journal's row where it is to be. */
  readonly journal?: Journal;
  /** In the row of a path with wildcards. What matches it has rows of its own. */
  readonly wild?: { readonly matches: readonly string[]; readonly looked: number };
  /** The path with wildcards that this one matches. */
  readonly matchOf?: string;
}

export interface DiscoverOptions {
  /** Where the watched machine's root is mounted; `/` outside containers. */
  readonly root: string;
  readonly now: () => number;
  /** The account we run as, where known: tells somebody who was just added to the group to log in again. */
  readonly user?: string | undefined;
  /** Where journalctl may be, when not in one of its usual places. */
  readonly journalctl?: readonly string[];
  /** Whether a log at this place was followed before. */
  readonly wasFollowed?: (file: string) => boolean;
}

const DAY = 24 * 60 * 60 * 1000;
const STALE = 7 * DAY;
const SAMPLE = 64 * 1024;
const AUTH_NAMES = /^(?:auth\.log|authlog|secure)$/;
const AUTH_LINES = /\s(?:sshd(?:-session)?|sudo|su|login|dropbear)(?:\[\d+\])?: /;
const JOURNAL = '/var/log/journal';
/** What syslog daemons write out of the journal's entries. */
const SYSLOG_NAMES =
  /^(?:auth\.log|authlog|secure|syslog|messages|kern\.log|daemon\.log|user\.log|debug|cron|cron\.log|maillog|mail\.(?:log|info|warn|err))$/;

/** Rows in the order of the candidates, what matches one with wildcards after it, the journal last. */
export async function discover(candidates: readonly string[], options: DiscoverOptions): Promise<readonly Candidate[]> {
  const rows: Candidate[] = [];
  const inodes = new Map<string, string>();
  for (const found of await expanded(candidates, options)) {
    const row = 'state' in found ? found : { ...(await inspect(found.path, options)), ...found };
    const isThere = row.wild === undefined && (row.state === 'follow' || row.state === 'stale');
    const inode = isThere ? await inodeOf(row.file) : undefined;
    const twin = inode === undefined ? undefined : inodes.get(inode);
    if (inode !== undefined && twin === undefined) inodes.set(inode, row.path);
    rows.push(twin === undefined ? row : { ...row, state: 'off', reason: `The same file as ${twin}.` });
  }
  const authentication = rows.find((row) => row.carriesAuthentication && row.state === 'follow');
  const last = await journalRow(options, authentication?.path);
  return [...(last.journal === undefined ? rows : rows.map(inJournal)), last];
}

type Path = Pick<Candidate, 'path' | 'matchOf'>;

/** What is there for each candidate: its path, or the row of a path with wildcards and the paths it stands for. */
async function expanded(
  candidates: readonly string[],
  options: DiscoverOptions,
): Promise<readonly (Path | Candidate)[]> {
  const known = new Set(candidates);
  const found: (Path | Candidate)[] = [];
  for (const path of new Set(candidates)) {
    if (!isWild(path)) {
      found.push({ path });
      continue;
    }
    const looked = options.now();
    const matches = await glob(path, { ...options, wasFollowed: followedBefore(options) }).matches();
    const reason =
      matches.length === 0
        ? 'Nothing matches. What does is followed as soon as it appears.'
        : `${matches.length} ${matches.length === 1 ? 'file matches' : 'files match'}. What appears later is followed too.`;
    const state = matches.length === 0 ? 'waiting' : 'follow';
    const file = join(options.root, path);
    found.push({ path, file, state, reason, carriesAuthentication: false, wild: { matches, looked } });
    found.push(...matches.filter((one) => !known.has(one)).map((one) => ({ path: one, matchOf: path })));
    for (const one of matches) known.add(one);
  }
  return found;
}

/** In terms of the watched machine's own paths. */
export const followedBefore =
  ({ root, wasFollowed }: Pick<DiscoverOptions, 'root' | 'wasFollowed'>) =>
  (path: string): boolean =>
    wasFollowed?.(join(root, path)) === true;

/** The row of a file that appeared while we ran. `journalIsRead`: what syslog writes out of it comes from there. */
export async function discoverOne(path: string, journalIsRead: boolean, options: DiscoverOptions): Promise<Candidate> {
  const row = await inspect(path, options);
  return journalIsRead ? inJournal(row) : row;
}

function inJournal(row: Candidate): Candidate {
  if (row.wild !== undefined || row.state === 'denied' || row.state === 'off' || !SYSLOG_NAMES.test(basename(row.path)))
    return row;
  return { ...row, state: 'off', reason: 'Not followed: the journal is, and holds the same lines.' };
}

async function inodeOf(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

async function inspect(path: string, options: DiscoverOptions): Promise<Candidate> {
  const file = join(options.root, path);
  const row = { path, file, carriesAuthentication: AUTH_NAMES.test(basename(path)) };
  let handle: FileHandle | undefined;
  try {
    handle = await openInside(file);
    if (handle === undefined) {
      return {
        ...row,
        carriesAuthentication: false,
        state: 'waiting',
        reason: 'Not there. It is followed as soon as it appears.',
      };
    }
    const carriesAuthentication = row.carriesAuthentication || AUTH_LINES.test(await lastLines(handle));
    const { mtimeMs } = await handle.stat();
    const idle = options.now() - mtimeMs;
    if (idle < STALE) return { ...row, carriesAuthentication, state: 'follow', reason: 'Readable and in use.' };
    const days = Math.floor(idle / DAY);
    return {
      ...row,
      carriesAuthentication,
      state: 'stale',
      reason: `Followed, but nothing was written to it for ${days} days.`,
    };
  } catch (error) {
    return { ...row, carriesAuthentication: false, state: 'denied', reason: await whyNot(error, path, options) };
  } finally {
    await handle?.close();
  }
}

async function lastLines(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat();
  const buffer = Buffer.allocUnsafe(Math.min(SAMPLE, size));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - buffer.length);
  return buffer.toString('latin1', 0, bytesRead);
}

async function whyNot(error: unknown, path: string, options: DiscoverOptions): Promise<string> {
  if (error instanceof RefusedFile) return `Not followed: ${error.message}.`;
  const errno = errnoOf(error);
  if (errno === 'EACCES' || errno === 'EPERM') return barrier(path, options);
  if (errno === undefined) throw error;
  return `Cannot be read (${errno}).`;
}

async function journalRow(options: DiscoverOptions, authentication: string | undefined): Promise<Candidate> {
  const found = await findJournal(options.root, options.journalctl);
  const path = found.kind === 'none' ? JOURNAL : found.path;
  const row = { path, file: join(options.root, path), carriesAuthentication: false, state: 'off' } as const;
  if (found.kind === 'none') {
    const none =
      authentication === undefined ? 'No journal, and no file carries logins.' : 'No journal on this machine.';
    return { ...row, reason: none };
  }
  if (authentication !== undefined) return { ...row, reason: `Not read: logins come from ${authentication}.` };
  return { ...row, ...(await readingOf(found, options)) };
}

/** No file carries logins: what stands in the way of the journal, if anything does. */
async function readingOf(
  found: Exclude<Found, { kind: 'none' }>,
  options: DiscoverOptions,
): Promise<Omit<Candidate, 'path' | 'file'>> {
  switch (found.kind) {
    case 'barred': {
      const reason = `No file carries logins, and the journal cannot be read. ${await barrier(found.path, options)}`;
      return { carriesAuthentication: false, state: 'denied', reason };
    }
    case 'no-journalctl': {
      const reason =
        'No file carries logins, and there is no journalctl to read the journal with. Install systemd where Porchlight runs, or rsyslog on the machine it watches.';
      return { carriesAuthentication: false, state: 'denied', reason };
    }
    case 'journal': {
      const idle = options.now() - found.modified;
      const days = Math.floor(idle / DAY);
      const reason =
        idle < STALE
          ? 'Read with journalctl: no file carries logins.'
          : `Read with journalctl, since no file carries logins; but nothing was written to it for ${days} days.`;
      const state = idle < STALE ? 'follow' : 'stale';
      return { carriesAuthentication: true, state, reason, journal: found.journal };
    }
    default:
      return unreachable(found);
  }
}

/**
 * Which of the configured logs this machine has, and what to do about those it has not: one row a candidate and one for the
 * journal, each with a reason in plain words and, where something bars the way, the command that mends it.
 */
import type { FileHandle } from 'node:fs/promises';
import { access, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { barrier } from './discover/barrier.ts';
import { errnoOf } from './file-tail/errno.ts';
import { openInside, RefusedFile } from './file-tail/open-inside.ts';

/**
 * `follow`, `stale` (not written for a week) and `waiting` (not there yet) are tailed. `denied` cannot be read as things are;
 * `off` need not be, or this version cannot.
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
}

export interface DiscoverOptions {
  /** Where the watched machine's root is mounted; `/` outside containers. */
  readonly root: string;
  readonly now: () => number;
  /** The account we run as, where known: tells somebody who was just added to the group to log in again. */
  readonly user?: string | undefined;
}

const DAY = 24 * 60 * 60 * 1000;
const STALE = 7 * DAY;
const SAMPLE = 64 * 1024;
const AUTH_NAMES = /^(?:auth\.log|authlog|secure)$/;
const AUTH_LINES = /\s(?:sshd(?:-session)?|sudo|su|login|dropbear)(?:\[\d+\])?: /;
const JOURNALS = ['/run/systemd/journal', '/run/log/journal', '/var/log/journal'];

/** Rows in the order of the candidates, the journal last. */
export async function discover(candidates: readonly string[], options: DiscoverOptions): Promise<readonly Candidate[]> {
  const rows: Candidate[] = [];
  const inodes = new Map<string, string>();
  for (const path of new Set(candidates)) {
    const row = await inspect(path, options);
    const inode = row.state === 'follow' || row.state === 'stale' ? await inodeOf(row.file) : undefined;
    const twin = inode === undefined ? undefined : inodes.get(inode);
    if (inode !== undefined && twin === undefined) inodes.set(inode, path);
    rows.push(twin === undefined ? row : { ...row, state: 'off', reason: `The same file as ${twin}.` });
  }
  const authentication = rows.find((row) => row.carriesAuthentication && row.state === 'follow');
  return [...rows, await journal(options, authentication?.path)];
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

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function journal({ root }: DiscoverOptions, authentication: string | undefined): Promise<Candidate> {
  const row = { carriesAuthentication: false, state: 'off' } as const;
  for (const path of JOURNALS) {
    const file = join(root, path);
    if (!(await exists(file))) continue;
    const reason =
      authentication === undefined
        ? `The journal is not read by this version, and no file carries logins: ${await installRsyslog(root)}`
        : `The journal is not read by this version; logins come from ${authentication}.`;
    return { ...row, path, file, reason };
  }
  const reason =
    authentication === undefined ? 'No journal, and no file carries logins.' : 'No journal on this machine.';
  return { ...row, path: '/var/log/journal', file: join(root, '/var/log/journal'), reason };
}

/** Which package command the watched machine has shows in its release files. */
async function installRsyslog(root: string): Promise<string> {
  if (await exists(join(root, '/etc/debian_version'))) return 'auth.log is needed. Run: sudo apt install rsyslog';
  if (await exists(join(root, '/etc/redhat-release')))
    return '/var/log/secure is needed. Run: sudo dnf install rsyslog';
  return 'install rsyslog, which writes them to /var/log.';
}

/**
 * Which process a listening socket belongs to. The kernel tells only the other way round: every descriptor of every process has
 * to be looked at, and others' only as root. So it is done when a socket appears that was not there before, and what was found
 * (or was not to be found) is remembered for as long as the socket is there.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { ProcReader } from './proc-file.ts';
import { nameOfProcess } from './process-name.ts';
import { readStat } from './process-stat.ts';
import { pids } from './processes.ts';

/** Processes a slice: between two, others on this thread have their turn. */
const SLICE = 16;

export interface SocketOwners {
  /** Name of the owning process by inode; '' where it cannot be seen. */
  find(inodes: ReadonlySet<number>): Promise<ReadonlyMap<number, string>>;
}

export function socketOwners(proc: string, reader: ProcReader): SocketOwners {
  const known = new Map<number, string>();

  async function find(inodes: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
    for (const inode of known.keys()) if (!inodes.has(inode)) known.delete(inode);
    const sought = new Set([...inodes].filter((inode) => !known.has(inode)));
    if (sought.size > 0) await search(sought);
    for (const inode of sought) known.set(inode, '');
    return known;
  }

  /** Takes out of `sought` what it finds. The newest processes first: a new socket is mostly theirs. */
  async function search(sought: Set<number>): Promise<void> {
    for (const [at, pid] of pids(proc).toReversed().entries()) {
      if (sought.size === 0) return;
      if (at % SLICE === SLICE - 1) await setImmediate();
      for (const inode of socketsOf(pid)) {
        if (sought.delete(inode)) known.set(inode, nameOf(pid));
      }
    }
  }

  function nameOf(pid: number): string {
    const bytes = reader.readOnce(`${proc}/${pid}/stat`);
    const stat = bytes === undefined ? undefined : readStat(bytes);
    return stat === undefined ? '' : nameOfProcess(proc, pid, stat.name, reader);
  }

  function socketsOf(pid: number): readonly number[] {
    const folder = `${proc}/${pid}/fd`;
    const inodes: number[] = [];
    try {
      for (const file of readdirSync(folder)) {
        const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${file}`))?.[1];
        if (inode !== undefined) inodes.push(Number(inode));
      }
    } catch {
      // Another account's process, or one that has just ended.
    }
    return inodes;
  }

  return { find };
}

/** '' for a descriptor that was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/*
 * Who runs from this checkout, so that nobody replaces node_modules under a live server.
 *
 * Each process that uses node_modules keeps a file `.cache/running/<pid>`: its command and when it started. A pid that is
 * dead, or that has another start time (it was reused), does not count; its file is removed by whoever notices.
 * Order matters: an installer takes the lock, then looks here; a starter writes its file, then looks at the lock.
 * So at least one of two that meet sees the other.
 */
import process from 'node:process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUNNING } from './places.mjs';

const own = join(RUNNING, String(process.pid));
let entered = false;

/**
 * Marks this process as running, and from which folded program. Returns false where the checkout cannot be written: who only runs there
 * installs nothing either.
 */
export function enter(command, program) {
  const draft = `${own}.draft`;
  try {
    mkdirSync(RUNNING, { recursive: true });
    writeFileSync(draft, JSON.stringify({ ...identity(process.pid), command, program }));
    renameSync(draft, own);
  } catch {
    return false;
  }
  if (!entered) process.once('exit', leave);
  entered = true;
  return true;
}

export function leave() {
  if (entered) rmSync(own, { force: true });
}

/** @returns {{ pid: number, command: string, program?: string }[]} the others that are alive */
export function others() {
  const found = [];
  for (const name of list()) {
    const file = join(RUNNING, name);
    const pid = Number(name);
    if (pid === process.pid) continue;
    const mark = read(file);
    if (mark !== undefined && alive(mark)) found.push({ pid, command: mark.command, program: mark.program });
    else rmSync(file, { force: true });
  }
  return found;
}

/** The folded programs that somebody runs from. */
export const inUse = () => others().flatMap(({ program }) => program ?? []);

/** What tells a process from a later one with the same number. Start time in clock ticks since boot; Linux only. */
export function identity(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold blanks; field 22 is the 20th after it. A zombie has ended.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, started: fields[0] === 'Z' ? 'ended' : fields[19] };
  } catch {
    return { pid };
  }
}

export function alive(mark) {
  if (!Number.isInteger(mark?.pid) || mark.pid <= 0) return false;
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return mark.started === undefined || identity(mark.pid).started === mark.started;
}

function list() {
  try {
    return readdirSync(RUNNING).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

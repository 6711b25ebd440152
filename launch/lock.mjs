/*
 * One installer or page builder at a time in a checkout: `.cache/<name>.lock`, created exclusively, holding pid and start
 * time. A lock whose owner is dead is broken, and two breakers are kept apart by a second file, so that the slower one
 * cannot remove the lock that the faster one has just taken.
 */
import process from 'node:process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CACHE } from './places.mjs';
import { alive, identity } from './running.mjs';
import { say, Stop } from './say.mjs';

/** How often a waiting start looks again. */
const LOOK_MS = 200;
/** A lock without content was left by a crash between its creation and its first byte. */
const EMPTY_MS = 5000;

/**
 * Does `work` while nobody else holds the lock. `work` may name a process that it starts: the lock then outlives us as
 * long as that one lives, so that an install whose launcher was killed is not joined by a second one.
 * @template T
 * @param {string} name
 * @param {string} waiting said once by who has to wait
 * @param {(helper: (pid: number) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, waiting, work) {
  const file = join(CACHE, `${name}.lock`);
  makeCache();
  let told = false;
  while (!take(file)) {
    if (breakStale(file)) continue;
    if (!told) say(waiting);
    told = true;
    await delay(LOOK_MS);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work((pid) =>
      writeFileSync(file, JSON.stringify({ ...identity(process.pid), helper: identity(pid) })),
    );
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

/** Whether a living process holds the lock. */
export function held(name) {
  const file = join(CACHE, `${name}.lock`);
  return ageOf(file) !== undefined && !stale(file);
}

function makeCache() {
  try {
    mkdirSync(CACHE, { recursive: true });
  } catch (error) {
    throw new Stop(
      `${CACHE} cannot be written (${error.code}). Start as the user who owns this folder, or change its owner.`,
    );
  }
}

function take(file) {
  let fd;
  try {
    fd = openSync(file, 'wx');
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new Stop(`${file} cannot be written (${error.code}). Start as the user who owns this folder.`);
  }
  writeSync(fd, JSON.stringify(identity(process.pid)));
  closeSync(fd);
  return true;
}

function breakStale(file) {
  if (!stale(file)) return false;
  const breaker = `${file}.break`;
  const age = ageOf(breaker);
  if (age !== undefined && age > EMPTY_MS) rmSync(breaker, { force: true });
  if (!take(breaker)) return false;
  try {
    if (stale(file)) rmSync(file, { force: true });
    return true;
  } finally {
    rmSync(breaker, { force: true });
  }
}

function stale(file) {
  try {
    const mark = JSON.parse(readFileSync(file, 'utf8'));
    return !alive(mark) && !alive(mark.helper);
  } catch {
    return (ageOf(file) ?? 0) > EMPTY_MS;
  }
}

function ageOf(file) {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}

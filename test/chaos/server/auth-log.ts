/**
 * The writer of the followed auth.log: lines now and then, sometimes half a line first; rotation by rename, after which a few
 * more lines may still go to the old file, as a daemon does until it is told. Knows every line and where it went.
 *
 * A line's number stands in it as the process id, so it is found again in the event whatever else becomes of the text.
 */
import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Attempt, Burglars } from './burglars.ts';
import type { Random } from './random.ts';
import { pause } from './waiting.ts';

export interface Line {
  readonly number: number;
  /** Inode of the file it went to. */
  readonly file: string;
  readonly attempt: Attempt | undefined;
}

export interface AuthLog extends Disposable {
  readonly lines: readonly Line[];
  readonly rotations: number;
  /** Bytes by inode: what marks must come to. */
  sizes(): ReadonlyMap<string, number>;
  /** Writes lines until stopped. */
  run(): void;
  write(count: number): void;
  rotate(): void;
  stop(): Promise<void>;
}

export interface AuthLogOptions {
  readonly path: string;
  readonly random: Random;
  readonly burglars: Burglars;
  /** Chance of a rotation whenever lines are written. */
  readonly rotation: number;
}

interface Open {
  readonly fd: number;
  readonly inode: string;
  /** The rest of a line that was begun. */
  rest: string;
}

export function authLog({ path, random, burglars, rotation }: AuthLogOptions): AuthLog {
  const lines: Line[] = [];
  const files: Open[] = [];
  let rotations = 0;
  let running: Promise<void> | undefined;
  let stopping = false;
  let lingering = 0;
  let current = open();

  function open(): Open {
    const fd = openSync(path, 'a');
    const file = { fd, inode: `${fstatSync(fd, { bigint: true }).ino}`, rest: '' };
    files.push(file);
    return file;
  }

  function finish(file: Open): void {
    if (file.rest !== '') writeSync(file.fd, file.rest);
    file.rest = '';
  }

  function append(text: string, time: number, attempt: Attempt | undefined): void {
    const old = files.at(-2);
    const file = lingering > 0 && old !== undefined ? old : current;
    if (file === old) lingering--;
    const number = lines.length + 1;
    const stamp = new Date(time).toISOString();
    const program = attempt === undefined ? 'backupd' : 'sshd';
    const line = `${stamp} nas ${program}[${number}]: ${text}\n`;
    finish(file);
    const half = random.chance(0.05) ? random.int(1, line.length - 1) : line.length;
    writeSync(file.fd, line.slice(0, half));
    file.rest = line.slice(half);
    lines.push({ number, file: file.inode, attempt });
  }

  function write(count: number): void {
    for (let i = 0; i < count; i++) append(`copied block ${random.int(0, 1e9)}`, Date.now(), undefined);
    for (const attempt of burglars.attempts(Date.now())) append(attempt.text, attempt.time, attempt);
  }

  function rotate(): void {
    finish(current);
    let last = 1;
    while (existsSync(`${path}.${last}`)) last++;
    for (let n = last; n > 1; n--) renameSync(`${path}.${n - 1}`, `${path}.${n}`);
    renameSync(path, `${path}.1`);
    rotations++;
    current = open();
    lingering = random.chance(0.5) ? random.int(1, 30) : 0;
  }

  async function go(): Promise<void> {
    while (!stopping) {
      if (random.chance(rotation)) rotate();
      write(random.int(0, 6));
      await pause(random.int(1, 12));
    }
    // Nobody leaves while a burglary is on, so that every plan comes to its end.
    while (burglars.busy > 0) {
      write(0);
      await pause(2);
    }
    files.forEach(finish);
  }

  return {
    lines,
    get rotations() {
      return rotations;
    },
    sizes: () =>
      new Map(files.map(({ fd, inode }) => [inode, fstatSync(fd).size] as const).filter(([, size]) => size > 0)),
    run() {
      running = go();
    },
    write(count) {
      write(count);
      files.forEach(finish);
    },
    rotate,
    async stop() {
      stopping = true;
      await running;
    },
    [Symbol.dispose]() {
      for (const { fd } of files) closeSync(fd);
    },
  };
}

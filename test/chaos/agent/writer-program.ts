/**
 * The process that writes. Each of its files has writers, each writer a stream of numbered lines; a file's lines are
 * appended a few times a second, now and then with half a line first. It is told how fast, and when and how to rotate.
 *
 *     parent ── Order ──▶ this ── { order, written } ──▶ parent
 *
 * A rotated file is removed only once the parent said that all of its lines are stored: what is lost is lost by the programs under test.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { random } from '../server/random.ts';
import { type Answer, isOrder, type Order, type Rotation, type Task, type WrittenFile } from './writer-orders.ts';

/** Rotated files that stay even when everything in them is stored. */
const KEPT = 6;
const TICK = 20;

interface Rotated {
  readonly suffix: string;
  /** The last number in it, by stream. */
  readonly last: ReadonlyMap<string, number>;
}

interface Open {
  readonly path: string;
  readonly writers: readonly string[];
  fd: number;
  /** The rest of a line that was begun. */
  rest: string;
  held: boolean;
  /** Newest first: `.1`, `.2`, … */
  rotated: Rotated[];
  /** Lines still owed at the present rate. */
  owed: number;
}

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const choices = random(task.seed);
const counts = new Map<string, number>();
const stored = new Map<string, number>();
const files: Open[] = task.files.map(open);
let rate = 0;
let reused = 0;

function open({ path, writers }: WrittenFile): Open {
  for (const writer of writers) counts.set(writer, 0);
  return { path, writers, fd: openSync(path, 'a'), rest: '', held: false, rotated: [], owed: 0 };
}

function line(writer: string): string {
  const number = (counts.get(writer) ?? 0) + 1;
  counts.set(writer, number);
  const padding = 'x'.repeat(choices.int(10, 90));
  return `${new Date().toISOString()} nas ${writer}[${process.pid}]: chaos ${writer} ${number} ${padding}\n`;
}

/** Whole lines, behind the rest of the last one; half of the last line is kept back now and then. */
function append(file: Open, count: number): void {
  let text = file.rest;
  file.rest = '';
  for (let n = 0; n < count; n++) text += line(choices.pick(file.writers as readonly [string, ...string[]]));
  if (count > 0 && choices.chance(0.1)) {
    const half = text.length - choices.int(1, 60);
    file.rest = text.slice(half);
    text = text.slice(0, half);
  }
  writeAll(file.fd, text);
}

function writeAll(fd: number, text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(fd, bytes));
}

function finish(file: Open): void {
  writeAll(file.fd, file.rest);
  file.rest = '';
}

function shift(file: Open): void {
  for (let n = file.rotated.length; n >= 1; n--) {
    const suffix = file.rotated[n - 1]?.suffix ?? '';
    renameSync(`${file.path}.${n}${suffix}`, `${file.path}.${n + 1}${suffix}`);
  }
}

function rotate(file: Open, how: Rotation): void {
  finish(file);
  const inode = fstatSync(file.fd).ino;
  const last = new Map(file.writers.map((writer) => [writer, counts.get(writer) ?? 0]));
  switch (how) {
    case 'rename':
    case 'gzip':
      shift(file);
      renameSync(file.path, `${file.path}.1`);
      closeSync(file.fd);
      file.fd = openSync(file.path, 'a');
      file.rotated.unshift({ suffix: '', last });
      if (how === 'gzip') compress(file);
      break;
    case 'copytruncate':
      shift(file);
      copyFileSync(file.path, `${file.path}.1`);
      ftruncateSync(file.fd, 0);
      file.rotated.unshift({ suffix: '', last });
      break;
    case 'recreate':
      closeSync(file.fd);
      unlinkSync(file.path);
      file.fd = openSync(file.path, 'a');
      if (fstatSync(file.fd).ino === inode) reused++;
      break;
  }
  clear(file);
}

/** As logrotate does it with `delaycompress`: the one before the last, in place, and dated like what it was made from. */
function compress(file: Open): void {
  const at = file.rotated.findIndex(({ suffix }, index) => index >= 1 && suffix === '');
  const rotated = file.rotated[at];
  if (rotated === undefined) return;
  const path = `${file.path}.${at + 1}`;
  const { atime, mtime } = statSync(path);
  const packed = gzipSync(readFileSync(path));
  const out = openSync(`${path}.gz`, 'w');
  // Half of it is there for a moment, as it is for whoever looks while a program compresses.
  writeSync(out, packed, 0, packed.length >> 1);
  fsyncSync(out);
  writeSync(out, packed, packed.length >> 1);
  futimesSync(out, atime, mtime);
  closeSync(out);
  unlinkSync(path);
  file.rotated[at] = { ...rotated, suffix: '.gz' };
}

function clear(file: Open): void {
  while (file.rotated.length > KEPT) {
    const oldest = file.rotated.at(-1);
    if (oldest === undefined || [...oldest.last].some(([writer, number]) => (stored.get(writer) ?? 0) < number)) return;
    const path = `${file.path}.${file.rotated.length}${oldest.suffix}`;
    if (existsSync(path)) unlinkSync(path);
    file.rotated.pop();
  }
}

/** Answers once it is done. */
function obey(order: Order): void {
  const file = files.find(({ path }) => 'path' in order && path === order.path);
  switch (order.do) {
    case 'rate':
      rate = order.lines;
      break;
    case 'stored':
      for (const [writer, number] of order.last) stored.set(writer, number);
      break;
    case 'hold':
      if (file === undefined) break;
      file.held = true;
      finish(file);
      break;
    case 'release':
      if (file !== undefined) file.held = false;
      break;
    case 'burst':
      if (file !== undefined) {
        append(file, order.lines);
        if (file.held) finish(file);
      }
      break;
    case 'rotate':
      if (file !== undefined) rotate(file, order.how);
      break;
    case 'end':
      clearInterval(ticking);
      files.forEach(finish);
      break;
  }
  const answer: Answer = { order: order.order, written: [...counts], reused };
  process.send?.(answer, () => {
    if (order.do === 'end') process.exit(0);
  });
}

/** The rate is that of all files together, and uneven among them from moment to moment. */
function tick(): void {
  for (const file of files) {
    if (file.held) continue;
    file.owed += ((rate * TICK) / 1000 / files.length) * 2 * choices.next();
    const count = Math.floor(file.owed);
    file.owed -= count;
    if (count > 0 || file.rest !== '') append(file, count);
  }
}

const ticking = setInterval(tick, TICK);
process.on('message', (message: unknown) => {
  if (isOrder(message)) obey(message);
});
// Nobody left to write for.
process.on('disconnect', () => process.exit(0));

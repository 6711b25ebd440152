/**
 * `/var/log/wtmp`: records of who logged in and out (utmp(5)), oldest first, → logins.
 *
 * A record has the size its machine's C library gave it: 384 bytes with 32-bit times (x86, 32-bit ARM), 400 with 64-bit times
 * (64-bit ARM, RISC-V). The file does not say which; the right size is the one under which the records make sense.
 *
 *     0 type(2) · 4 pid(4) · 8 line(32) · 40 id(4) · 44 user(32) · 76 host(256) · 332 exit(4)
 *     384:  336 session(4) · 340 seconds(4) · 344 µs(4) · 348 address(16) · 20 unused
 *     400:  336 session(8) · 344 seconds(8) · 352 µs(8) · 360 address(16) · 20 unused, 4 to fill
 *
 * A login ends with the next record of its line, or with the machine: shutdown, or a boot that nobody announced.
 */
import type { RecentLogin } from '#contract';

interface Layout {
  readonly size: number;
  readonly seconds: number;
  readonly micros: number;
}

const LAYOUTS: readonly Layout[] = [
  { size: 384, seconds: 340, micros: 344 },
  { size: 400, seconds: 344, micros: 352 },
];
/** A tail that begins at a multiple of this begins with a whole record, whichever the size. */
export const WTMP_ALIGNMENT = 9600;

const RUN_LEVEL = 1;
const BOOT = 2;
const LOGIN = 7;
const LOGOUT = 8;
const LAST_TYPE = 9;
/** Of a record that was written at all: 1980. */
const EARLIEST = 315_532_800;

interface WtmpRecord {
  readonly type: number;
  readonly line: string;
  readonly user: string;
  readonly host: string;
  readonly at: number;
}

/** Newest first, at most `most`. A cut-off record at the end is left out. */
export function readWtmp(bytes: Buffer, most: number): readonly RecentLogin[] {
  const layout = layoutOf(bytes);
  return layout === undefined ? [] : pair(records(bytes, layout), most);
}

function layoutOf(bytes: Buffer): Layout | undefined {
  const sane = LAYOUTS.filter((layout) => looksSane(bytes, layout));
  return sane.find(({ size }) => bytes.length % size === 0) ?? sane[0];
}

/** Under the wrong size the types come out of the middle of names and addresses. */
function looksSane(bytes: Buffer, { size, seconds }: Layout): boolean {
  if (bytes.length < size) return false;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const type = bytes.readUInt16LE(at);
    if (type > LAST_TYPE || bytes.readUInt16LE(at + 2) !== 0) return false;
    if (type !== 0 && bytes.readUInt32LE(at + seconds) < EARLIEST) return false;
  }
  return true;
}

function* records(bytes: Buffer, { size, seconds, micros }: Layout): Generator<WtmpRecord> {
  for (let at = 0; at + size <= bytes.length; at += size) {
    yield {
      type: bytes.readUInt16LE(at),
      line: text(bytes, at + 8, 32),
      user: text(bytes, at + 44, 32),
      host: text(bytes, at + 76, 256),
      at: bytes.readUInt32LE(at + seconds) * 1000 + Math.floor(bytes.readUInt32LE(at + micros) / 1000),
    };
  }
}

/** Up to the first NUL; a field that is full has none. */
function text(bytes: Buffer, at: number, length: number): string {
  const end = bytes.subarray(at, at + length).indexOf(0);
  return bytes.toString('utf8', at, at + (end === -1 ? length : end));
}

interface Open {
  readonly login: RecentLogin;
  readonly index: number;
}

function pair(all: Iterable<WtmpRecord>, most: number): readonly RecentLogin[] {
  const logins: RecentLogin[] = [];
  const open = new Map<string, Open>();

  function close(line: string, until: number): void {
    const found = open.get(line);
    if (found === undefined) return;
    logins[found.index] = { ...found.login, until: Math.max(until, found.login.at) };
    open.delete(line);
  }

  for (const { type, line, user, host, at } of all) {
    if (type === BOOT || (type === RUN_LEVEL && user === 'shutdown')) {
      for (const one of open.keys()) close(one, at);
    } else if (type === LOGOUT || type === LOGIN) {
      close(line, at);
      if (type === LOGOUT || user === '') continue;
      const login: RecentLogin = { user, from: fromOf(host), at, until: null };
      open.set(line, { login, index: logins.length });
      logins.push(login);
    }
  }
  return logins.slice(-most).toReversed();
}

/** `:0` is a screen of this machine, and what a terminal multiplexer writes begins with a colon too. */
export const fromOf = (host: string): string => (host.startsWith(':') ? '' : host);

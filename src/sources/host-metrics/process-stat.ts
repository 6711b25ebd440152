/**
 * One line of `/proc/[pid]/stat`: `pid (name) state ppid … utime(14) stime(15) … starttime(22) vsize rss(24) …`.
 *
 * The name is whatever the process calls itself: blanks, parentheses, newlines, ESC. It ends at the last parenthesis of the
 * file, because everything after it is numbers that the kernel writes. Reads bytes, as this runs once a process and look.
 */
export interface ProcessStat {
  readonly name: string;
  /** Ticks of CPU since it started, in user and kernel mode. */
  readonly ticks: number;
  /** Ticks from boot to its start: tells two processes with the same number apart. */
  readonly start: number;
  /** Pages of memory. */
  readonly resident: number;
}

const OPEN = 0x28;
const CLOSE = 0x29;
const BLANK = 0x20;
const FIRST_AFTER_NAME = 3;
const WANTED = { utime: 14, stime: 15, start: 22, resident: 24 } as const;

export function readStat(bytes: Buffer): ProcessStat | undefined {
  const open = bytes.indexOf(OPEN);
  const close = bytes.lastIndexOf(CLOSE);
  if (open === -1 || close <= open) return undefined;
  let ticks = 0;
  let start = 0;
  let field = FIRST_AFTER_NAME;
  let value = 0;
  for (let at = close + 2; at <= bytes.length; at++) {
    const byte = at < bytes.length ? (bytes[at] ?? BLANK) : BLANK;
    if (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + byte - 0x30;
      continue;
    }
    if (byte !== BLANK) continue;
    if (field === WANTED.utime || field === WANTED.stime) ticks += value;
    else if (field === WANTED.start) start = value;
    else if (field === WANTED.resident) {
      return { name: bytes.toString('utf8', open + 1, close), ticks, start, resident: value };
    }
    field++;
    value = 0;
  }
  return undefined;
}

/** For tests: a log of numbered lines that is rotated in place, as fast as files can be renamed. */
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  futimesSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';

export type Rotation = 'rename' | 'gzip' | 'copytruncate';
export type Roll = (least: number, most: number) => number;

export interface Rotating {
  write(count: number): void;
  /** `gzip` leaves half of a compressed file beside what it is made from, until `finish`. */
  rotate(kind: Rotation): void;
  finish(): void;
  /** Removed and made anew: the same inode is likely. */
  recreate(): void;
  written(): number;
}

/** Whole numbers that a seed decides. */
export function dice(seed: number): Roll {
  let state = seed;
  return (least, most) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return least + Math.floor((state / 2 ** 32) * (most - least + 1));
  };
}

export function rotating(path: string, roll: Roll): Rotating {
  const suffixes: string[] = [];
  let lines = 0;
  let finish = (): void => undefined;

  /** As logrotate does with `delaycompress`: not the file that was rotated away last, and dated like what it is made from. */
  function compress(): void {
    const at = suffixes.findIndex((suffix, index) => index > 0 && suffix === '');
    if (at < 0) return;
    const plain = `${path}.${at + 1}`;
    const { atime, mtime } = statSync(plain);
    const packed = gzipSync(readFileSync(plain));
    const half = packed.length >> 1;
    const file = openSync(`${plain}.gz`, 'w');
    writeSync(file, packed, 0, half);
    finish = () => {
      writeSync(file, packed, half);
      futimesSync(file, atime, mtime);
      closeSync(file);
      unlinkSync(plain);
      suffixes[at] = '.gz';
      finish = () => undefined;
    };
  }

  return {
    write(count) {
      const text = Array.from({ length: count }, () => `line ${++lines} ${'x'.repeat(roll(10, 90))}\n`);
      appendFileSync(path, text.join(''));
    },
    rotate(kind) {
      finish();
      for (const [index, suffix] of [...suffixes.entries()].toReversed())
        renameSync(`${path}.${index + 1}${suffix}`, `${path}.${index + 2}${suffix}`);
      suffixes.unshift('');
      if (kind === 'copytruncate') {
        copyFileSync(path, `${path}.1`);
        truncateSync(path);
        return;
      }
      renameSync(path, `${path}.1`);
      closeSync(openSync(path, 'a'));
      if (kind === 'gzip') compress();
    },
    finish: () => finish(),
    recreate() {
      unlinkSync(path);
      closeSync(openSync(path, 'a'));
    },
    written: () => lines,
  };
}

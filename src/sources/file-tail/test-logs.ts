/**
 * For tests: programs that log numbered lines, and the rotation beside them; and what a naive reader would expect of it. A line
 * is `at risk` where something took it away, without a copy, before it was certainly read.
 */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Line {
  readonly number: number;
  readonly text: string;
  isComplete: boolean;
  isAtRisk: boolean;
}

export type Logs = ReturnType<typeof logs>;

export function logs(folder: string) {
  const written: Line[] = [];
  /** Lines of each file, by where it is now. */
  const files = new Map<string, Line[]>();
  let made = 0;

  const current = (log: number): string => join(folder, `app${log}.log`);
  const linesOf = (file: string): Line[] => files.get(file) ?? [];
  const unfinished = (file: string): Line | undefined => linesOf(file).find(({ isComplete }) => !isComplete);

  function begin(file: string, text: string): string {
    const line: Line = { number: written.length, text: `${written.length} ${text}`, isComplete: true, isAtRisk: false };
    written.push(line);
    files.set(file, [...linesOf(file), line]);
    return line.text;
  }

  function finish(file: string): void {
    const line = unfinished(file);
    if (line === undefined) return;
    appendFileSync(file, ' end\n');
    line.isComplete = true;
  }

  function move(from: string, to: string): void {
    renameSync(from, to);
    files.set(to, linesOf(from));
    files.delete(from);
  }

  /** Rotated files of a log by age, newest first. */
  function rotations(log: number): { readonly file: string; readonly n: number; readonly packed: string }[] {
    const pattern = new RegExp(`^${basename(current(log))}\\.(\\d+)(\\.gz)?$`);
    return readdirSync(folder)
      .flatMap((name) => {
        const [, n, packed = ''] = pattern.exec(name) ?? [];
        return n === undefined ? [] : [{ file: join(folder, name), n: Number(n), packed }];
      })
      .toSorted((a, b) => a.n - b.n);
  }

  function shift(log: number): void {
    for (const { file, n, packed } of rotations(log).toReversed()) move(file, `${current(log)}.${n + 1}${packed}`);
  }

  return {
    written,
    count: () => made,
    exists: (log: number): boolean => existsSync(current(log)),
    /** Lines that somebody who begins now can find: nobody follows a log of which there are only rotations. */
    findable(): readonly Line[] {
      const there = [...files].filter(([file]) => existsSync(file.replace(/\.log\..*$/, '.log')));
      return there.flatMap(([, lines]) => lines);
    },
    linesOf: (log: number): readonly Line[] => linesOf(current(log)),
    append(log: number, texts: readonly string[], half: boolean): void {
      const file = current(log);
      finish(file);
      for (const text of texts) appendFileSync(file, `${begin(file, text)}\n`);
      if (half) {
        appendFileSync(file, begin(file, 'half'));
        const last = written.at(-1);
        if (last !== undefined) Object.assign(last, { text: `${last.text} end`, isComplete: false });
      }
    },
    finishAll(): void {
      for (const file of files.keys()) if (existsSync(file)) finish(file);
    },
    make(): number {
      writeFileSync(current(made), `${begin(current(made), 'first')}\n`);
      return made++;
    },
    rename(log: number, create: boolean): void {
      shift(log);
      move(current(log), `${current(log)}.1`);
      if (create) writeFileSync(current(log), '');
    },
    /** Late writers, after a rename without a signal to reopen. */
    appendRotated(log: number): void {
      const file = `${current(log)}.1`;
      if (!existsSync(file)) return;
      finish(file);
      appendFileSync(file, `${begin(file, 'late')}\n`);
    },
    copyTruncate(log: number): void {
      finish(current(log));
      shift(log);
      copyFileSync(current(log), `${current(log)}.1`);
      truncateSync(current(log));
      files.set(`${current(log)}.1`, linesOf(current(log)));
      files.set(current(log), []);
    },
    /** Compresses the oldest rotated file that is still plain, as gzip does: with its time. */
    compress(log: number): void {
      const plain = rotations(log).findLast(({ file, packed }) => packed === '' && statSync(file).size > 0);
      if (plain === undefined) return;
      finish(plain.file);
      const { atime, mtime } = statSync(plain.file);
      writeFileSync(`${plain.file}.tmp`, gzipSync(readFileSync(plain.file)));
      utimesSync(`${plain.file}.tmp`, atime, mtime);
      renameSync(`${plain.file}.tmp`, `${plain.file}.gz`);
      rmSync(plain.file);
      files.set(`${plain.file}.gz`, linesOf(plain.file));
      files.delete(plain.file);
    },
    /** How what is at the path is taken away without a copy. The same inode stays, or is likely to be given to the next file. */
    destroy(log: number, how: 'truncate' | 'recreate' | 'overwrite'): void {
      for (const line of linesOf(current(log))) {
        line.isAtRisk = true;
        line.isComplete = true;
      }
      files.set(current(log), []);
      if (how === 'truncate') truncateSync(current(log));
      else {
        if (how === 'recreate') rmSync(current(log));
        writeFileSync(current(log), `${begin(current(log), how)}\n`);
      }
    },
  };
}

/** What following one file costs by itself, on one core: bytes of a log to records, nothing behind it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPlace } from '#contract';
import { fileTail } from '../src/sources/file-tail.ts';
import { generator } from './synthetic.ts';

export interface TailSpeed {
  readonly lines: number;
  readonly bytes: number;
  /** ms, the best of three. */
  readonly elapsed: number;
  /** ms of processor time of that one, kernel and helpers included. */
  readonly cpu: number;
}

export async function tailSpeed(seed: number, count: number): Promise<TailSpeed> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-bench-tail-'));
  try {
    const path = join(folder, 'auth.log');
    const { authLine } = generator(seed);
    const text = `${Array.from({ length: count }, (_, i) => authLine(1_763_600_000_000 + i)).join('\n')}\n`;
    writeFileSync(path, text);
    const runs: { elapsed: number; cpu: number }[] = [];
    for (let run = 0; run < 3; run++) runs.push(await readOnce(path, count));
    const [best] = runs.toSorted((a, b) => a.elapsed - b.elapsed);
    return { lines: count, bytes: Buffer.byteLength(text), elapsed: best?.elapsed ?? 0, cpu: best?.cpu ?? 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function readOnce(path: string, count: number): Promise<{ elapsed: number; cpu: number }> {
  const tag = { id: 'file:bench', agent: 'local', host: 'bench' };
  const before = process.cpuUsage();
  const begun = performance.now();
  let lines = 0;
  const tail = fileTail(
    { path, tag, known: [], poll: 250, now: Date.now, follow: false },
    new AbortController().signal,
  );
  for await (const records of tail) for (const record of records) if (!isPlace(record)) lines++;
  const elapsed = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  if (lines !== count) throw new Error(`${lines} lines of ${count} came`);
  return { elapsed, cpu: (user + system) / 1000 };
}

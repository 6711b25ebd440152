/**
 * A machine's journal with numbered entries: real files, written by systemd-journal-remote and read by the real journalctl,
 * rotated by rename as journald does.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entry, write } from '../../../src/sources/journald/test-journal.ts';
import type { Random } from '../server/random.ts';
import { pause } from '../server/waiting.ts';

const MACHINE = '0123456789abcdef'.repeat(2);

export interface Journal {
  readonly stream: string;
  readonly written: () => number;
  readonly rotations: () => number;
  run(): void;
  /** Resolves when nothing is being written any more. */
  stop(): Promise<void>;
}

/** In the machine whose root this is. */
export async function journal(root: string, random: Random): Promise<Journal> {
  const stream = 'journal';
  const folder = join(root, 'var/log/journal', MACHINE);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/machine-id'), `${MACHINE}\n`);
  const file = join(folder, 'system.journal');
  let written = 0;
  let rotations = 0;
  let stopping = false;
  let running: Promise<void> | undefined;

  async function append(count: number): Promise<void> {
    const now = Date.now() * 1000;
    const batch = Array.from({ length: count }, (_, i) =>
      entry(written + i, {
        __REALTIME_TIMESTAMP: String(now + i),
        SYSLOG_IDENTIFIER: 'chaosd',
        MESSAGE: `chaos ${stream} ${written + 1 + i} entry`,
      }),
    );
    await write(file, batch);
    written += count;
  }

  async function go(): Promise<void> {
    while (!stopping) {
      await append(random.int(1, 120));
      if (random.chance(0.05)) renameSync(file, join(folder, `system@${++rotations}.journal`));
      await pause(random.int(50, 500));
    }
    await append(1);
  }

  // It has to be there when the machine is first looked at.
  await append(1);
  return {
    stream,
    written: () => written,
    rotations: () => rotations,
    run() {
      running = go();
      running.catch(() => undefined);
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}

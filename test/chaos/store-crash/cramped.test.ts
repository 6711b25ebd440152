/**
 * No room for intake, sealing, retention, backup and restore: each is refused in words and leaves what was there; retention makes room
 * where that helps; and with room all of it works, in the same process. On a real file system of 2 MB where one can be mounted
 * (in a name space of its own), and everywhere with a limit on file sizes.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const CRAMPED = join(import.meta.dirname, 'cramped.ts');
const CONTENDED = join(import.meta.dirname, 'contended.ts');
const MOUNT = 'mount -t tmpfs -o size=2m tmpfs "$1"';
const NAMESPACE = ['unshare', '--map-root-user', '--mount'] as const;
const canMount = spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', MOUNT, 'sh', tmpdir()]).status === 0;

interface Way {
  readonly name: 'disk' | 'files';
  readonly wrapper: readonly string[];
  /** $1 is the small folder; the rest is the program. */
  readonly script: string;
  readonly full: Record<string, unknown>;
  readonly again: Record<string, unknown>;
  /** The first batch that can be read while there is no room. */
  readonly first: number;
  /** The sealing that found no room was begun before the last commit, and is ended as it began. */
  readonly planned: boolean;
}

const A_BATCH = 40;
/** Batches that were sealed before there was no room. */
const SEALED = 4;
const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, n) => first + n);
const FAILED = 'STORE_FAILED';
const OLD = ['2026-03-11', '2026-03-12'];
const refused = { backedUp: 'DATA_FOLDER', restored: 'DATA_FOLDER', intake: FAILED, sealed: FAILED };
const ways: readonly Way[] = [
  {
    name: 'disk',
    wrapper: NAMESPACE,
    script: `${MOUNT} && shift && exec "$@"`,
    // What it threw away made room for the next commit.
    full: { ...refused, retained: OLD, after: 'ok' },
    again: { restored: 200, intake: 'ok', retained: [], after: 'ok' },
    first: 3,
    planned: true,
  },
  {
    name: 'files',
    wrapper: [],
    script: `trap '' XFSZ; shift; exec "$@"`,
    // It gave up the oldest day's space, and could not record that: the next turn does.
    full: { ...refused, retained: FAILED, after: FAILED },
    again: { restored: 200, intake: 'ok', retained: OLD.slice(1), after: 'ok' },
    first: 2,
    planned: false,
  },
];

for (const way of ways.filter(({ name }) => canMount || name !== 'disk')) {
  test(`no room (${way.name}): refused in words, nothing lost, and with room it all works`, async (t) => {
    const home = await mkdtemp(join(tmpdir(), 'porchlight-cramped-'));
    try {
      const small = await mkdtemp(join(home, 'small-'));
      const program = [process.execPath, CRAMPED, way.name, small, home];
      const [command = '', ...args] = [...way.wrapper, 'sh', '-c', way.script, 'sh', small, ...program];
      const report = JSON.parse(execFileSync(command, args, { encoding: 'utf8' })) as Record<string, unknown>;
      t.diagnostic(JSON.stringify(report));
      const { whenFull, batch } = report;
      assert.ok(typeof whenFull === 'number' && typeof batch === 'number' && whenFull < 50, 'it was never full');
      // Each batch has 40 events. The backup is made before the two commits; what was sealed before it is not sealed again.
      const through = way.planned ? whenFull - 1 : whenFull + 1;
      const again = { ...way.again, backedUp: whenFull * A_BATCH, sealed: (through - SEALED) * A_BATCH };
      assert.deepEqual(report, {
        whenFull,
        batch: whenFull + 2,
        full: way.full,
        again,
        left: [],
        damages: [],
        readable: range(way.first, whenFull),
        stored: range(OLD.length + 1, whenFull + 2),
        kept: [99],
        replaced: range(1, 5),
      });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
}

if (canMount)
  test('where a neighbour takes what the oldest day gave, the next day makes room', async () => {
    const small = await mkdtemp(join(tmpdir(), 'porchlight-contended-'));
    try {
      const script = `${MOUNT} && exec "$2" "$3" "$1"`;
      const [command, ...options] = NAMESPACE;
      const args = [...options, 'sh', '-c', script, 'sh', small, process.execPath, CONTENDED];
      assert.deepEqual(JSON.parse(execFileSync(command, args, { encoding: 'utf8' })), {
        taken: 2,
        thrown: ['2026-03-12', '2026-03-13'],
        left: ['events-2026-03-14.db'],
        damages: [],
        events: 300,
      });
    } finally {
      await rm(small, { recursive: true, force: true });
    }
  });

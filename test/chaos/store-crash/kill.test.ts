/**
 * kill -9 at random moments: opening, committing, sealing, folding the log. `PORCHLIGHT_KILLS=100` for the long run,
 * `PORCHLIGHT_SEED` to repeat one (moments depend on the machine, content and intended delays do not).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openSqliteStore } from '#store';
import { account } from './account.ts';
import { chance } from './content.ts';

const KILLS = Number(process.env['PORCHLIGHT_KILLS'] ?? 12);
const SEED = Number(process.env['PORCHLIGHT_SEED'] ?? 20_260_314);
const COMMITTER = join(import.meta.dirname, 'committer.ts');
/** Every so often the kill is timed from the start of the process, so that it falls into the opening of the store. */
const EARLY = 4;

/** How many days have a file. */
const daysOf = async (file: string): Promise<number> =>
  (await readdir(dirname(file))).filter((name) => /^events-.*\.db$/.test(name)).length;

/** Runs a committer, kills it, and answers with the batches it acknowledged, in order. */
async function killed(file: string, round: number): Promise<number[]> {
  const child = spawn(process.execPath, [COMMITTER, file, String(SEED)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const acked: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  const killIn = (ms: number): void => void (timer ??= setTimeout(() => child.kill('SIGKILL'), ms));
  if (round % EARLY === 0) killIn(40 + chance(400, SEED, 'early', round));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const batch = Number(/^ack (\d+)$/.exec(line)?.[1]);
    // A line cut by the kill is no acknowledgement.
    if (Number.isInteger(batch)) acked.push(batch);
    killIn(chance(150, SEED, 'late', round));
  });
  const closed = once(lines, 'close');
  const [, signal] = await exit;
  await closed;
  clearTimeout(timer);
  assert.equal(signal, 'SIGKILL', 'the committer ended by itself');
  return acked;
}

test(`${KILLS} kills: what was acknowledged is there, whole and once (seed ${SEED})`, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-crash-'));
  const file = join(folder, 'data', 'porchlight.db');
  const acked = new Set<number>();
  let stored = 0;
  let events = 0;
  let sealed = 0;
  try {
    for (let round = 1; round <= KILLS; round++) {
      for (const batch of await killed(file, round)) {
        assert.ok(!acked.has(batch), `batch ${batch} was acknowledged twice`);
        acked.add(batch);
      }
      const store = await openSqliteStore(file);
      try {
        const { batches, events: counted } = await account(store, SEED);
        const highest = Math.max(0, ...acked);
        assert.ok(batches >= highest, `batch ${highest} was acknowledged, the store ends with ${batches}`);
        assert.ok(batches >= stored, `the store ended with ${stored} and now with ${batches}`);
        stored = batches;
        sealed = Math.max(sealed, await daysOf(file));
        events = counted;
      } finally {
        await store.close();
      }
    }
    assert.ok(acked.size >= KILLS, 'the kills came before any work');
    assert.equal(sealed, 3, 'days with a file');
    t.diagnostic(
      `kills ${KILLS} · acked ${acked.size} · stored ${stored} · events ${events} · lost 0 · doubled 0 · seed ${SEED}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

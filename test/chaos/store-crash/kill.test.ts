/**
 * kill -9 at random moments: opening, committing, sealing, throwing days away, folding the log, backup, restore. `npm run chaos -- store`
 * is the long run; `PORCHLIGHT_SEED` repeats one (moments depend on the machine, content, deeds and intended moments do not).
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { storeKills } from './rounds.ts';

const KILLS = Number(process.env['PORCHLIGHT_KILLS'] ?? 10);
const SEED = Number(process.env['PORCHLIGHT_SEED'] ?? 20_260_314);

test(`${KILLS} kills: what was acknowledged is there, whole and once (seed ${SEED})`, async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'porchlight-crash-'));
  try {
    const tally = await storeKills({ seed: SEED, kills: KILLS, home, say: () => undefined });
    for (const line of tally.text.split('\n')) t.diagnostic(line);
    for (const [deed, kills] of Object.entries(tally.kills)) assert.ok(kills > 0, `nobody was killed at ${deed}`);
    assert.ok(tally.sealings > 0, 'the kills came before anything was sealed');
    assert.ok(tally.thrown > 0, 'the kills came before anything was thrown away');
    assert.ok(tally.outlived > 0, 'no evidence of a day that was thrown away');
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

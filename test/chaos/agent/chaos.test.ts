/**
 * Kills and every other fault, briefly. The whole of it is `npm run chaos`.
 *
 * PORCHLIGHT_SEED: whose choices. The account is printed, also when the run fails.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chaos } from './run.ts';

const SEED = Number(process.env['PORCHLIGHT_SEED'] ?? 20261120);

test(`nothing is lost between a written line and the store, seed ${SEED}`, { timeout: 600_000 }, async () => {
  const diary: string[] = [];
  const account = await chaos({
    seed: SEED,
    kills: 8,
    lines: 15_000,
    limit: 35_000,
    agents: ['roomy', 'small'],
    rotation: 2500,
    say: (text) => diary.push(text),
  });
  process.stdout.write(`${account.text}\n`);
  assert.deepEqual(account.wrong, [], diary.join('\n'));
});

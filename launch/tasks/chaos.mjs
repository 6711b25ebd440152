/*
 * `npm run chaos`: the store, killed at all it does; then agents and server, killed and cut off for minutes, and the account of every
 * line. docs/chaos.md tells what is done. `npm run chaos -- store` and `-- agents` are one of the two. PORCHLIGHT_SEED, PORCHLIGHT_KILLS
 * (of either) and PORCHLIGHT_LINES change whose choices and how much. Exit code 1 where anything is wrong.
 */
import process from 'node:process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnv } from './child-env.mjs';

/** No new fault begins after this; what is then on its way takes a minute at most. */
const LIMIT_MS = 8 * 60_000;
const { PORCHLIGHT_SEED = '20261120', PORCHLIGHT_KILLS, PORCHLIGHT_LINES = '520000' } = process.env;
const seed = Number(PORCHLIGHT_SEED);
const say = (text) => process.stderr.write(`${text}\n`);

Object.assign(process.env, childEnv());
const [part] = process.argv.slice(2);
if (part !== 'agents') await store();
if (part !== 'store') await agents();

async function store() {
  const { storeKills } = await import('../../test/chaos/store-crash/rounds.ts');
  const home = mkdtempSync(join(tmpdir(), 'porchlight-crash-'));
  try {
    const tally = await storeKills({ seed, kills: Number(PORCHLIGHT_KILLS ?? '220'), home, say });
    process.stdout.write(`${tally.text}\n`);
  } catch (error) {
    process.exitCode = 1;
    say(`${error.stack}\n${error.cause?.stack ?? ''}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function agents() {
  const { chaos } = await import('../../test/chaos/agent/run.ts');
  const account = await chaos({
    seed,
    kills: Number(PORCHLIGHT_KILLS ?? '110'),
    lines: Number(PORCHLIGHT_LINES),
    limit: LIMIT_MS,
    agents: ['roomy', 'small'],
    rotation: 4000,
    say,
  });
  process.stdout.write(`${account.text}\n`);
  if (account.wrong.length > 0) process.exitCode = 1;
}

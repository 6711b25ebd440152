/*
 * `npm run chaos`: agents and server, killed and cut off for minutes, and the account of every line. docs/chaos.md tells what
 * is done. PORCHLIGHT_SEED, PORCHLIGHT_KILLS and PORCHLIGHT_LINES change whose choices and how much. Exit code 1 where
 * anything is wrong.
 */
import process from 'node:process';
import { childEnv } from './child-env.mjs';

/** No new fault begins after this; what is then on its way takes a minute at most. */
const LIMIT_MS = 8 * 60_000;
const { PORCHLIGHT_SEED = '20261120', PORCHLIGHT_KILLS = '110', PORCHLIGHT_LINES = '520000' } = process.env;

Object.assign(process.env, childEnv());
const { chaos } = await import('../../test/chaos/agent/run.ts');
const account = await chaos({
  seed: Number(PORCHLIGHT_SEED),
  kills: Number(PORCHLIGHT_KILLS),
  lines: Number(PORCHLIGHT_LINES),
  limit: LIMIT_MS,
  agents: ['roomy', 'small'],
  rotation: 4000,
  say: (text) => process.stderr.write(`${text}\n`),
});
process.stdout.write(`${account.text}\n`);
process.exitCode = account.wrong.length === 0 ? 0 : 1;

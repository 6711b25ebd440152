/**
 * `node bench/detect/index.ts [FOLDER…]`: the detection engine alone, with the rules of the folders, or with SigmaHQ's of the
 * corpus. Prints a table. For comparison: RSigma, in Rust, publishes 19,000 to 34,000 events a second as it comes and 30,000
 * to 106,000 with rules routed by log source, on a core of an M4 Pro.
 */
import { cpus } from 'node:os';
import { engineFigures } from './figures.ts';
import { sigmaFolders } from './load.ts';

const SEED = Number(process.env['BENCH_SEED'] ?? 1);
const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 60_000);

const given = process.argv.slice(2);
const folders = given.length > 0 ? given : sigmaFolders();
if (folders.length === 0) throw new Error('name folders with rules, or set PORCHLIGHT_CORPUS');
const rows = engineFigures(folders, SEED, EVENTS).map(
  ({ what, measured, reach }) => `| ${what} | ${measured} | ${reach} |`,
);
const lines = [
  `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, seed ${SEED}, ${EVENTS.toLocaleString('en')} events a lane; processor time.`,
  '',
  '| what | measured | to reach |',
  '| --- | --- | --- |',
  ...rows,
];
process.stdout.write(`${lines.join('\n')}\n`);

/*
 * `npm run check`: types, lint with the floors, format and dead code, side by side. A line a tool; the whole output only
 * of those that failed.
 */
import process from 'node:process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ROOT } from '../places.mjs';
import { childEnv } from './child-env.mjs';

const WEB = 'src/ui/web/tsconfig.json';
const CHECKS = [
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  ...(existsSync(`${ROOT}/${WEB}`) ? [{ name: 'types of the page', command: ['tsc', '-p', WEB] }] : []),
  { name: 'lint and floors', command: ['oxlint'] },
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'dead code', command: ['knip'] },
];

const results = await Promise.all(CHECKS.map(run));
for (const { output } of results.filter((result) => !result.ok)) process.stdout.write(`\n${output.trimEnd()}\n`);
if (results.some((result) => !result.ok)) process.exitCode = 1;

function run({ name, command: [tool, ...args] }) {
  return new Promise((resolve) => {
    const began = performance.now();
    const shell = process.platform === 'win32';
    const child = spawn(tool, args, { cwd: ROOT, env: childEnv(), shell, stdio: ['ignore', 'pipe', 'pipe'] });
    const parts = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.stderr.on('data', (part) => parts.push(part));
    child.on('error', (error) => finish(false, `${tool}: ${error.message}`));
    child.on('close', (code) => finish(code === 0, Buffer.concat(parts).toString()));
    const finish = (ok, output) => {
      const took = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(`${ok ? '✔' : '✖'} ${name} (${took} s)\n`);
      resolve({ ok, output: `── ${name}: ${[tool, ...args].join(' ')}\n${output}` });
    };
  });
}

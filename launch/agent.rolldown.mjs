/*
 * How dist/agent.js is made: the agent and what it needs in one file, for machines that have a Node and nothing else of ours.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_FLAGS } from './frugal.mjs';
import { ROOT } from './places.mjs';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The one place that reads package.json, which is not there. */
const ownVersion = {
  name: 'own-version',
  load: (id) =>
    /[\\/]src[\\/]app[\\/]version\.ts$/.test(id) ? `export const VERSION = ${JSON.stringify(version)};` : null,
};

/**
 * Before anything else is loaded: a word to an old Node, which would otherwise stop at something that means nothing to its reader;
 * and the flags that keep the agent small, in the same process.
 */
const FIRST = `
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error('porchlight agent: it needs Node 24 or later, not ' + process.version + '.');
  process.exit(3);
}
if (process.execve !== undefined && !process.execArgv.includes('${AGENT_FLAGS.at(-1)}')) {
  const words = [process.execPath, ...${JSON.stringify(AGENT_FLAGS)}, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, words, { MALLOC_ARENA_MAX: '2', ...process.env });
}`;

export default {
  input: join(ROOT, 'src/app/agent/main.ts'),
  platform: 'node',
  // What an old Node cannot even parse would keep it from the line below that tells so.
  transform: { target: 'es2022' },
  cwd: ROOT,
  plugins: [ownVersion],
  treeshake: { moduleSideEffects: (id) => !/[\\/]src[\\/]/.test(id) || /[\\/]main\.ts$/.test(id) },
  output: {
    format: 'esm',
    banner: `#!/usr/bin/env node${FIRST}`,
    codeSplitting: false,
    minify: true,
    comments: { legal: true },
  },
};

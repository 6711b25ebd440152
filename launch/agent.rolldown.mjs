/*
 * How dist/agent.js is made: the agent and what it needs in one file, for machines that have a Node and nothing else of ours.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './places.mjs';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The one place that reads package.json, which is not there. */
const ownVersion = {
  name: 'own-version',
  load: (id) =>
    /[\\/]src[\\/]app[\\/]version\.ts$/.test(id) ? `export const VERSION = ${JSON.stringify(version)};` : null,
};

/** Node 18 to 23 would stop at a line that means nothing to its reader. */
const CHECK =
  "if (Number(process.versions.node.split('.')[0]) < 24) { console.error(`porchlight agent: it needs Node 24 or later, not ${process.version}.`); process.exit(3); }";

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
    banner: `#!/usr/bin/env node\n${CHECK}`,
    codeSplitting: false,
    minify: true,
    comments: { legal: true },
  },
};

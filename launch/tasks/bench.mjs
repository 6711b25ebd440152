/* `npm run bench`: the page is built and the program folded first, because the bench measures the whole product, started before. */
import process from 'node:process';
import { ensurePage } from '../page.mjs';
import { foldProgram } from '../program.mjs';
import { childEnv } from './child-env.mjs';

await ensurePage({ path: process.execPath, here: true, packaged: false }, { must: true });
await foldProgram(process.execPath);
Object.assign(process.env, childEnv());
await import('../../bench/index.ts');

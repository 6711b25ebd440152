/* `npm run bench`: the page is built first, because the bench measures the whole product. */
import process from 'node:process';
import { ensurePage } from '../page.mjs';
import { childEnv } from './child-env.mjs';

await ensurePage({ path: process.execPath, here: true, packaged: false }, { must: true });
Object.assign(process.env, childEnv());
await import('../../bench/index.ts');

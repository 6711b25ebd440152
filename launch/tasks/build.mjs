/* `porchlight --run build`: packages and page, and nothing is started. For a folder that the server itself may not write. */
import process from 'node:process';
import { ensurePage } from '../page.mjs';
import { say, Stop } from '../say.mjs';

try {
  await ensurePage({ path: process.execPath, here: true, packaged: false }, { must: true });
  say('Packages and page are ready.');
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exitCode = error.code;
}

import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';

/** The checkout. Everything else is relative to it, so a copy of launch/ elsewhere works on that copy. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const LOCKFILE = join(ROOT, 'package-lock.json');
export const MODULES = join(ROOT, 'node_modules');
/** Beside node_modules and not in it: `npm ci` deletes that folder, and these must outlive it. */
export const CACHE = join(ROOT, '.cache');
export const RUNNING = join(CACHE, 'running');
export const DIST = join(ROOT, 'dist');

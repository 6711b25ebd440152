import { closeSync, openSync } from 'node:fs';

/** Makes an empty file that only its owner may read, where there is none. Never opens one that exists: see lock.ts. */
export function createPrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

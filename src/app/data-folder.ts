/** Where Porchlight keeps its things: `--data`, else PORCHLIGHT_DATA, else /var/lib/porchlight as root, else XDG state. */
import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CodedError } from '#contract';

export function dataFolder(
  option: string | undefined,
  environment: NodeJS.ProcessEnv,
  uid: number | undefined,
): string {
  const named = option ?? environment['PORCHLIGHT_DATA'];
  if (named !== undefined && named !== '') return resolve(named);
  if (uid === 0) return '/var/lib/porchlight';
  const state = environment['XDG_STATE_HOME'];
  if (state !== undefined && state !== '') return join(state, 'porchlight');
  return join(homedir(), process.platform === 'win32' ? 'AppData/Local' : '.local/state', 'porchlight');
}

/** Makes the folder where it is missing; only its owner may look inside. */
export function openDataFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  } catch (error) {
    throw new CodedError('DATA_FOLDER', `${path}: ${(error as Error).message}`, { cause: error });
  }
}

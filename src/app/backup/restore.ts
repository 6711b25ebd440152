/** `porchlight restore`: a backup becomes a data folder again, after all of it was read. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CodedError } from '#contract';
import { openSqliteStore, verifyStore } from '#store';
import { describeFile, type Manifest, readManifest } from './manifest.ts';

export interface RestoreRequest {
  readonly backup: string;
  /** The data folder that is to be. */
  readonly folder: string;
  /** What is there now is put aside. */
  readonly replace: boolean;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where the folder that was there before is now. */
  readonly aside: string | undefined;
}

/** Throws CodedError USAGE or DATA_FOLDER; then the data folder is what it was. */
export async function restoreBackup(request: RestoreRequest): Promise<Restored> {
  const { backup, folder, replace, now, signal, say } = request;
  const manifest = readManifest(backup);
  for (const [at, file] of manifest.files.entries()) {
    say(`checking ${file.path}, file ${at + 1} of ${manifest.files.length}`);
    await checkFile(backup, file, signal);
  }
  const occupied = existsSync(folder) && readdirSync(folder).length > 0;
  if (occupied && !replace)
    throw new CodedError(
      'USAGE',
      `${folder} is not empty; --replace puts what is there aside, or name another with --data`,
    );
  if (occupied) await unused(folder);
  const partial = `${folder}.restoring`;
  rmSync(partial, { recursive: true, force: true });
  try {
    mkdirSync(partial, { recursive: true, mode: 0o700 });
    // Only what the manifest vouches for.
    for (const { path } of manifest.files) {
      mkdirSync(dirname(join(partial, path)), { recursive: true, mode: 0o700 });
      copyFileSync(join(backup, path), join(partial, path));
    }
    say('reading every event');
    const { damages } = await verifyStore(join(partial, 'porchlight.db'), signal, [manifest.head]);
    const [first] = damages;
    if (first !== undefined)
      throw new CodedError('DATA_FOLDER', `the backup is damaged: ${first.what}: ${first.reason}. Take another one.`);
    const aside = occupied ? `${folder}.before-${new Date(now).toISOString().replace(/[:.]/g, '-')}` : undefined;
    if (aside !== undefined) renameSync(folder, aside);
    else rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(partial, folder);
    return { manifest, aside };
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw signal.aborted ? signal.reason : error;
  }
}

async function checkFile(backup: string, file: Manifest['files'][number], signal: AbortSignal): Promise<void> {
  if (!existsSync(join(backup, file.path)))
    throw new CodedError('DATA_FOLDER', `the backup lacks ${file.path}. Take another one.`);
  const found = await describeFile(backup, file.path, signal);
  if (found.sha256 !== file.sha256)
    throw new CodedError('DATA_FOLDER', `${file.path} of the backup is not what was written. Take another one.`);
}

/** Throws where a server holds the folder. A store that cannot be opened is what one restores for. */
async function unused(folder: string): Promise<void> {
  try {
    await (await openSqliteStore(join(folder, 'porchlight.db'))).close();
  } catch (error) {
    if (error instanceof CodedError && error.detail.includes('in use')) throw error;
  }
}

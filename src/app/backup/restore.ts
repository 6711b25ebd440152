/** `porchlight restore`: a backup becomes a data folder again, after all of it was read. */
import { existsSync, mkdirSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodedError } from '#contract';
import { verifyStore } from '#store';
import { diskError } from './disk.ts';
import { beginExchange, type Exchange } from './exchange.ts';
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
  /** Where what was there before is now, a folder within the data folder. */
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
  if (!manifest.files.some(({ path }) => path === 'porchlight.db'))
    throw new CodedError('DATA_FOLDER', 'the backup lacks porchlight.db. Take another one.');
  const exchange = begun(folder);
  try {
    if (exchange.occupied && !replace)
      throw new CodedError(
        'USAGE',
        `${folder} is not empty; --replace puts what is there aside, or name another with --data`,
      );
    await copyFiles(backup, exchange.partial, manifest, signal);
    say('reading every event');
    const { damages } = await verifyStore(join(exchange.partial, 'porchlight.db'), signal, [manifest.head]);
    const [first] = damages;
    if (first !== undefined)
      throw new CodedError('DATA_FOLDER', `the backup is damaged: ${first.what}: ${first.reason}. Take another one.`);
    signal.throwIfAborted();
    return { manifest, aside: exchange.commit(now) };
  } catch (error) {
    throw signal.aborted ? signal.reason : diskError(error, folder);
  } finally {
    exchange.end();
  }
}

function begun(folder: string): Exchange {
  try {
    return beginExchange(folder);
  } catch (error) {
    throw diskError(error, folder);
  }
}

/** Only what the manifest vouches for. */
async function copyFiles(backup: string, to: string, manifest: Manifest, signal: AbortSignal): Promise<void> {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const { path } of manifest.files) {
    signal.throwIfAborted();
    mkdirSync(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    await copyFile(join(backup, path), join(to, path));
    // A stick or a share shows modes of its own.
    await chmod(join(to, path), 0o600);
  }
}

async function checkFile(backup: string, file: Manifest['files'][number], signal: AbortSignal): Promise<void> {
  if (!existsSync(join(backup, file.path)))
    throw new CodedError('DATA_FOLDER', `the backup lacks ${file.path}. Take another one.`);
  const found = await describeFile(backup, file.path, signal);
  if (found.sha256 !== file.sha256)
    throw new CodedError('DATA_FOLDER', `${file.path} of the backup is not what was written. Take another one.`);
}

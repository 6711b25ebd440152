/** `porchlight backup`: everything that a data folder cannot do without, in a folder that appears only when it is whole. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CodedError, isoTime } from '#contract';
import { type Copied, copyStore } from '#store';
import { VERSION } from '../version.ts';
import { diskError } from './disk.ts';
import { syncFolder, syncTree } from './exchange.ts';
import { noteBackup } from './last.ts';
import { describeFile, MANIFEST, newManifest } from './manifest.ts';

/** Beside the store: settings, the agents' authority, rule sets, the monitor's own files. */
const BESIDE = ['porchlight.yaml', 'agents', 'rules', 'monitor_metrics.jsonl', 'monitor_alerts.jsonl'];

export interface BackupRequest {
  /** The data folder. */
  readonly folder: string;
  readonly target: string;
  readonly host: string;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Throws CodedError USAGE, DATA_FOLDER; what was begun is removed. */
export async function makeBackup({ folder, target, host, now, signal, say }: BackupRequest): Promise<Copied> {
  const store = join(folder, 'porchlight.db');
  if (!existsSync(store)) throw new CodedError('DATA_FOLDER', `${folder} holds no store. Name it with --data.`);
  if (existsSync(target)) throw new CodedError('USAGE', `${target} is there already; name another place`);
  const partial = `${resolve(target)}.partial`;
  rmSync(partial, { recursive: true, force: true });
  try {
    mkdirSync(partial, { recursive: true, mode: 0o700 });
    const copied = await copyStore(store, partial, signal, ({ file, part, files, done }) =>
      say(`${file}: ${Math.round(part * 100)} %, file ${done + 1} of ${files}`),
    );
    for (const name of BESIDE) copyTree(join(folder, name), join(partial, name));
    const files: string[] = listFiles(partial);
    const described = [];
    for (const path of files) described.push(await describeFile(partial, path, signal));
    const manifest = newManifest({
      porchlight: VERSION,
      made: isoTime(now),
      host,
      events: copied.events,
      head: copied.head,
      files: described,
    });
    writeFileSync(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
    syncTree(partial);
    renameSync(partial, target);
    syncFolder(dirname(partial));
    noteBackup(folder, resolve(target), now);
    return copied;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw signal.aborted ? signal.reason : diskError(error, target);
  }
}

/** Files and folders only: no link leads out of the folder, and no socket is copied. */
function copyTree(from: string, to: string): void {
  const entry = statSync(from, { throwIfNoEntry: false });
  if (entry?.isFile() === true) copyFileSync(from, to);
  if (entry?.isDirectory() !== true) return;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const child of readdirSync(from, { withFileTypes: true })) {
    if (child.isFile() || child.isDirectory()) copyTree(join(from, child.name), join(to, child.name));
  }
}

function listFiles(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? listFiles(folder, path) : [path];
  });
}

/** What a backup holds: `manifest.json` beside its files. Whoever restores it can tell whether all of it is there, unchanged. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { CodedError } from '#contract';

const FORMAT = 1;
export const MANIFEST = 'manifest.json';

const manifestSchema = z.object({
  porchlight: z.string(),
  format: z.literal(FORMAT),
  made: z.iso.datetime(),
  host: z.string(),
  events: z.int().min(0),
  /** Of the ledger: it proves later that nothing before it was changed. */
  head: z.object({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  files: z.array(
    z.object({
      // A file of the backup's own folder or of one below it: a manifest is no way to any other place.
      path: z.string().regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[^/\\\0][^\\\0]*$/),
      bytes: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
export type Manifest = z.output<typeof manifestSchema>;

export const newManifest = (rest: Omit<Manifest, 'format'>): Manifest => ({ format: FORMAT, ...rest });

export async function describeFile(
  folder: string,
  path: string,
  signal: AbortSignal,
): Promise<Manifest['files'][number]> {
  const file = join(folder, path);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal });
  return { path, bytes: statSync(file).size, sha256: hash.digest('hex') };
}

/** Throws CodedError USAGE with what is wrong. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CodedError('USAGE', `${folder} is no backup: it has no ${MANIFEST}`, { cause });
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CodedError(
      'USAGE',
      `${path} is not one that this version wrote; update Porchlight, or take another backup`,
      {
        cause,
      },
    );
  }
}

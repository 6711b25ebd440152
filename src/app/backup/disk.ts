/** What the disk does to a backup or a restore, in words a person can act on. */
import { CodedError } from '#contract';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'a file may not grow that large there',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'the disk is read-only',
  EIO: 'the disk reports an error',
};

/** What SQLite says of a disk: primary result codes, https://www.sqlite.org/rescode.html */
const SQLITE: Readonly<Record<number, string>> = {
  8: 'it may not be written',
  10: 'the disk reports an error',
  13: 'the disk is full',
  14: 'it cannot be opened',
};

/** DATA_FOLDER with the place, for what a disk refused; everything else stays what it is. */
export function diskError(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof CodedError) return error;
  const system = 'code' in error && typeof error.code === 'string' ? REASONS[error.code] : undefined;
  const sqlite = 'errcode' in error && typeof error.errcode === 'number' ? SQLITE[error.errcode & 0xff] : undefined;
  const reason = system ?? sqlite;
  if (reason === undefined) return error;
  return new CodedError('DATA_FOLDER', `${place}: ${reason} (${error.message}).`, { cause: error });
}

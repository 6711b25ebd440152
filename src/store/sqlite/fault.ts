/** SQLite's errors in our terms. Result codes: https://www.sqlite.org/rescode.html */
import { CodedError } from '#contract';

/** Primary result code, undefined when the error is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [5, 'another program holds the database locked'],
  [7, 'there is no memory left'],
  [8, 'the database cannot be written'],
  [10, 'the disk reports an error'],
  [11, 'the database is damaged; restore a backup'],
  [13, 'the disk is full'],
  [14, 'the database cannot be opened'],
  [26, 'the database is damaged or is no database; restore a backup'],
]);

/** STORE_FAILED for what the disk did to us; everything else is a bug and stays what it is. */
export function storeError(error: unknown): unknown {
  const reason = REASONS.get(sqliteCode(error) ?? -1);
  if (reason === undefined || !(error instanceof Error)) return error;
  return new CodedError('STORE_FAILED', `${reason} (${error.message}).`, { cause: error });
}

/** Runs `work`, with SQLite's errors translated. */
export function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error);
  }
}

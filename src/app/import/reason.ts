/** Why a file could not be read, behind its name. */
import { Refusal } from './content.ts';

/** An errno or a refusal in words; anything else is thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'is not there';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by you';
  if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) return `cannot be read (${code})`;
  throw error;
}

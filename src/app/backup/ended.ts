/** Ends what a killed restore began, before anybody looks into the data folder. Light: every command begins with it. */
import { readdirSync } from 'node:fs';

/** Names within the data folder; see exchange.ts. */
export const PARTIAL = 'restore.partial';
export const WHOLE = 'restore.whole.';
export const MOVING = 'restore.moving.';

export const isBegun = (name: string): boolean => name === PARTIAL || name.startsWith(WHOLE) || name.startsWith(MOVING);

/** Throws CodedError DATA_FOLDER where a restore is under way and the old files no longer count. */
export async function endRestore(folder: string): Promise<void> {
  if (!namesOf(folder).some(isBegun)) return;
  const { endExchange } = await import('./exchange.ts');
  endExchange(folder);
}

/** None where it cannot be looked into: whoever needs it will say so. */
function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

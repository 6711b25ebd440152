import { join } from 'node:path';

/** Where the spool lies in the agent's folder. */
export const spoolOf = (folder: string): string => join(folder, 'spool');

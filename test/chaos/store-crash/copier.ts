/**
 * Another process that is killed: makes a backup of a store, or a store of a backup, as the commands do.
 *
 * node copier.ts backup FOLDER TARGET        node copier.ts restore BACKUP FOLDER
 *
 * Writes its number when it begins, and 'done', or 'refused' and why, when it is.
 */
import { writeSync } from 'node:fs';
import { makeBackup } from '#app/backup/backup';
import { restoreBackup } from '#app/backup/restore';
import { CodedError } from '#contract';

const [what = '', from = '', to = ''] = process.argv.slice(2);
const rest = { now: Date.now(), signal: new AbortController().signal, say: () => undefined };
writeSync(1, `pid ${process.pid}\n`);
try {
  if (what === 'backup') await makeBackup({ folder: from, target: to, host: 'nas', ...rest });
  else await restoreBackup({ backup: from, folder: to, replace: true, ...rest });
  writeSync(1, 'done\n');
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  writeSync(1, `refused ${error.code} ${error.message}\n`);
}

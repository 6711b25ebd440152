import { resolve } from 'node:path';
import { CodedError } from '#contract';
import { printable } from '#lib/printable';
import { restoreBackup } from '../backup/restore.ts';
import type { Command } from '../command.ts';
import { configPlace, settingsOptions } from './config-place.ts';
import { progressLine } from './progress.ts';

const STOPPED = 130;

export const restore: Command = {
  name: 'restore',
  summary: 'Make a data folder of a backup, after reading all of it. The server must not run.',
  args: 'FOLDER',
  options: {
    replace: { type: 'boolean', help: 'Put what is there aside, into a folder of its own within the data folder.' },
    ...settingsOptions,
  },
  examples: [
    'porchlight restore /mnt/usb/porchlight-2026-03-14',
    'porchlight restore --replace /mnt/usb/porchlight-2026-03-14',
  ],
  exits: { [STOPPED]: 'stopped; the data folder is what it was' },
  async run(context, values, [backup, ...more]) {
    if (backup === undefined || more.length > 0) throw new CodedError('USAGE', 'porchlight restore: name one folder');
    const { folder } = configPlace(context, values);
    const progress = progressLine(context);
    try {
      const { manifest, aside } = await restoreBackup({
        backup: resolve(backup),
        folder,
        replace: values['replace'] === true,
        now: context.now(),
        signal: context.signal,
        say: progress.say,
      });
      progress.end();
      context.out(
        `${printable(folder)} holds ${manifest.events.toLocaleString('en')} events of ${printable(manifest.host)} again, as of ${manifest.made}.\n`,
      );
      if (aside !== undefined) context.out(`What was there before is in ${printable(aside)}.\n`);
      return 0;
    } catch (error) {
      progress.end();
      if (!context.signal.aborted) throw error;
      context.err('Stopped. The data folder is what it was.\n');
      return STOPPED;
    }
  },
};

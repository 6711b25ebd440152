import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { CodedError } from '#contract';
import { printable } from '#lib/printable';
import { makeBackup } from '../backup/backup.ts';
import type { Command } from '../command.ts';
import { progressLine } from './progress.ts';
import { readSettings, settingsOptions } from './settings.ts';

const STOPPED = 130;

export const backup: Command = {
  name: 'backup',
  summary: 'Copy everything Porchlight keeps into a new folder. The server may go on meanwhile.',
  args: 'FOLDER',
  options: { ...settingsOptions },
  examples: ['porchlight backup /mnt/usb/porchlight-2026-03-14'],
  exits: { [STOPPED]: 'stopped; nothing is left of it' },
  async run(context, values, [target, ...more]) {
    if (target === undefined || more.length > 0) throw new CodedError('USAGE', 'porchlight backup: name one folder');
    const { folder, config } = readSettings(context, values);
    const progress = progressLine(context);
    try {
      const copied = await makeBackup({
        folder,
        target: resolve(target),
        host: config.host.name ?? hostname(),
        now: context.now(),
        signal: context.signal,
        say: progress.say,
      });
      progress.end();
      for (const day of copied.missed) context.err(`${day} was thrown away meanwhile and is not in it.\n`);
      context.out(
        `${printable(resolve(target))} holds ${copied.events.toLocaleString('en')} events.\nThey come back with: porchlight restore ${printable(target)}\n`,
      );
      return 0;
    } catch (error) {
      progress.end();
      if (!context.signal.aborted) throw error;
      context.err('Stopped. Nothing is left of it.\n');
      return STOPPED;
    }
  },
};

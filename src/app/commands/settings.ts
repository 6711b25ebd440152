/** Data folder and configuration from the options that several commands share. */
import { join, resolve } from 'node:path';
import type { Config } from '#contract';
import { type Context, type OptionSpec, text, type Values } from '../command.ts';
import { parseConfig, readConfig } from '../config.ts';
import { dataFolder } from '../data-folder.ts';

export const settingsOptions = {
  data: {
    type: 'string',
    value: 'DIR',
    help: 'Data folder. Default: PORCHLIGHT_DATA, else /var/lib/porchlight as root, else the XDG state folder.',
  },
  config: {
    type: 'string',
    value: 'FILE',
    help: 'Configuration. Default: porchlight.yaml in the data folder, if it is there.',
  },
} as const satisfies Record<string, OptionSpec>;

export interface Settings {
  readonly folder: string;
  readonly configPath: string;
  /** False when there is no file and all is default. */
  readonly configExists: boolean;
  readonly config: Config;
}

export function readSettings(context: Context, values: Values): Settings {
  const folder = dataFolder(text(values, 'data'), context.environment, context.uid);
  const named = text(values, 'config');
  const configPath = named === undefined ? join(folder, 'porchlight.yaml') : resolve(named);
  const source = readConfig(configPath, named !== undefined);
  return { folder, configPath, configExists: source !== undefined, config: parseConfig(source, context.environment) };
}

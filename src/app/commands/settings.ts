/** The configuration, read and checked, from the options that several commands share. */
import type { Config } from '#contract';
import type { Context, Values } from '../command.ts';
import { parseConfig, readConfig } from '../config.ts';
import { configPlace } from './config-place.ts';

export { settingsOptions } from './config-place.ts';

export interface Settings {
  readonly folder: string;
  readonly configPath: string;
  /** False when there is no file and all is default. */
  readonly configExists: boolean;
  readonly config: Config;
}

export function readSettings(context: Context, values: Values): Settings {
  const { folder, path: configPath, mustExist } = configPlace(context, values);
  const source = readConfig(configPath, mustExist);
  return { folder, configPath, configExists: source !== undefined, config: parseConfig(source, context.environment) };
}

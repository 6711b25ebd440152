/** Where data folder and configuration lie. Apart from reading them: a command that only asks a server needs no schema. */
import { join, resolve } from 'node:path';
import { type Context, type OptionSpec, text, type Values } from '../command.ts';
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

export interface ConfigPlace {
  readonly folder: string;
  readonly path: string;
  /** It was asked for by name. */
  readonly mustExist: boolean;
}

export function configPlace(context: Context, values: Values): ConfigPlace {
  const folder = dataFolder(text(values, 'data'), context.environment, context.uid);
  const named = text(values, 'config');
  const path = named === undefined ? join(folder, 'porchlight.yaml') : resolve(named);
  return { folder, path, mustExist: named !== undefined };
}

import { stringify } from 'yaml';
import { CodedError } from '#contract';
import type { Command } from '../command.ts';
import { readSettings, settingsOptions } from './settings.ts';

export const config: Command = {
  name: 'config',
  summary: 'Check the configuration, or show what is in force with all defaults.',
  args: 'check|show',
  options: settingsOptions,
  examples: ['porchlight config check', 'porchlight config show --config porchlight.yaml'],
  async run(context, values, [verb = 'show']) {
    if (verb !== 'check' && verb !== 'show')
      throw new CodedError('USAGE', `porchlight config: there is no "${verb}"; it is check or show`);
    const settings = readSettings(context, values);
    if (verb === 'check') {
      context.out(
        settings.configExists
          ? `${settings.configPath} is good.\n`
          : `There is no ${settings.configPath}: all is default.\n`,
      );
      return 0;
    }
    context.out(stringify(withoutSecrets(settings.config)));
    return 0;
  },
};

const SECRETS: ReadonlySet<string> = new Set(['key', 'token', 'password']);

/** Keys, tokens and passwords never leave in the clear. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      SECRETS.has(name) && typeof item === 'string' ? '(hidden)' : withoutSecrets(item),
    ]),
  );
}

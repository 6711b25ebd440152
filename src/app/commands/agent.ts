import { join } from 'node:path';
import { CodedError } from '#contract';
import { type Command, type Context, text, type Values } from '../command.ts';
import { settingsOptions } from './config-place.ts';
import { dataFolder } from '../data-folder.ts';

const ACTIONS = ['enroll', 'status', 'spool', 'rotate'] as const;
type Action = (typeof ACTIONS)[number];

export const agent: Command = {
  name: 'agent',
  summary: 'Forward this machine’s logs to a server, and keep them on disk until it has them.',
  args: `[${ACTIONS.join('|')}] [FILE]`,
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      help: 'The agent’s settings. Default: agent.yaml in the data folder, if it is there.',
    },
    data: settingsOptions.data,
    quiet: { type: 'boolean', short: 'q', help: 'Do not print lines.' },
    json: { type: 'boolean', help: 'status, spool: as JSON.' },
    print: { type: 'boolean', help: 'spool: the lines that wait, one a line.' },
  },
  examples: [
    'porchlight agent --config agent.yaml',
    'porchlight agent enroll < token',
    'porchlight agent status',
    'porchlight agent spool --print',
  ],
  exits: { 1: 'status: no agent runs, or it cannot send' },
  async run(context, values, [action, ...rest]) {
    const folder = join(dataFolder(text(values, 'data'), context.environment, context.uid), 'agent');
    if (action === undefined) return forwardLogs(context, values, folder);
    if (!isAction(action)) throw new CodedError('USAGE', `porchlight agent ${action}: one of ${ACTIONS.join(', ')}`);
    if (rest.length > (action === 'enroll' ? 1 : 0))
      throw new CodedError('USAGE', `porchlight agent ${action}: too many words`);
    return DO[action](context, values, folder, rest[0]);
  },
};

const isAction = (word: string): word is Action => (ACTIONS as readonly string[]).includes(word);

/** Each is loaded when it is called: the agent itself is to stay small. */
const DO: Readonly<
  Record<Action, (context: Context, values: Values, folder: string, file: string | undefined) => Promise<number>>
> = {
  enroll: async (context, _, folder, file) =>
    (await import('../agent/enroll-command.ts')).enrollAgent(context, folder, file),
  rotate: async (context, _, folder) => (await import('../agent/enroll-command.ts')).rotateKey(context, folder),
  status: async (context, values, folder) =>
    (await import('../agent/status-command.ts')).showStatus(context, values, folder),
  spool: async (context, values, folder) =>
    (await import('../agent/spool-command.ts')).showSpool(context, values, folder),
};

async function forwardLogs(context: Context, values: Values, folder: string): Promise<number> {
  const { readConfig } = await import('../yaml-file.ts');
  const { readAgentSettings } = await import('../agent/settings.ts');
  const { runAgent } = await import('../agent/run.ts');
  const named = text(values, 'config');
  const source = readConfig(named ?? join(folder, '..', 'agent.yaml'), named !== undefined);
  const say = (line: string): void => context.out(`${line}\n`);
  await runAgent({
    settings: readAgentSettings(source, context.environment),
    folder,
    say,
    show: context.isTerminal && values['quiet'] !== true ? say : undefined,
    now: context.now,
    signal: context.signal,
  });
  context.out('Stopped. Everything is kept.\n');
  return 0;
}

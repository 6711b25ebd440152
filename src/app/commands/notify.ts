import { CodedError } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { type Message, NotTaken, type Notifier, notifiers } from '#notify';
import type { Command } from '../command.ts';
import { readSettings, settingsOptions } from './settings.ts';

export const notify: Command = {
  name: 'notify',
  summary: 'Send a test message on every channel that is configured, or on one, and say what came of it.',
  args: 'test [CHANNEL]',
  options: { json: { type: 'boolean', help: 'One JSON result a line.' }, ...settingsOptions },
  examples: ['porchlight notify test', 'porchlight notify test telegram'],
  exits: { 1: 'a channel did not take it, or none is configured' },
  async run(context, values, [verb = 'test', wanted]) {
    if (verb !== 'test') throw new CodedError('USAGE', `porchlight notify: there is no "${verb}"; it is test`);
    const { config, configPath } = readSettings(context, values);
    const channels = notifiers(config.notify);
    const chosen = channels.filter(({ channel }) => wanted === undefined || channel === wanted);
    if (channels.length === 0) {
      context.err(
        `No channel is configured. ntfy, Telegram and e-mail are switched on under notify: in ${configPath}.\n`,
      );
      return 1;
    }
    if (chosen.length === 0) {
      const names = channels.map(({ channel }) => channel).join(', ');
      throw new CodedError('USAGE', `porchlight notify test: "${wanted}" is not configured; there is ${names}`);
    }
    const message = testMessage(config.host.name ?? 'this machine', context.now());
    let failed = 0;
    for (const notifier of chosen) {
      const result = await attempt(notifier, message, context.signal);
      if (!result.taken) failed++;
      context.out(`${values['json'] === true ? printableJson(result) : resultLine(result)}\n`);
    }
    return failed > 0 ? 1 : 0;
  },
};

const testMessage = (host: string, now: number): Message => ({
  key: `test-${now.toString(36)}`,
  level: 'informational',
  title: 'Porchlight: a test',
  text: `If you read this, Porchlight on ${host} can reach you here. Signs that must arrive as they are: <b> & _x_ *y* [z](w)`,
});

interface Result {
  readonly channel: string;
  readonly taken: boolean;
  /** Why not, or what else there is to say; '' when all is well. */
  readonly reason: string;
  /** True when it will not work before a setting is changed. */
  readonly dead: boolean;
}

async function attempt({ channel, send }: Notifier, message: Message, signal: AbortSignal): Promise<Result> {
  try {
    return { channel, taken: true, reason: (await send(message, signal)) ?? '', dead: false };
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    return { channel, taken: false, reason: error.message, dead: error.dead };
  }
}

function resultLine({ channel, taken, reason }: Result): string {
  const outcome = taken ? 'taken' : 'NOT TAKEN';
  return `${channel.padEnd(10)} ${outcome}${reason === '' ? '' : `: ${printable(reason)}`}`;
}

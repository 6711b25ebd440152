import { type AlertStatus, CodedError, isLevel, type WireAlert } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { type Command, type Context, text, type Values } from '../command.ts';
import { type Connection, connect, connectionOptions } from './connection.ts';
import { clockFor, cut } from './event-line.ts';

/** Subcommand → the status it gives an alert. */
const SETTLE: Readonly<Record<string, AlertStatus>> = { ack: 'acknowledged', close: 'closed', reopen: 'open' };

export const alerts: Command = {
  name: 'alerts',
  summary: 'List alerts; acknowledge, close or reopen them.',
  args: 'list|ack ID…|close ID…|reopen ID…',
  options: {
    status: { type: 'string', value: 'STATUS', help: 'list: open, acknowledged, closed or all. Default: open.' },
    level: { type: 'string', value: 'LEVEL', help: 'list: this level or higher.' },
    note: { type: 'string', value: 'TEXT', help: 'ack, close, reopen: why, for the history.' },
    json: { type: 'boolean', help: 'One JSON alert a line.' },
    ...connectionOptions,
  },
  examples: ['porchlight alerts list --level high', "porchlight alerts close 12 --note 'this was me'"],
  async run(context, values, [verb = 'list', ...ids]) {
    const connection = await connect(context, values);
    if (verb === 'list') return list(connection, context, values);
    const status = SETTLE[verb];
    if (status === undefined)
      throw new CodedError('USAGE', `porchlight alerts: there is no "${verb}"; it is list, ack, close or reopen`);
    if (ids.length === 0)
      throw new CodedError('USAGE', `porchlight alerts ${verb}: name the alerts, such as ${verb} 12`);
    for (const id of ids) {
      const alert = await connection.client.call('patchAlert', {
        params: { id },
        body: { status, note: text(values, 'note') ?? '' },
      });
      context.out(
        values['json'] === true ? `${printableJson(alert)}\n` : `${id} is ${status}: ${printable(alert.sentence)}\n`,
      );
    }
    return 0;
  },
};

async function list({ client }: Connection, context: Context, values: Values): Promise<number> {
  const level = text(values, 'level');
  const status = text(values, 'status') ?? 'open';
  if (level !== undefined && !isLevel(level))
    throw new CodedError('USAGE', `--level ${level}: it is informational, low, medium, high or critical`);
  if (!['open', 'acknowledged', 'closed', 'all'].includes(status))
    throw new CodedError('USAGE', `--status ${status}: it is open, acknowledged, closed or all`);
  const wanted = status === 'all' ? undefined : (status as AlertStatus);
  const page = await client.call('listAlerts', {
    query: { status: wanted, level, limit: 500 },
    signal: context.signal,
  });
  const seen = (alert: WireAlert): number => Date.parse(alert.last_seen);
  const stamp = clockFor(page.items.map(seen), context.now());
  for (const alert of page.items)
    context.out(
      values['json'] === true ? `${printableJson(alert)}\n` : `${alertLine(alert, stamp(seen(alert)), context)}\n`,
    );
  if (page.items.length === 0) context.err(status === 'open' ? 'All quiet. Nothing needs you.\n' : 'None.\n');
  return 0;
}

/** `  12  critical  20:37:14  214×  203.0.113.7 guessed the password of backup on nas` */
function alertLine(alert: WireAlert, seen: string, context: Context): string {
  const line = `${alert.id.padStart(4)}  ${alert.level.padEnd(13)}  ${seen}  ${`${alert.count}×`.padStart(6)}  ${printable(alert.sentence)}`;
  return context.isTerminal ? cut(line, context.columns) : line;
}

import { CodedError, type WireEvent } from '#contract';
import { printableJson } from '#lib/printable';
import { type Command, text } from '../command.ts';
import { connect, connectionOptions } from './connection.ts';
import { eventLine } from './event-line.ts';

const PAGE = 1000;

export const search: Command = {
  name: 'search',
  summary: 'Find events: words and field:value. The newest ones, oldest first.',
  args: 'QUERY',
  options: {
    last: { type: 'string', value: 'TIME', help: 'How far back: 15m, 24h, 7d. Default: 24h.' },
    limit: { type: 'string', short: 'n', value: 'N', help: 'How many. Default: 100.' },
    json: { type: 'boolean', help: 'One flat JSON event a line.' },
    ...connectionOptions,
  },
  examples: [
    "porchlight search 'source.ip:203.0.113.7 event.outcome:failure' --last 7d",
    'porchlight search \'"Failed password" -user.name:backup\' --json',
  ],
  exits: { 1: 'nothing was found' },
  async run(context, values, positionals) {
    const { client } = await connect(context, values);
    const from = since(text(values, 'last') ?? '24h');
    const limit = countOf(text(values, 'limit') ?? '100');
    const q = positionals.join(' ');
    const found: WireEvent[] = [];
    for (let cursor: string | undefined; found.length < limit;) {
      const page = await client.call('listEvents', {
        query: { q, from, limit: Math.min(PAGE, limit - found.length), cursor },
        signal: context.signal,
      });
      found.push(...page.items);
      if (page.next === null) break;
      cursor = page.next;
    }
    for (const event of found.toReversed()) {
      context.out(
        values['json'] === true
          ? `${printableJson(event)}\n`
          : `${eventLine(event, context.isTerminal ? context.columns : Infinity)}\n`,
      );
    }
    if (found.length === 0) context.err(`Nothing in the last ${from.slice(1)}. A longer --last may find more.\n`);
    return found.length === 0 ? 1 : 0;
  },
};

function since(last: string): string {
  if (!/^\d{1,6}[smhd]$/.test(last))
    throw new CodedError('USAGE', `--last ${last}: give a number and s, m, h or d, such as 24h`);
  return `-${last}`;
}

function countOf(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1)
    throw new CodedError('USAGE', `--limit ${value}: give a whole number from 1`);
  return count;
}

import { CodedError, type Client, type WireEvent } from '#contract';
import { printable, printableJson } from '#lib/printable';
import { type Command, type Context, text, type Values } from '../command.ts';
import { connect, connectionOptions } from './connection.ts';
import { clockFor, eventLine, timeOf } from './event-line.ts';
import { tableLines } from './table-lines.ts';

const PAGE = 1000;

export const search: Command = {
  name: 'search',
  summary: 'Find events, or count them: words, field:value, ranges, /expressions/, and a | that makes a table.',
  args: '[QUERY]',
  options: {
    last: { type: 'string', value: 'TIME', help: 'How far back: 15m, 24h, 7d. Default: 24h.' },
    from: {
      type: 'string',
      value: 'TIME',
      help: 'Since when: 2026-03-14, 2026-03-14T08:00, now-2h. Instead of --last.',
    },
    to: { type: 'string', value: 'TIME', help: 'Until when, in the same ways.' },
    limit: { type: 'string', short: 'n', value: 'N', help: 'How many events. Default: 100.' },
    json: { type: 'boolean', help: 'One flat JSON event, or one row of a table, a line.' },
    save: { type: 'string', value: 'NAME', help: 'Keep the query under this name.' },
    saved: { type: 'string', value: 'NAME', help: 'The query that was kept under this name; more words narrow it.' },
    list: { type: 'boolean', help: 'Show the saved searches.' },
    ...connectionOptions,
  },
  examples: [
    "porchlight search 'source.ip:203.0.113.7 event.outcome:failure' --last 7d",
    'porchlight search \'"Failed password" -user.name:backup\' --json',
    "porchlight search 'event.outcome:failure | count by source.ip' --last 30d",
  ],
  exits: { 1: 'nothing was found' },
  async run(context, values, positionals) {
    const { client } = await connect(context, values);
    if (values['list'] === true) return list(context, client, values['json'] === true);
    const q = await queryOf(client, values, positionals.join(' '));
    const save = text(values, 'save');
    if (save !== undefined) {
      await client.call('saveSearch', { params: { name: save }, body: { query: q }, signal: context.signal });
      context.err(`Saved. Run it again with: porchlight search --saved ${JSON.stringify(save)}\n`);
    }
    const range = rangeOf(values);
    const isTable = (await pipeOf(q, context.now())) !== undefined;
    const found = isTable
      ? await showTable(context, client, values, q, range)
      : await showEvents(context, client, values, q, range);
    if (!found) context.err(`Nothing ${range.words}. A longer --last may find more.\n`);
    return found ? 0 : 1;
  },
};

/** A query without `|` has none: the language is loaded for the others only. */
async function pipeOf(q: string, now: number): Promise<object | undefined> {
  if (!q.includes('|')) return undefined;
  const { parseStatement } = await import('#store');
  return parseStatement(q, now).pipe;
}

async function queryOf(client: Client, values: Values, typed: string): Promise<string> {
  const name = text(values, 'saved');
  if (name === undefined) return typed;
  const { items } = await client.call('listSearches', {});
  const kept = items.find((one) => one.name === name);
  if (kept === undefined) {
    const names = items.length === 0 ? 'None is saved yet' : `There are: ${items.map((one) => one.name).join(', ')}`;
    throw new CodedError('USAGE', `--saved ${name}: there is no saved search of that name. ${names}`);
  }
  // What is typed goes first: a pipe may end the saved one.
  return typed === '' ? kept.query : `(${typed}) ${kept.query}`;
}

async function list(context: Context, client: Client, json: boolean): Promise<number> {
  const { items } = await client.call('listSearches', { signal: context.signal });
  const width = Math.max(0, ...items.map(({ name }) => name.length));
  for (const one of items)
    context.out(json ? `${printableJson(one)}\n` : `${printable(one.name.padEnd(width))}  ${printable(one.query)}\n`);
  if (items.length === 0) context.err("None is saved yet. Save one with: porchlight search 'QUERY' --save NAME\n");
  return items.length === 0 ? 1 : 0;
}

interface Range {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly words: string;
}

function rangeOf(values: Values): Range {
  const [from, to, last] = ['from', 'to', 'last'].map((name) => text(values, name));
  if (last !== undefined && (from !== undefined || to !== undefined))
    throw new CodedError('USAGE', '--last and --from or --to exclude each other');
  if (from !== undefined || to !== undefined) return { from, to, words: 'in that time' };
  return { from: since(last ?? '24h'), to: undefined, words: `in the last ${last ?? '24h'}` };
}

async function showEvents(context: Context, client: Client, values: Values, q: string, range: Range): Promise<boolean> {
  const limit = countOf(text(values, 'limit') ?? '100');
  const found: WireEvent[] = [];
  for (let cursor: string | undefined; found.length < limit;) {
    const page = await client.call('listEvents', {
      query: { q, from: range.from, to: range.to, limit: Math.min(PAGE, limit - found.length), cursor },
      signal: context.signal,
    });
    found.push(...page.items);
    if (page.next === null) break;
    cursor = page.next;
  }
  const columns = context.isTerminal ? context.columns : Infinity;
  const stamp = clockFor(found.map(timeOf), context.now());
  for (const event of found.toReversed())
    context.out(values['json'] === true ? `${printableJson(event)}\n` : `${eventLine(event, columns, stamp)}\n`);
  return found.length > 0;
}

async function showTable(context: Context, client: Client, values: Values, q: string, range: Range): Promise<boolean> {
  const { signal } = context;
  const table = await client.call('eventTable', { query: { q, from: range.from, to: range.to }, signal });
  const { columns, rows, total, groups, left_out: leftOut } = table;
  if (values['json'] === true) {
    for (const row of rows)
      context.out(`${printableJson(Object.fromEntries(columns.map((name, at) => [name, row[at]])))}\n`);
  } else
    for (const line of tableLines(table, context.isTerminal ? context.columns : Infinity)) context.out(`${line}\n`);
  if (groups > rows.length) context.err(`The first ${rows.length} of ${groups.toLocaleString('en')} rows.\n`);
  if (leftOut > 0) context.err(`Not all: ${leftOut.toLocaleString('en')} had values too many to count apart.\n`);
  return total > 0;
}

function since(last: string): string {
  if (!/^\d{1,6}[smhdw]$/.test(last))
    throw new CodedError('USAGE', `--last ${last}: give a number and s, m, h, d or w, such as 24h`);
  return `-${last}`;
}

function countOf(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1)
    throw new CodedError('USAGE', `--limit ${value}: give a whole number from 1`);
  return count;
}

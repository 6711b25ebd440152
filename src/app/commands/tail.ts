/**
 * Follows events as they are stored. The live stream only wakes it; the events come from `GET /api/events?after=`, so that
 * none is missed, however many came at once or however long the server was away.
 */
import { FEED_QUERY, type EventMessage, parseEventId, type WireEvent } from '#contract';
import { backoffDelay, sleep } from '#lib/backoff';
import { printableJson } from '#lib/printable';
import type { Command, Context } from '../command.ts';
import { connect, type Connection, connectionOptions } from './connection.ts';
import { eventLine } from './event-line.ts';
import { readServerEvents } from './server-events.ts';

const PAGE = 500;
const RETRY = { base: 500, cap: 5_000 } as const;

export const tail: Command = {
  name: 'tail',
  summary: 'Follow events as they come in, all or those that a query finds.',
  args: '[QUERY]',
  options: { json: { type: 'boolean', help: 'One flat JSON event a line.' }, ...connectionOptions },
  examples: ['porchlight tail', "porchlight tail 'process.name:sshd event.outcome:failure'"],
  async run(context, values, positionals) {
    const connection = await connect(context, values);
    const columns = context.isTerminal ? context.columns : Infinity;
    const json = values['json'] === true;
    const show = (event: WireEvent): void =>
      context.out(`${json ? printableJson(event) : eventLine(event, columns)}\n`);
    const q = positionals.length === 0 ? FEED_QUERY : positionals.join(' ');
    // A query that is not understood, or a server that is not there, is said at once and not retried.
    await connection.client.call('listEvents', { query: { q, limit: 1 }, signal: context.signal });
    await follow(connection, q, show, context);
    return 0;
  },
};

async function follow(
  connection: Connection,
  q: string,
  show: (event: WireEvent) => void,
  context: Context,
): Promise<void> {
  const { signal } = context;
  let after: string | undefined;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      for await (const message of readServerEvents(`${connection.base}/api/stream`, connection.headers, signal)) {
        if (attempt > 0) context.err('Connected again.\n');
        attempt = 0;
        if (message.event === 'hello') after ??= `${message.id}-999999999`;
        if (message.event === 'event' || message.event === 'hello')
          after = await catchUp(connection, q, after, lastOf(message), show, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (attempt === 0) context.err(`Reconnecting, nothing is lost: ${(error as Error).message}\n`);
    }
    await sleep(backoffDelay(attempt, RETRY.base, RETRY.cap, Math.random), signal).catch(() => undefined);
  }
}

const lastOf = (message: { event: string; data: unknown }): string | undefined =>
  message.event === 'event' ? (message.data as EventMessage).last : undefined;

/** Shows all that was stored after `after`; returns the place it came to, at least `last`. */
async function catchUp(
  { client }: Connection,
  q: string,
  after: string | undefined,
  last: string | undefined,
  show: (event: WireEvent) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let place = after; ;) {
    const { items } = await client.call('listEvents', { query: { q, limit: PAGE, after: place }, signal });
    for (const event of items) show(event);
    const reached = items.at(-1)?.['event.id'];
    if (typeof reached === 'string') place = reached;
    if (items.length < PAGE) return later(place, last);
  }
}

/** The later of two event ids. */
function later(a: string | undefined, b: string | undefined): string | undefined {
  const [left, right] = [parseEventId(a ?? ''), parseEventId(b ?? '')];
  if (left === undefined || right === undefined) return a ?? b;
  return (left.batch - right.batch || left.ordinal - right.ordinal) > 0 ? a : b;
}

/** The stored events of a time, page by page, in the order in which they were stored: from a running server, else from the store itself. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Store } from '#store';
import { CodedError, type Event, type Fields, isoTime, newFields, parseEventId, type WireEvent } from '#contract';
import type { Context, Values } from '../command.ts';
import { connect } from '../commands/connection.ts';
import { startStoreThread } from '../threads.ts';
import type { Stored } from './backtest.ts';

export interface Span {
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Query text: which of them. */
  readonly q: string;
}

export interface StoredEvents {
  /** How many there are. */
  readonly total: number;
  pages(): AsyncIterable<readonly Stored[]>;
  close(): Promise<void>;
}

/** The most that a server gives at once; and what pays where the store is read: a block is opened for each page that has a part of it. */
const PAGE = 1000;
const NEAR_PAGE = 5000;
const FIRST = '0-0';

/** A server that runs has the store: it is asked. `folder`: where the store lies otherwise. Throws CodedError. */
export async function storedEvents(
  context: Context,
  values: Values,
  folder: string,
  span: Span,
): Promise<StoredEvents> {
  try {
    return await ofServer(context, values, span);
  } catch (error) {
    const isNamed = values['url'] !== undefined || context.environment['PORCHLIGHT_URL'] !== undefined;
    if (!(error instanceof CodedError && error.code === 'NO_SERVER') || isNamed) throw error;
    return await ofStore(folder, span, context.signal);
  }
}

async function ofServer(context: Context, values: Values, { from, to, q }: Span): Promise<StoredEvents> {
  const { client } = await connect(context, values);
  const { signal } = context;
  const range = { q, from: isoTime(from), to: isoTime(to) };
  const { total } = await client.call('eventHistogram', { query: { ...range, bins: 1 }, signal });
  return {
    total,
    pages: () =>
      paged(async (cursor) => {
        const query = { ...range, limit: PAGE, after: FIRST, cursor };
        const { items, next } = await client.call('listEvents', { query, signal });
        return { items: items.map(fromWire), next };
      }),
    close: () => Promise.resolve(),
  };
}

async function ofStore(folder: string, { from, to, q }: Span, signal: AbortSignal): Promise<StoredEvents> {
  if (!existsSync(join(folder, 'porchlight.db')))
    throw new CodedError('DATA_FOLDER', `${folder}: there is no history in it, and no server answers`);
  const thread = startStoreThread(folder);
  const { store } = thread;
  async function close(): Promise<void> {
    await store.close().catch(() => undefined);
    await thread.stop();
  }
  try {
    await store.recover();
    const { total } = await store.histogram({ from, to, q, bins: 1, now: to }, signal);
    return {
      total,
      pages: () => pagesOf(store, { from, to, q }, signal),
      close,
    };
  } catch (error) {
    await close();
    if (!(error instanceof CodedError && error.detail.includes('in use by another'))) throw error;
    const how = 'A server on another port or address has it: say where, with --url.';
    throw new CodedError('DATA_FOLDER', `${error.detail} ${how}`, { cause: error });
  }
}

/** In the order in which they were stored. */
export const pagesOf = (
  store: Pick<Store, 'events'>,
  { from, to, q }: Span,
  signal: AbortSignal,
): AsyncIterable<readonly Stored[]> =>
  paged((cursor) => store.events({ from, to, q, limit: NEAR_PAGE, after: FIRST, cursor }, signal));

/** A page may be short, or empty, and not the last: what is damaged is passed over, and one of long events ends early. */
async function* paged(
  page: (cursor: string | undefined) => Promise<Page<Stored>>,
): AsyncGenerator<readonly Stored[], void, void> {
  for (let cursor: string | undefined; ;) {
    const { items, next } = await page(cursor);
    yield items;
    if (next === null) return;
    cursor = next;
  }
}

/** As it was before it was written out: times in milliseconds. */
function fromWire(wire: WireEvent): Stored {
  const { 'event.id': name, ...rest } = wire;
  const place = parseEventId(String(name));
  if (place === undefined) throw new CodedError('NO_SERVER', 'the server sent an event without an id');
  const event: Fields = Object.assign(newFields(), rest);
  const time = Date.parse(String(wire['@timestamp']));
  const ingested = Date.parse(String(wire['event.ingested'] ?? wire['@timestamp']));
  const whole: Event = Object.assign(event, { '@timestamp': time, 'event.ingested': ingested });
  return { id: `${place.batch}-${place.ordinal}`, event: whole };
}

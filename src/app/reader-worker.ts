/** The reader's thread: questions about events, beside the commits. `workerData.path` is the store's commit point. */
import { parentPort, workerData } from 'node:worker_threads';
import { openReader, type Store } from '#store';
import { giveBackWhenQuiet } from './give-back.ts';
import { type Port, serve, tell } from './rpc.ts';

const { path } = workerData as { readonly path: string };
const reader = openReader(path, { onDamage: (damage) => tell(parentPort as Port, damage) });

type Ask<N extends 'events' | 'histogram' | 'values' | 'table'> = Parameters<Store[N]>[0];

giveBackWhenQuiet();
serve(parentPort as Port, {
  events: ([query], signal) => reader.events(query as Ask<'events'>, signal),
  histogram: ([query], signal) => reader.histogram(query as Ask<'histogram'>, signal),
  values: ([query], signal) => reader.values(query as Ask<'values'>, signal),
  table: ([query], signal) => reader.table(query as Ask<'table'>, signal),
  fields: (_, signal) => reader.fields(signal),
  close: () => reader.close(),
});

/** Durable intake over HTTP: every 201 is a commit. */
import { percentile, post } from './http-load.ts';
import { generator } from './synthetic.ts';

export interface Intake {
  readonly events: number;
  /** ms. */
  readonly elapsed: number;
  /** Round trip, ms. */
  readonly p99: number;
  /** POSTs that were not answered with 201. */
  readonly refused: number;
}

const START = Date.parse('2026-01-15T08:00:00Z');
const CLIENTS = 16;

/** One event a POST. */
export async function singleIntake(port: number, seed: number, events: number, clients = CLIENTS): Promise<Intake> {
  const { record } = generator(seed);
  const bodies = Array.from({ length: 5000 }, (_, i) => Buffer.from(JSON.stringify(record(START + i * 20))));
  const result = await post({
    port,
    path: '/api/logs',
    clients,
    requests: events,
    body: (i) => bodies[i % bodies.length] as Buffer,
  });
  return { events, refused: result.refused, elapsed: result.elapsed, p99: percentile(result.times, 0.99) };
}

const A_POST = 1000;

/** NDJSON, 1000 events a POST, 4 senders. Bodies are made before the clock starts; each is sent a few times. */
export async function bulkIntake(port: number, seed: number, events: number): Promise<Intake> {
  const { record } = generator(seed);
  const requests = Math.ceil(events / A_POST);
  const bodies = Array.from({ length: Math.min(requests, 200) }, (_, i) =>
    Buffer.from(
      Array.from({ length: A_POST }, (_unused, j) => JSON.stringify(record(START + (i * A_POST + j) * 20))).join('\n'),
    ),
  );
  const result = await post({
    port,
    path: '/api/logs',
    clients: 4,
    requests,
    body: (i) => bodies[i % bodies.length] as Buffer,
  });
  return {
    events: requests * A_POST,
    refused: result.refused,
    elapsed: result.elapsed,
    p99: percentile(result.times, 0.99),
  };
}

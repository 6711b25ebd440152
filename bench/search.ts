/**
 * Questions: through the server, to a store that the intake has filled, and to a month of sealed days; median of five. And through the server
 * while it takes as much as it can.
 *
 *   node bench/search.ts [EVENTS]      only this last one, beside so many events that come in
 */
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from '../src/contract/client.ts';
import { percentile } from './http-load.ts';
import { bulkIntake } from './intake.ts';
import { startServerProcess } from './server-process.ts';
import { storeAnswers } from './store-answers.ts';

/** Events of the month, at full scale: a million. `node bench/store-answers.ts 10000000` asks ten. */
const MONTH = Math.max(30_000, Math.round(1_000_000 * Number(process.env['BENCH_SCALE'] ?? 1)));

interface Timed {
  readonly what: string;
  readonly ms: number;
  readonly reach: string;
}

export async function search(port: number, seed = 1): Promise<Timed[]> {
  const sealed = (await storeAnswers(MONTH)).map(({ what, median, reach }): Timed => ({
    what: `${what}, a month of ${MONTH.toLocaleString('en')} events`,
    ms: median,
    reach: reach === '' ? '' : `${reach} at 10M`,
  }));
  const busy = await firstByte(port, seed, Math.round(MONTH / 5));
  return [...(await throughServer(port)), ...busy, ...sealed];
}

const ASKED = ['', 'user.name:root event.outcome:failure'];
/** ms between an answer and the next question: an eager page, not a load test. */
const PAUSE = 50;
/** ms until events come in as fast as they will. */
const UNDER_WAY = 500;

/** ms from a question to the first byte of its answer, while events come in, a thousand a POST, as many as are taken. */
async function firstByte(port: number, seed: number, events: number): Promise<Timed[]> {
  let done = false;
  const intake = bulkIntake(port, seed, events).finally(() => (done = true));
  const times: number[] = [];
  await wait(UNDER_WAY);
  for (let n = 0; !done; n++) {
    times.push(await toFirstByte(port, ASKED[n % ASKED.length] ?? ''));
    await wait(PAUSE);
  }
  const { elapsed, events: taken, refused } = await intake;
  if (refused > 0) throw new Error(`${refused} POSTs were refused`);
  const rate = Math.round((taken / elapsed) * 1000).toLocaleString('en');
  const sorted = times.toSorted((a, b) => a - b);
  const row = (name: string, ms: number): Timed => ({
    what: `first byte of /api/events, ${name} of ${times.length}, while ${rate} events/s come in`,
    ms,
    reach: '≤ 50 ms at 50,000/s',
  });
  return [
    row('median', percentile(sorted, 0.5)),
    row('95th of a hundred', percentile(sorted, 0.95)),
    row('slowest', sorted.at(-1) ?? 0),
  ];
}

function toFirstByte(port: number, q: string): Promise<number> {
  const at = performance.now();
  return new Promise((resolve, reject) => {
    const asking = request(
      { port, host: '127.0.0.1', path: `/api/events?limit=100&q=${encodeURIComponent(q)}` },
      (answer) => {
        const ms = performance.now() - at;
        if (answer.statusCode !== 200) reject(new Error(`answered with ${answer.statusCode}`));
        answer.resume().on('end', () => resolve(ms));
      },
    );
    asking.on('error', reject).end();
  });
}

async function throughServer(port: number): Promise<Timed[]> {
  const client = createClient({ base: `http://127.0.0.1:${port}` });
  const total = (await client.call('health')).events;
  const timed = async (ask: () => Promise<unknown>): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const at = performance.now();
      await ask();
      times.push(performance.now() - at);
    }
    return times.toSorted((a, b) => a - b)[2] ?? 0;
  };
  const at = `at ${total.toLocaleString('en')} events`;
  return [
    {
      what: `newest 100, ${at}`,
      ms: await timed(() => client.call('listEvents', { query: { limit: 100 } })),
      reach: '≤ 20 ms at 10M',
    },
    {
      what: `newest 100 of user.name:root event.outcome:failure, ${at}`,
      ms: await timed(() =>
        client.call('listEvents', { query: { q: 'user.name:root event.outcome:failure', limit: 100 } }),
      ),
      reach: '≤ 20 ms at 10M',
    },
    {
      what: `a rare substring, ${at}`,
      ms: await timed(() => client.call('listEvents', { query: { q: 'nowhere-to-be-found', limit: 100 } })),
      reach: '≤ 150 ms at 1M',
    },
  ];
}

if (import.meta.main) {
  const server = await startServerProcess();
  try {
    for (const { what, ms, reach } of await firstByte(server.port, 1, Number(process.argv[2] ?? 200_000)))
      console.log(`${what.padEnd(90)} ${ms.toFixed(1).padStart(8)} ms  ${reach}`);
  } finally {
    await server.stop();
    server.remove();
  }
}

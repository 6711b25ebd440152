/** Questions: through the server, to a store that the intake has filled, and to a month of sealed days. Median of five. */
import { createClient } from '../src/contract/client.ts';
import { storeAnswers } from './store-answers.ts';

/** Events of the month, at full scale: a million. `node bench/store-answers.ts 10000000` asks ten. */
const MONTH = Math.max(30_000, Math.round(1_000_000 * Number(process.env['BENCH_SCALE'] ?? 1)));

interface Timed {
  readonly what: string;
  readonly ms: number;
  readonly reach: string;
}

export async function search(port: number): Promise<Timed[]> {
  const sealed = (await storeAnswers(MONTH)).map(({ what, median, reach }): Timed => ({
    what: `${what}, a month of ${MONTH.toLocaleString('en')} events`,
    ms: median,
    reach: reach === '' ? '' : `${reach} at 10M`,
  }));
  return [...(await throughServer(port)), ...sealed];
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

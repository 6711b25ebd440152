/** Questions to a store that the intake has filled. Median of five. */
import { createClient } from '../src/contract/client.ts';

export async function search(port: number): Promise<{ what: string; ms: number; reach: string }[]> {
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

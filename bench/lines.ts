/** Lines appended to a followed auth.log, until the server has stored them all. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createClient } from '../src/contract/client.ts';
import type { Intake } from './intake.ts';
import type { ServerProcess } from './server-process.ts';
import { generator } from './synthetic.ts';

export async function lines(server: ServerProcess, seed: number, count: number): Promise<Intake> {
  const client = createClient({ base: `http://127.0.0.1:${server.port}` });
  const stored = async (): Promise<number> => (await client.call('health')).events;
  const { authLine } = generator(seed);
  const now = Date.now();
  const text = `${Array.from({ length: count }, (_, i) => authLine(now + i)).join('\n')}\n`;
  mkdirSync(dirname(server.authLog), { recursive: true });
  appendFileSync(server.authLog, '');
  const before = await stored();
  const started = performance.now();
  appendFileSync(server.authLog, text);
  while ((await stored()) < before + count) await new Promise((resolve) => setTimeout(resolve, 25));
  return { events: count, elapsed: performance.now() - started, p99: Number.NaN, refused: 0 };
}

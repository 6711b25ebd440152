/** How long `top --once` takes beside a running server, from spawn to exit. Median of nine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../launch/porchlight.mjs', import.meta.url));

export async function topOnce(port: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 9; i++) {
    const at = performance.now();
    const child = spawn(process.execPath, [LAUNCHER, 'top', '--once', '--url', `http://127.0.0.1:${port}`], {
      stdio: 'ignore',
    });
    await once(child, 'exit');
    times.push(performance.now() - at);
  }
  return times.toSorted((a, b) => a - b)[4] ?? Number.NaN;
}

/** A real agent process on a folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../../src/app/main.ts');

export interface AgentProcess {
  /** All it printed. */
  said(): string;
  /** The exit code; null after a signal. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

export function startAgent(config: string, data: string): AgentProcess {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'agent', '--config', config, '--data', data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  return {
    said: () => said,
    async end(signal) {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

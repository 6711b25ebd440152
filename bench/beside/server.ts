/** A peer that is a server of its own: started, asked over HTTP, killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface PeerServer {
  readonly url: string;
  /** Throws where the reply is not 2xx. */
  post(path: string, body: string | URLSearchParams): Promise<string>;
  close(): Promise<void>;
}

const PATIENCE = 30_000;

/** `ready`: a path that answers once it is up. */
export async function startPeer(
  command: string,
  args: readonly string[],
  port: number,
  ready: string,
): Promise<PeerServer> {
  const child = spawn(command, args, { stdio: 'ignore' });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const url = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await once(child, 'exit');
  };
  const until = performance.now() + PATIENCE;
  while (!(await answers(`${url}${ready}`))) {
    if (performance.now() > until || child.exitCode !== null) {
      await close();
      throw new Error(`${command} did not start`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { ...peerAt(url), close };
}

/** One that runs already. */
export function peerAt(url: string): Omit<PeerServer, 'close'> {
  return {
    url,
    async post(path, body) {
      const reply = await fetch(`${url}${path}`, { method: 'POST', body });
      const text = await reply.text();
      if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text.slice(0, 200)}`);
      return text;
    },
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

/**
 * Where the server of a data folder listens, in a file of that folder: `npm start -- --port 8080` is found by every command
 * without being named again. What a kill left behind is told by its process, which is gone.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'porchlight.address';
const EVERYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** A folder that cannot be written costs a word on the command line, not the server. Returns what takes the note back. */
export function noteAddress(folder: string, { address, port }: { address: string; port: number }): () => void {
  const host = EVERYWHERE[address] ?? address;
  const path = join(folder, NAME);
  try {
    writeFileSync(path, `${process.pid} http://${host.includes(':') ? `[${host}]` : host}:${port}\n`, { mode: 0o600 });
  } catch {
    return () => undefined;
  }
  return () => rmSync(path, { force: true });
}

/** Undefined where none runs, or where we may not look. */
export function notedAddress(folder: string): string | undefined {
  try {
    const [, pid, url] = /^(\d+) (http:\/\/\S+)\n$/.exec(readFileSync(join(folder, NAME), 'utf8')) ?? [];
    return url !== undefined && URL.canParse(url) && isRunning(Number(pid)) ? url : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * How a running agent stands, for `agent status`: a socket in its folder (a named pipe on Windows) that says it as one JSON
 * document to whoever connects. A file would wear out an SD card, and could not be written on a full disk.
 *
 * It is the agent's lock too: who finds the socket answered does not start.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type AgentReport, CodedError } from '#contract';
import type { Standing } from './delivery.ts';

export interface AgentStatus {
  readonly pid: number;
  readonly server: Standing & { readonly agent: string | null };
  /** Why nothing can be written; null while it can. */
  readonly trouble: string | null;
  readonly report: AgentReport;
}

/** What a socket's address may be long (sun_path, unix(7)); macOS has four fewer than Linux. */
const LONGEST = 100;
const ANSWER_MS = 5000;

function address(folder: string): { readonly path: string; close(): void } {
  const path = join(folder, 'agent.sock');
  if (process.platform === 'win32') {
    const hash = createHash('sha256').update(folder.toLowerCase()).digest('hex').slice(0, 16);
    return { path: `\\\\.\\pipe\\porchlight-agent-${hash}`, close: () => undefined };
  }
  if (path.length <= LONGEST || process.platform !== 'linux') return { path, close: () => undefined };
  // A long path gets a short name: the folder as an open file of ours.
  const fd = openSync(folder, 'r');
  return { path: `/proc/self/fd/${fd}/agent.sock`, close: () => closeSync(fd) };
}

export interface StatusServer {
  close(): Promise<void>;
}

/** Throws CodedError DATA_FOLDER when another agent answers there. */
export async function serveStatus(folder: string, status: () => AgentStatus): Promise<StatusServer> {
  const place = address(folder);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(JSON.stringify(status()));
  });
  try {
    await listen(server, place.path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error;
      const other = await askStatus(folder);
      if (other !== undefined)
        throw new CodedError('DATA_FOLDER', `${folder} is in use by another agent (process ${other.pid}).`);
      // Nobody is there: it was killed.
      rmSync(join(folder, 'agent.sock'), { force: true });
      await listen(server, place.path);
    });
  } catch (error) {
    place.close();
    if (error instanceof CodedError) throw error;
    throw new CodedError('DATA_FOLDER', `${folder}: ${(error as Error).message}`, { cause: error });
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          place.close();
          resolve();
        });
      }),
  };
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** undefined: no agent runs on this folder. */
export function askStatus(folder: string): Promise<AgentStatus | undefined> {
  return new Promise((resolve, reject) => {
    let place: ReturnType<typeof address>;
    try {
      place = address(folder);
    } catch {
      resolve(undefined);
      return;
    }
    let text = '';
    const socket = connect(place.path);
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`the agent does not answer within ${ANSWER_MS} ms`)));
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      place.close();
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(new CodedError('DATA_FOLDER', `${folder}: ${error.message}`, { cause: error }));
    });
    socket.on('end', () => {
      place.close();
      resolve(JSON.parse(text) as AgentStatus);
    });
  });
}

/** A real honeypot on a free port of loopback, for tests: its records as they come, and visitors to send. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { HoneypotConfig, RawRecord } from '#contract';
import { configSchema } from '#contract/schema';
import { honeypot, type HoneypotOptions } from '#sources';

export type HoneypotRecord = Readonly<Record<string, unknown>>;

export const TAG = { id: 'honeypot', agent: 'local', host: 'testhost', type: 'honeypot' } as const;

export const settings = (changes: Partial<HoneypotConfig> = {}): HoneypotConfig => ({
  ...configSchema.parse({}).honeypot,
  host: '127.0.0.1',
  port: 0,
  ...changes,
});

export interface Started {
  readonly port: number;
  readonly pid: number;
  readonly uid: number | undefined;
  readonly records: readonly HoneypotRecord[];
  /** The first record, earlier or later, that the test holds for. */
  find(wanted: (record: HoneypotRecord) => boolean): Promise<HoneypotRecord>;
  /** Ends it and waits until it is gone; the records are complete then. */
  stop(): Promise<readonly HoneypotRecord[]>;
}

export function parse(record: RawRecord): HoneypotRecord {
  const value: unknown = JSON.parse(record.text);
  assert.ok(typeof value === 'object' && value !== null);
  return { ...value };
}

export async function start(
  config: Partial<HoneypotConfig> = {},
  more: Partial<HoneypotOptions> = {},
): Promise<Started> {
  const ending = new AbortController();
  const records: HoneypotRecord[] = [];
  const waiting = new Set<() => void>();
  const listening = Promise.withResolvers<{ port: number; uid: number | undefined }>();
  let pid = 0;
  const options: HoneypotOptions = {
    config: settings(config),
    tag: TAG,
    now: Date.now,
    failDelay: 1,
    onListening: listening.resolve,
    onStarted: (id) => (pid = id),
    ...more,
  };
  const done = (async () => {
    for await (const chunk of honeypot(options, ending.signal)) {
      records.push(...chunk.map(parse));
      for (const look of waiting) look();
    }
  })();
  // When it ends before it listens, the reason is what the test should show.
  done.catch(listening.reject);
  const { port, uid } = await listening.promise;

  return {
    port,
    pid,
    uid,
    records,
    find(wanted) {
      const { promise, resolve, reject } = Promise.withResolvers<HoneypotRecord>();
      const look = (): void => {
        const found = records.find(wanted);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      done.catch(reject);
      return promise;
    },
    async stop() {
      ending.abort();
      await done;
      return records;
    },
  };
}

export interface Visitor {
  readonly socket: Socket;
  /** All that was sent to it, one character a byte. */
  heard(): string;
  /** Resolves once it has heard the text. */
  hears(text: string): Promise<void>;
  closed: Promise<unknown>;
}

export async function visitor(port: number, from?: string): Promise<Visitor> {
  const socket = connect({ port, host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString('latin1')));
  await once(socket, 'connect');
  return {
    socket,
    closed,
    heard: () => text,
    hears(wanted) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = (): void => {
        if (text.includes(wanted)) resolve();
      };
      socket.on('data', look);
      socket.once('close', () => reject(new Error(`Closed before '${wanted}'; heard ${JSON.stringify(text)}`)));
      look();
      return promise;
    },
  };
}

export const action = (name: string) => (record: HoneypotRecord) => record['event.action'] === name;

/** Whether a process runs. One that has ended and only waits for init to notice does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

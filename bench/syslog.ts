/** Syslog from one sender, as fast as it can send, until the server has stored what it took. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createClient } from '../src/contract/client.ts';
import type { ServerProcess } from './server-process.ts';
import { generator } from './synthetic.ts';

export interface SyslogIntake {
  readonly sent: number;
  readonly stored: number;
  /** Counted by the server: its queue was full, or the kernel's was. */
  readonly dropped: number;
  /** ms. */
  readonly elapsed: number;
}

const HERE = '127.0.0.1';
/** Datagrams that are handed to the kernel before the loop turns. */
const BURST = 64;

export async function syslogIntake(
  server: ServerProcess,
  transport: 'udp' | 'tcp',
  seed: number,
  count: number,
): Promise<SyslogIntake> {
  const { authLine } = generator(seed);
  const now = Date.now();
  const messages = Array.from({ length: count }, (_, i) => Buffer.from(`<38>${authLine(now + i)}`));
  const before = await figures(server);
  const started = performance.now();
  await (transport === 'udp' ? byUdp(server.syslogPort, messages) : byTcp(server.syslogPort, messages));
  let after = await figures(server);
  // What the kernel dropped is told every few seconds.
  for (; after.stored + after.dropped < before.stored + before.dropped + count; after = await figures(server)) {
    if (performance.now() - started > 120_000)
      throw new Error(`of ${count} messages some are neither stored nor counted`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    sent: count,
    stored: after.stored - before.stored,
    dropped: after.dropped - before.dropped,
    elapsed: after.last - started,
  };
}

const seen = new WeakMap<ServerProcess, { stored: number; at: number }>();

/** `last`: when the number of stored events was seen to grow. */
async function figures(server: ServerProcess): Promise<{ stored: number; dropped: number; last: number }> {
  const { sources, counters } = await createClient({ base: `http://${HERE}:${server.port}` }).call('health');
  const stored = sources.find(({ id }) => id === `syslog:${HERE}`)?.records ?? 0;
  const dropped = counters
    .filter(({ name }) => name.startsWith('syslog_dropped_'))
    .reduce((sum, { value }) => sum + value, 0);
  const known = seen.get(server);
  const last = known?.stored === stored ? known.at : performance.now();
  seen.set(server, { stored, at: last });
  return { stored, dropped, last };
}

async function byTcp(port: number, messages: readonly Buffer[]): Promise<void> {
  const socket = connect({ port, host: HERE });
  await once(socket, 'connect');
  for (let at = 0; at < messages.length; at += 500) {
    const framed = messages.slice(at, at + 500).flatMap((message) => [Buffer.from(`${message.length} `), message]);
    if (!socket.write(Buffer.concat(framed))) await once(socket, 'drain');
  }
  socket.end();
  await once(socket, 'close');
}

async function byUdp(port: number, messages: readonly Buffer[]): Promise<void> {
  const socket = createSocket({ type: 'udp4', sendBufferSize: 4 * 1024 * 1024 });
  socket.connect(port, HERE);
  await once(socket, 'connect');
  for (let at = 0; at < messages.length; at += BURST) {
    await Promise.all(
      messages.slice(at, at + BURST).map((message) => new Promise((resolve) => socket.send(message, resolve))),
    );
  }
  socket.close();
}

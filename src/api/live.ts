/**
 * The live stream: what commits bring, to everyone who watches (server-sent events).
 *
 *   commit ─▶ pending alerts ──15 ms──▶ read from the store ─▶ `alert`     an alert not yet sent in this interval: at once
 *          └▶ pending events ─120 ms──▶ newest 50 + omitted ─▶ `event`     everything else: with the interval
 *
 * Invariants
 * - A message's id says: everything up to this commit was sent. So an alert that goes out ahead of its interval carries
 *   the id of the interval before, and only the last message of an interval moves the id on. A client that comes back
 *   compares the last id it had with the id of `hello`: equal means that it missed nothing.
 * - A message is encoded once, however many watch. Nothing is read or kept while nobody does.
 * - A client that does not read is cut once `streamBuffer` bytes wait for it, and counted; it never holds up the others.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { type AgentMessage, CodedError, isoTime, type StreamMessage } from '#contract';
import type { Backend, CommitNotice } from './backend.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import type { ApiLimits } from './limits.ts';
import { pendingChanges } from './live-pending.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

type StreamLimits = Pick<
  ApiLimits,
  'streamClients' | 'streamBuffer' | 'streamInterval' | 'streamAlertDelay' | 'streamHeartbeat'
>;
export type LiveMessage = DeepReadonly<Pick<StreamMessage, 'event' | 'data'>>;

interface Client {
  readonly response: ServerResponse;
  readonly events: boolean;
}

export interface LiveStream {
  /** Takes the reply over. Throws BUSY when too many watch. */
  open(reply: FastifyReply, wants: { readonly events: boolean }): void;
  clients(): number;
  /** Ends every stream. */
  close(): void;
}

const HEADERS = {
  ...SECURITY_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would otherwise gather the messages until its buffer is full.
  'x-accel-buffering': 'no',
};
const RETRY_MS = 1000;

/** The last message moves the id on; without a message the id goes alone, which a reader notes and shows to nobody. */
function frames(messages: readonly LiveMessage[], before: number, after: number): string {
  if (messages.length === 0) return before === after ? '' : `id: ${after}\n\n`;
  const last = messages.length - 1;
  return messages
    .map(
      ({ event, data }, at) =>
        `id: ${at === last ? after : before}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    )
    .join('');
}

export function liveStream(backend: Backend, limits: StreamLimits): LiveStream {
  const clients = new Set<Client>();
  const pending = pendingChanges(backend.store);
  let sentThrough = 0;
  let unsubscribe: (() => void) | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let interval: NodeJS.Timeout | undefined;
  let urgent: NodeJS.Timeout | undefined;
  /** Whoever sends waits for the one before: messages leave in the order of their commits. */
  let sending: Promise<void> = Promise.resolve();
  let closed = false;

  function write(client: Client, bytes: Buffer): void {
    client.response.write(bytes);
    if (client.response.writableLength <= limits.streamBuffer) return;
    backend.counters.add('stream_clients_cut', 'too_slow');
    client.response.destroy();
  }

  function broadcast(messages: readonly LiveMessage[], after: number): void {
    const all = Buffer.from(frames(messages, sentThrough, after));
    const alertsOnly = Buffer.from(
      frames(
        messages.filter(({ event }) => event !== 'event'),
        sentThrough,
        after,
      ),
    );
    sentThrough = after;
    for (const client of clients) {
      const bytes = client.events ? all : alertsOnly;
      if (bytes.length > 0) write(client, bytes);
    }
  }

  async function send(what: 'interval' | 'urgent'): Promise<void> {
    if (clients.size === 0) return;
    const taken = what === 'interval' ? pending.takeAll() : pending.takeNewAlerts();
    try {
      const messages = await pending.messages(taken);
      broadcast(messages, taken.through ?? sentThrough);
    } catch {
      backend.counters.add('stream_reads_failed', what);
      pending.putBack(taken);
      plan();
    }
  }

  const queue = (what: 'interval' | 'urgent'): void => {
    sending = sending.then(() => send(what));
  };

  function plan(): void {
    if (clients.size === 0) return;
    interval ??= setTimeout(() => {
      interval = undefined;
      queue('interval');
    }, limits.streamInterval);
    if (!pending.hasNewAlerts()) return;
    urgent ??= setTimeout(() => {
      urgent = undefined;
      queue('urgent');
    }, limits.streamAlertDelay);
  }

  function onCommit(notice: CommitNotice): void {
    pending.add(notice);
    plan();
  }

  function onAgent(message: AgentMessage): void {
    pending.addAgent(message);
    plan();
  }

  function begin(): void {
    sentThrough = backend.lastBatch();
    const endings = [backend.onCommit(onCommit), backend.agents.onChange(onAgent)];
    unsubscribe = () => {
      for (const end of endings) end();
    };
    const beat = Buffer.from(':\n\n');
    heartbeat = setInterval(() => {
      for (const client of clients) write(client, beat);
    }, limits.streamHeartbeat);
  }

  function rest(): void {
    unsubscribe?.();
    unsubscribe = undefined;
    clearInterval(heartbeat);
    clearTimeout(interval);
    clearTimeout(urgent);
    interval = urgent = undefined;
    pending.clear();
  }

  return {
    open(reply, wants) {
      if (closed) throw new CodedError('BUSY', 'The server is closing.');
      if (clients.size >= limits.streamClients)
        throw new CodedError('BUSY', `${clients.size} live streams are open already.`);
      if (clients.size === 0) begin();
      reply.hijack();
      const client: Client = { response: reply.raw, events: wants.events };
      clients.add(client);
      reply.raw
        .on('error', () => {})
        .once('close', () => {
          if (clients.delete(client) && clients.size === 0) rest();
        });
      reply.raw.writeHead(200, HEADERS);
      const data = { version: backend.version, started: isoTime(backend.started) };
      reply.raw.write(`retry: ${RETRY_MS}\n${frames([{ event: 'hello', data }], sentThrough, sentThrough)}`);
    },
    clients: () => clients.size,
    close() {
      closed = true;
      // Whatever a stalled client did not read is given up when the server closes its connections.
      for (const { response } of clients) response.end();
      clients.clear();
      rest();
    },
  };
}

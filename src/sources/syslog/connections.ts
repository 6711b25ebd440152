/**
 * TCP and TLS (RFC 6587, 5425): connections that wait while the pipeline is busy. Bounded are connections in all and from one
 * sender, the time of a message and of silence, and the bytes of unfinished messages.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { capKey, shownAddress } from '../honeypot/address.ts';
import { type Budget, frames, type Message } from './frames.ts';
import { listenFault } from './listen-place.ts';
import type { Listening, Reception } from './listening.ts';

export interface ConnectionCaps {
  readonly total: number;
  readonly perSender: number;
  /** ms from the first byte of a message to its last. */
  readonly message: number;
  /** ms of silence between two messages. A router may have nothing to say for a day. */
  readonly idle: number;
  /** ms until TLS stands. */
  readonly handshake: number;
  /** Bytes of unfinished messages, of all connections together. */
  readonly unfinished: number;
}

export const CAPS: ConnectionCaps = {
  total: 256,
  perSender: 32,
  message: 60_000,
  idle: 36 * 3_600_000,
  handshake: 10_000,
  unfinished: 16 * 1024 * 1024,
};

/** How often connections are looked at, as a share of the shorter time. */
const SWEEPS = 4;
/** A peer that is gone without a word is found out by the kernel. */
const KEEP_ALIVE = 60_000;

interface Connection {
  readonly socket: Socket;
  readonly sender: string;
  /** When its last message ended, or the one that is coming began. */
  since: number;
  isInside: boolean;
}

export async function openConnections(
  reception: Reception,
  tls: TlsOptions | undefined,
  caps: ConnectionCaps,
): Promise<Listening> {
  const { place, ledger, inbox, now } = reception;
  const open = new Set<Connection>();
  const sockets = new Set<Socket>();
  const admit = door(reception, caps, sockets);
  const budget = createBudget(caps.unfinished);

  function receive(socket: Socket): void {
    if (socket.destroyed) return;
    const sender = shownAddress(socket.remoteAddress);
    const connection: Connection = { socket, sender, since: now(), isInside: false };
    const unframe = frames(budget);
    const take = (message: Message): void => deliver(reception, sender, message);
    open.add(connection);
    socket.on('data', (chunk: Buffer) => {
      let ended = false;
      unframe.push(chunk, (message) => {
        ended = true;
        take(message);
      });
      if (ended || !connection.isInside) connection.since = now();
      connection.isInside = unframe.isInside;
      if (inbox.isCrowded) socket.pause();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      unframe.flush(take);
      open.delete(connection);
    });
  }

  const server = tls === undefined ? createServer(receive) : secureServer(reception, tls, caps, receive);
  // Before TLS: who may not come in does not get a handshake either.
  server.prependListener('connection', (socket: Socket) => admit(socket));
  server.maxConnections = caps.total;
  server.on('drop', (dropped) => ledger.dropped(shownAddress(dropped?.remoteAddress), 'connections'));
  await listening(server, reception);
  server.on('error', (error) => reception.onFault(listenFault(error, place, reception.program)));

  const sweep = setInterval(
    () => {
      const at = now();
      for (const { socket, sender, since, isInside } of open) {
        if (socket.isPaused() || at - since < (isInside ? caps.message : caps.idle)) continue;
        ledger.remark(sender, 'slow');
        socket.destroy();
      }
    },
    Math.min(caps.message, caps.idle) / SWEEPS,
  );
  const { address, port } = server.address() as { address: string; port: number };
  return {
    place: { host: address, port },
    resume() {
      for (const connection of open) {
        // The silence was ours.
        if (connection.socket.isPaused()) connection.since = now();
        connection.socket.resume();
      }
    },
    async close() {
      clearInterval(sweep);
      const ends = [...open].map(({ socket }) => new Promise((resolve) => void socket.once('close', resolve)));
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      for (const { socket } of open) socket.destroy();
      await Promise.all([closed, ...ends]);
    },
  };
}

function deliver({ ledger, inbox, now }: Reception, sender: string, message: Message): void {
  const { text, bytes, cut, mended, fault } = message;
  if (fault) ledger.remark(sender, 'framing');
  if (text === '') {
    if (cut) ledger.dropped(sender, 'crowded');
    return;
  }
  const record = { source: ledger.tagOf(sender), received: now(), text, ...(cut ? { cut: true } : {}) };
  if (!inbox.put(record)) return ledger.dropped(sender, 'stopped');
  ledger.taken(sender, bytes);
  if (cut) ledger.remark(sender, 'cut');
  if (mended) ledger.remark(sender, 'mended');
}

/** Turns away who may not come in, or not any more. */
function door({ ledger, isAllowed }: Reception, caps: ConnectionCaps, sockets: Set<Socket>): (socket: Socket) => void {
  const perSender = new Map<string, number>();
  return (socket) => {
    const sender = shownAddress(socket.remoteAddress);
    const key = capKey(sender);
    const here = perSender.get(key) ?? 0;
    const reason = !isAllowed(sender) ? 'not_allowed' : here >= caps.perSender ? 'sender_connections' : undefined;
    if (reason !== undefined) {
      // One who left before we looked has no address any more, and was nobody's.
      if (sender !== '') ledger.dropped(sender, reason);
      socket.destroy();
      return;
    }
    socket.setKeepAlive(true, KEEP_ALIVE);
    sockets.add(socket);
    perSender.set(key, here + 1);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (perSender.get(key) ?? 1) - 1;
      if (left > 0) perSender.set(key, left);
      else perSender.delete(key);
    });
  };
}

function secureServer(
  { ledger }: Reception,
  tls: TlsOptions,
  { handshake }: ConnectionCaps,
  receive: (socket: Socket) => void,
): Server {
  const server = createTlsServer({ ...tls, minVersion: 'TLSv1.2', handshakeTimeout: handshake }, receive);
  /** Connections without TLS yet. A socket that failed does not tell any more who it was. */
  const waiting = new Set<string>();
  const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
  server.on('connection', (socket: Socket) => {
    if (socket.destroyed) return;
    const name = nameOf(socket);
    const sender = shownAddress(socket.remoteAddress);
    waiting.add(name);
    socket.once('close', () => {
      if (waiting.delete(name)) ledger.dropped(sender, 'tls');
    });
  });
  server.on('secureConnection', (socket) => waiting.delete(nameOf(socket)));
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return server;
}

async function listening(server: Server, { place, program }: Reception): Promise<void> {
  const started = once(server, 'listening');
  try {
    server.listen(place.port, place.host);
    await started;
  } catch (error) {
    throw listenFault(error as Error, place, program);
  }
}

function createBudget(bytes: number): Budget {
  let left = bytes;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    give(back) {
      left += back;
    },
  };
}

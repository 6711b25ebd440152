/** The agents' HTTPS server before any request: handshakes, time, and how many connections there may be, in all and from one address. */
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Counters } from '#lib/counters';
import type { AgentsLimits } from './agents-limits.ts';
import { answerUnparsed } from './unparsed.ts';

export interface ServerParts {
  readonly credentials: { readonly key: string; readonly cert: string };
  readonly counters: Counters;
  readonly limits: AgentsLimits;
  /** Every open connection, with the agent whose key came over it last. */
  readonly connections: Map<Socket, string | undefined>;
  /** Every open socket, from before its handshake. */
  readonly sockets: Set<Socket>;
}

export function agentsServer({ credentials, counters, limits, connections, sockets }: ServerParts): Server {
  const server = createServer({
    key: credentials.key,
    cert: credentials.cert,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.handshakeTimeout,
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionsCheckingInterval: limits.checkInterval,
  });
  server.maxConnections = limits.connections;
  server.on('drop', () => counters.add('agent_connections_refused', 'too_many'));
  const ofOne = new Map<string, number>();
  // The bare connection, before its handshake: that is what costs.
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const open = (ofOne.get(address) ?? 0) + 1;
    if (open > limits.connectionsOfOne) {
      counters.add('agent_connections_refused', 'too_many_of_one');
      socket.destroy();
      return;
    }
    ofOne.set(address, open);
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (ofOne.get(address) ?? 1) - 1;
      if (left > 0) ofOne.set(address, left);
      else ofOne.delete(address);
    });
  });
  server.on('secureConnection', (socket) => {
    connections.set(socket, undefined);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('tlsClientError', (_error, socket) => {
    counters.add('agent_connections_refused', 'handshake');
    socket.destroy();
  });
  server.on('clientError', answerUnparsed(counters, limits.linger));
  return server;
}

/**
 * Closes the way out: after this no module of this process, Node's own included, can open a connection. What remains is
 * answering those who connected to us. Sockets that a server accepts are never connected by us, so they are not touched.
 */
import { Socket } from 'node:net';

export function sealOutgoing(): void {
  const refuse = (): never => {
    throw new Error('The honeypot never connects to anybody.');
  };
  Object.defineProperty(Socket.prototype, 'connect', { value: refuse, writable: false, configurable: false });
}

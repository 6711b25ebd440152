/** Datagrams that the kernel threw away since nobody fetched them in time: the last column of `/proc/net/udp`, proc(5). */
import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { errnoOf } from '../file-tail/errno.ts';

interface Bound {
  /** As the socket says it. */
  readonly address: string;
  readonly port: number;
}

type ReadTable = (path: string) => Promise<string>;

const readTable: ReadTable = (path) => readFile(path, 'latin1');

/** Gives how many more there were at each call; 0 where the system does not tell. */
export function kernelDrops(bound: Bound, read: ReadTable = readTable): () => Promise<number> {
  const path = isIPv4(bound.address) ? '/proc/net/udp' : '/proc/net/udp6';
  let before = 0;
  return async () => {
    try {
      const now = dropsIn(await read(path), bound);
      const more = Math.max(0, now - before);
      before = now;
      return more;
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return 0;
    }
  };
}

/** A row is `5: 0100007F:158A 00000000:0000 07 … 0`: number, local address, …, drops. */
export function dropsIn(table: string, { address, port }: Bound): number {
  const place = new RegExp(`^\\s*\\d+: ${hexAddress(address)}:${port.toString(16).toUpperCase().padStart(4, '0')} `);
  return table
    .split('\n')
    .filter((row) => place.test(row))
    .reduce((sum, row) => sum + (Number(row.trim().split(/\s+/).at(-1)) || 0), 0);
}

/** IPv4 in the kernel's byte order. An IPv6 port is rarely open on two addresses: any of them will do. */
const hexAddress = (address: string): string =>
  isIPv4(address)
    ? address
        .split('.')
        .toReversed()
        .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
        .join('')
    : '[0-9A-F]{32}';

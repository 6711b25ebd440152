/**
 * `/proc/net/tcp`, `tcp6`, `udp`, `udp6`: bytes → connections and listeners.
 *
 *     sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode …
 *      0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 …
 *
 * Addresses are 32-bit words in the order of the machine, little-endian everywhere Porchlight runs; ports are as people read them.
 * A busy machine has thousands of lines, mostly TIME_WAIT: those cost two looks at bytes and no text.
 */
export interface SocketTally {
  established: number;
  /** By address as in the file; `addressOf` makes it readable. */
  readonly peers: Map<string, number>;
  readonly bound: BoundSocket[];
}

export interface BoundSocket {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** 0: the kernel's own. */
  readonly inode: number;
}

export const newTally = (): SocketTally => ({ established: 0, peers: new Map(), bound: [] });

const COLON = 0x3a;
const NEWLINE = 0x0a;
const BLANK = 0x20;
/** States of a connection; UDP borrows them: 01 has a peer, 07 has none. */
const ESTABLISHED = 0x01;
const UNCONNECTED = 0x07;
const LISTEN = 0x0a;
const INODE_FIELD = 9;

/** `digits` of an address: 8 for IPv4, 32 for IPv6. What is no such line, or is cut off, is passed over. */
export function tallySockets(bytes: Buffer, protocol: 'tcp' | 'udp', digits: 8 | 32, tally: SocketTally): void {
  const bound = protocol === 'tcp' ? LISTEN : UNCONNECTED;
  for (let line = 0; line < bytes.length;) {
    const colon = bytes.indexOf(COLON, line);
    if (colon === -1) return;
    const local = colon + 2;
    const remote = local + digits + 6;
    const state = remote + digits + 6;
    const end = bytes.indexOf(NEWLINE, line);
    const stop = end === -1 ? bytes.length : end;
    line = stop + 1;
    if (state + 2 >= stop || bytes[remote - 1] !== BLANK || bytes[remote + digits] !== COLON) continue;
    const kind = hexByte(bytes, state);
    if (kind === ESTABLISHED) {
      tally.established++;
      const peer = bytes.toString('latin1', remote, remote + digits);
      tally.peers.set(peer, (tally.peers.get(peer) ?? 0) + 1);
    } else if (kind === bound) {
      tally.bound.push({
        protocol,
        address: addressOf(bytes.toString('latin1', local, local + digits)),
        port: Number.parseInt(bytes.toString('latin1', local + digits + 1, local + digits + 5), 16),
        inode: inodeOf(bytes.toString('latin1', colon + 2, stop)),
      });
    }
  }
}

function hexByte(bytes: Buffer, at: number): number {
  return (hexDigit(bytes[at] ?? 0) << 4) | hexDigit(bytes[at + 1] ?? 0);
}

/** Digits and capital letters, as the kernel writes them. */
const hexDigit = (byte: number): number => (byte <= 0x39 ? byte - 0x30 : byte - 0x37);

/** The fields from `local_address` on; 0 where the line ends before it. */
function inodeOf(line: string): number {
  const inode = Number(line.trim().split(/ +/)[INODE_FIELD - 1]);
  return Number.isSafeInteger(inode) ? inode : 0;
}

/** IPv4 with dots, an IPv4-mapped IPv6 address as IPv4, other IPv6 in the form of RFC 5952. */
export function addressOf(hex: string): string {
  if (hex.length === 8) return dotted(hex);
  if (/^0{16}FFFF0000/i.test(hex)) return dotted(hex.slice(24));
  const groups: number[] = [];
  for (let at = 0; at < 32; at += 8) {
    const [a, b, c, d] = wordBytes(hex.slice(at, at + 8));
    groups.push((a << 8) | b, (c << 8) | d);
  }
  return shortest(groups.map((group) => group.toString(16)).join(':'));
}

const dotted = (hex: string): string => wordBytes(hex).join('.');

/** A word as the machine keeps it → its bytes in the order of the network. */
function wordBytes(hex: string): [number, number, number, number] {
  const word = Number.parseInt(hex, 16);
  return [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
}

/** The longest run of zero groups, the first of equals, becomes `::`; a single one stays (RFC 5952, 4.2). */
function shortest(groups: string): string {
  let longest: { readonly at: number; readonly length: number } | undefined;
  for (const { 0: run, index } of groups.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)) {
    if (longest === undefined || run.length > longest.length) longest = { at: index, length: run.length };
  }
  if (longest === undefined) return groups;
  const front = groups.slice(0, longest.at).replace(/:$/, '');
  const back = groups.slice(longest.at + longest.length).replace(/^:/, '');
  return `${front}::${back}`;
}

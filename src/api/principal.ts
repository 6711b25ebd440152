/**
 * Who sends a request. Three answers: the owner of a key, `local` (an admin: whoever can connect to loopback already has
 * an account on this machine), or nobody.
 *
 * `local` is given only where nothing hints at a stranger behind a proxy on this machine:
 *
 *   peer          X-Forwarded-For            is
 *   loopback      absent, no other hint      local
 *   loopback      present, proxy not named   nobody: a proxy that nobody told us of
 *   named proxy   all entries loopback       local
 *   named proxy   anything else, or absent   nobody
 *   elsewhere     whatever                   nobody
 *
 * A stranger can add entries to X-Forwarded-For but cannot take away the one that the proxy writes, so a lie can only cost.
 * Keys are kept as SHA-256 and compared in constant time, all of them each time: nothing is read from disk for a bad one.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';
import { CodedError, type Config, type Role } from '#contract';

export interface Principal {
  /** The key's name, or `local`; records count as this agent's. */
  readonly name: string;
  /** Undefined: nobody. */
  readonly role: Role | undefined;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

const LOCAL: Principal = { name: 'local', role: 'admin' };
const NOBODY: Principal = { name: '', role: undefined };
const BEARER = /^bearer +(\S+)$/i;

/** The key of an Authorization header. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];

const addressOf = (text: string): Address | undefined => (ipaddr.isValid(text) ? ipaddr.process(text) : undefined);

export function isLoopback(text: string): boolean {
  return addressOf(text)?.range() === 'loopback';
}

function rangeOf(text: string): Range {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = addressOf(text);
  if (address === undefined) {
    throw new CodedError(
      'CONFIG',
      `http.trusted_proxies: '${text}' is neither an address nor a range such as 192.0.2.0/24.`,
    );
  }
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function contains([network, bits]: Range, address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}

/** Peers whose addresses are remembered. */
const MOST_PEERS = 64;

/** Throws UNAUTHORIZED for a key that is not known, from wherever it comes. */
export function principals(
  config: Pick<Config['http'], 'keys' | 'trusted_proxies'>,
): (peer: string, headers: IncomingHttpHeaders) => Principal {
  const keys = config.keys.map(({ name, role, key }) => ({
    digest: hash('sha256', key, 'buffer'),
    owner: { name, role },
  }));
  const proxies = config.trusted_proxies.map(rangeOf);

  function ownerOf(authorization: string): Principal {
    const key = bearerOf(authorization) ?? '';
    const digest = hash('sha256', key, 'buffer');
    let found: Principal | undefined;
    for (const { digest: known, owner } of keys) if (timingSafeEqual(known, digest)) found = owner;
    if (found === undefined) throw new CodedError('UNAUTHORIZED', 'The key that was sent is not known here.');
    return found;
  }

  /** Loopback peers, and whether each is a proxy that was named. The same few ask all day. */
  const peers = new Map<string, { readonly proxied: boolean } | undefined>();

  function loopbackPeer(peer: string): { readonly proxied: boolean } | undefined {
    if (peers.has(peer)) return peers.get(peer);
    const address = addressOf(peer);
    const found =
      address?.range() === 'loopback' ? { proxied: proxies.some((range) => contains(range, address)) } : undefined;
    if (peers.size >= MOST_PEERS) peers.clear();
    peers.set(peer, found);
    return found;
  }

  function isLocal(peer: string, headers: IncomingHttpHeaders): boolean {
    const found = loopbackPeer(peer);
    if (found === undefined) return false;
    const { proxied } = found;
    const hops = headers['x-forwarded-for'];
    if (!proxied) return hops === undefined && headers['forwarded'] === undefined && headers['x-real-ip'] === undefined;
    return (
      hops !== undefined &&
      String(hops)
        .split(',')
        .every((hop) => isLoopback(hop.trim()))
    );
  }

  return (peer, headers) => {
    if (headers.authorization !== undefined) return ownerOf(headers.authorization);
    return isLocal(peer, headers) ? LOCAL : NOBODY;
  };
}

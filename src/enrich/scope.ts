/**
 * Where an address stands, seen from this house.
 *
 * `public` is what can be routed on the Internet, and also the ranges reserved for documentation and experiments: nobody at
 * home has those. Carrier-grade NAT (100.64.0.0/10) is `private`: Tailscale and providers' inner networks live there.
 */
import ipaddr from 'ipaddr.js';

export type Scope = 'own' | 'loopback' | 'private' | 'link-local' | 'public';

/** Judged addresses; an attacker with many must not grow it, so it starts over when full. */
const MAX_JUDGED = 8192;
const judged = new Map<string, Scope | undefined>();

/** undefined for text that is no peer's address. An IPv4 peer may be written `::ffff:192.0.2.1`. */
export function scopeOf(address: string, own: ReadonlySet<string>): Scope | undefined {
  const scope = judge(address);
  if (scope === undefined || scope === 'loopback') return scope;
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return own.has(plain) || own.has(address) ? 'own' : scope;
}

function judge(address: string): Scope | undefined {
  if (judged.has(address)) return judged.get(address);
  // The longest address with a zone is shorter; anything else would only fill the cache.
  if (address.length > 80) return undefined;
  if (judged.size >= MAX_JUDGED) judged.clear();
  const scope = read(address);
  judged.set(address, scope);
  return scope;
}

function read(address: string): Scope | undefined {
  // Only the two usual spellings: ipaddr.js also takes `0x7f.1` and `127`, which no log means as an address.
  const v4 = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!v4 && !ipaddr.IPv6.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  switch (parsed.range()) {
    case 'loopback':
      return 'loopback';
    case 'private':
    case 'uniqueLocal':
    case 'carrierGradeNat':
      return 'private';
    case 'linkLocal':
      return 'link-local';
    case 'unspecified':
    case 'multicast':
    case 'broadcast':
      return undefined;
    default:
      return 'public';
  }
}

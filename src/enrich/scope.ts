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

const COLON = 58;

/** undefined for text that is no peer's address. An IPv4 peer may be written `::ffff:192.0.2.1`. */
export function scopeOf(address: string, own: ReadonlySet<string>): Scope | undefined {
  const scope = judge(address);
  if (scope === undefined || scope === 'loopback') return scope;
  const isMapped = address.charCodeAt(0) === COLON && address.startsWith('::ffff:');
  return own.has(address) || (isMapped && own.has(address.slice(7))) ? 'own' : scope;
}

function judge(address: string): Scope | undefined {
  const known = judged.get(address);
  if (known !== undefined || judged.has(address)) return known;
  // The longest address with a zone is shorter; anything else would only fill the cache.
  if (address.length > 80) return undefined;
  if (judged.size >= MAX_JUDGED) judged.clear();
  const scope = read(address);
  judged.set(address, scope);
  return scope;
}

function read(address: string): Scope | undefined {
  const v4 = fourParts(address);
  if (v4 !== undefined) return scopeOfV4(v4);
  // Of IPv4 only the usual spelling: ipaddr.js also takes `0x7f.1` and `127`, which no log means as an address.
  if (!ipaddr.IPv6.isValid(address)) return undefined;
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

/** By hand, since under attack most lines bring an address that was never seen: a library's object for each costs as much as the line. */
function scopeOfV4(address: number): Scope | undefined {
  const first = address >>> 24;
  const second = (address >>> 16) & 255;
  if (first === 127) return 'loopback';
  if (first === 0 || (first >= 224 && first < 240) || address === 0xffff_ffff) return undefined;
  if (first === 169 && second === 254) return 'link-local';
  const isPrivate = first === 10 || (first === 172 && second >> 4 === 1) || (first === 192 && second === 168);
  return isPrivate || (first === 100 && second >> 6 === 1) ? 'private' : 'public';
}

/** `203.0.113.7` as a number; undefined for any other text, and where a part has a leading zero: that may be meant as octal. */
function fourParts(text: string): number | undefined {
  let address = 0;
  let part = -1;
  let parts = 0;
  for (let at = 0; at <= text.length; at++) {
    const digit = at === text.length ? END : text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      if (part === 0) return undefined;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return undefined;
    } else {
      if ((digit !== DOT && digit !== END) || part < 0) return undefined;
      address = address * 256 + part;
      part = -1;
      parts++;
      if (parts > 4 || (digit === DOT && parts === 4)) return undefined;
    }
  }
  return parts === 4 ? address : undefined;
}

/** As they stand beside digits, from '0' on. */
const DOT = -2;
const END = -100;

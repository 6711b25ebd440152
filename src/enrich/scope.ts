/**
 * Where an address stands, seen from this house.
 *
 * `public` is what can be routed on the Internet, and also the ranges reserved for documentation and experiments: nobody at
 * home has those. Carrier-grade NAT (100.64.0.0/10) is `private`: Tailscale and providers' inner networks live there.
 */
import ipaddr from 'ipaddr.js';

export type Scope = 'own' | 'loopback' | 'private' | 'link-local' | 'public';

/** Judged addresses of IPv6; an attacker with many must not grow it, so it starts over when full. */
const MAX_JUDGED = 8192;
const judged = new Map<string, Scope | undefined>();

const COLON = 58;

/** undefined for text that is no peer's address. An IPv4 peer may be written `::ffff:192.0.2.1`. */
export function scopeOf(address: string, own: ReadonlySet<string>): Scope | undefined {
  const v4 = fourParts(address);
  if (v4 >= 0) {
    const scope = scopeOfV4(v4);
    if (scope === undefined || scope === 'loopback' || lastParts(own)[v4 & 255] === 0) return scope;
    return own.has(address) ? 'own' : scope;
  }
  const scope = judge(address);
  if (scope === undefined || scope === 'loopback') return scope;
  const isMapped = address.charCodeAt(0) === COLON && address.startsWith('::ffff:');
  return own.has(address) || (isMapped && own.has(address.slice(7))) ? 'own' : scope;
}

/** 1 for each number that one of our IPv4 addresses ends in: most others are told by that, without a look-up of their text. */
function lastParts(own: ReadonlySet<string>): Uint8Array {
  if (parts.own === own && parts.size === own.size) return parts.last;
  const last = new Uint8Array(256);
  for (const address of own) {
    const v4 = fourParts(address);
    if (v4 >= 0) last[v4 & 255] = 1;
  }
  parts = { own, size: own.size, last };
  return last;
}

/** Of the set that was asked about last: there is one a process. */
let parts: { readonly own: ReadonlySet<string> | undefined; readonly size: number; readonly last: Uint8Array } = {
  own: undefined,
  size: 0,
  last: new Uint8Array(256),
};

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

/** Of IPv4 only the usual spelling counts: ipaddr.js also takes `0x7f.1` and `127`, which no log means as an address. */
function read(address: string): Scope | undefined {
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

/** `203.0.113.7` as a number; -1 for any other text, and where a part has a leading zero: that may be meant as octal. */
function fourParts(text: string): number {
  const { length } = text;
  if (length < 7 || length > 15) return -1;
  let address = 0;
  let part = -1;
  let dots = 0;
  for (let at = 0; at < length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      if (part === 0) return -1;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return -1;
    } else {
      if (digit !== DOT || part < 0 || ++dots > 3) return -1;
      address = address * 256 + part;
      part = -1;
    }
  }
  return dots === 3 && part >= 0 ? address * 256 + part : -1;
}

/** As it stands beside digits, from '0' on. */
const DOT = -2;

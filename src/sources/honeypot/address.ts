/** Addresses of visitors, as the socket gives them. */
import { BlockList, isIP, isIPv4 } from 'node:net';

/** As people write it: IPv4 without the `::ffff:` of a dual-stack socket, IPv6 without its zone. */
export function shownAddress(address: string | undefined): string {
  const plain = (address ?? '').replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain);
  return mapped?.[1] ?? plain;
}

/** What connections are counted by: an IPv4 address, or the /64 that one IPv6 household has to itself. */
export function capKey(shown: string): string {
  if (!shown.includes(':')) return shown;
  const [head = '', tail] = shown.split('::');
  const front = head === '' ? [] : head.split(':');
  if (tail === undefined) return front.slice(0, 4).join(':');
  const back = tail === '' ? [] : tail.split(':');
  const zeros = Math.max(0, 8 - front.length - back.length);
  return [...front, ...Array.from({ length: zeros }, () => '0'), ...back].slice(0, 4).join(':');
}

/** The first entry that is neither an address nor a CIDR range; undefined when all are. */
export function wrongRange(entries: readonly string[]): string | undefined {
  return entries.find((entry) => parseRange(entry) === undefined);
}

function parseRange(entry: string): { readonly address: string; readonly bits: number } | undefined {
  const match = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(entry.trim());
  const address = shownAddress(match?.[1]);
  const family = isIP(address);
  if (family === 0) return undefined;
  const most = family === 4 ? 32 : 128;
  const bits = match?.[2] === undefined ? most : Number(match[2]);
  return bits <= most ? { address, bits } : undefined;
}

/** Tells whether a shown address lies in one of the ranges. A wrong range throws. */
export function inRanges(entries: readonly string[]): (shown: string) => boolean {
  const ranges = new BlockList();
  for (const entry of entries) {
    const range = parseRange(entry);
    if (range === undefined) throw new RangeError(`'${entry}' is neither an address nor a CIDR range.`);
    ranges.addSubnet(range.address, range.bits, isIPv4(range.address) ? 'ipv4' : 'ipv6');
  }
  return (shown) => isIP(shown) !== 0 && ranges.check(shown, isIPv4(shown) ? 'ipv4' : 'ipv6');
}

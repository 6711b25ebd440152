/** Addresses by number, not by text: `010.1.2.3` is none, `::ffff:192.0.2.1` is 192.0.2.1, and case or zeros do not matter. */
import ipaddr from 'ipaddr.js';
import { Refusal, shown } from './refusal.ts';

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** IPv4 as an unsigned number; undefined for everything else. */
function v4(text: string): number | undefined {
  const found = V4.exec(text);
  if (found === null) return undefined;
  let number = 0;
  for (let i = 1; i <= 4; i++) {
    const part = found[i] ?? '';
    if (Number(part) > 255 || (part.length > 1 && part.startsWith('0'))) return undefined;
    number = number * 256 + Number(part);
  }
  return number;
}

function v6(text: string): ipaddr.IPv6 | number | undefined {
  const bare = text.replace(/%[\w.-]+$/, '');
  if (!bare.includes(':') || bare.length > 45 || !ipaddr.IPv6.isValid(bare)) return undefined;
  const address = ipaddr.IPv6.parse(bare);
  return address.isIPv4MappedAddress() ? v4(address.toIPv4Address().toString()) : address;
}

/** Which texts are addresses inside the range `192.0.2.0/24` or `2001:db8::/32`; a single address is a range of one. */
export function range(wanted: unknown): (text: string) => boolean {
  if (typeof wanted !== 'string') throw new Refusal(`not an address range: ${shown(wanted)}`);
  const [address = '', bits, more] = wanted.trim().split('/');
  const base = v4(address) ?? v6(address);
  const width = typeof base === 'number' && !address.includes(':') ? 32 : 128;
  const given = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (base === undefined || more !== undefined || given < 0 || given > width)
    throw new Refusal(`not an address range: ${shown(wanted)}`);
  // ::ffff:192.0.2.0/120 is 192.0.2.0/24.
  if (typeof base === 'number') return inV4(base, width === 32 ? given : given - 96, wanted);
  return (text) => {
    const found = v6(text);
    return typeof found === 'object' && found.match(base, given);
  };
}

function inV4(base: number, bits: number, wanted: string): (text: string) => boolean {
  if (bits < 0) throw new Refusal(`an IPv4 address with less than 96 bits of IPv6: ${shown(wanted)}`);
  const size = 2 ** (32 - bits);
  const first = Math.floor(base / size) * size;
  return (text) => {
    const number = v4(text) ?? v6(text);
    return typeof number === 'number' && number >= first && number < first + size;
  };
}

/**
 * A list of addresses and CIDR ranges, one a line, `#` begins a comment: scanners that are known. Ranges that hold anything but public
 * addresses are left out, and so is one wider than `WIDEST`: a list from the Internet cannot speak of this house.
 */
import ipaddr from 'ipaddr.js';
import { scopeOf } from './scope.ts';

const MAX_NETWORKS = 200_000;
const WIDEST = { 4: 8, 16: 16 } as const;
const NOBODY: ReadonlySet<string> = new Set();

export interface Networks {
  readonly size: number;
  /** Lines that are no range, not public, too wide, or more than may be. */
  readonly refused: number;
  has(address: string): boolean;
}

/** Ranges by length of their prefix: an address is in one where its own first bits are among them. */
export function networksOf(lines: Iterable<string>): Networks {
  const prefixes = new Map<string, Set<string>>();
  let size = 0;
  let refused = 0;
  for (const line of lines) {
    const text = line.replace(/[#;].*$/, '').trim();
    if (text === '') continue;
    const range = size < MAX_NETWORKS ? rangeOf(text) : undefined;
    if (range === undefined) {
      refused++;
      continue;
    }
    const kind = `${range.octets.length}/${range.length}`;
    const set = prefixes.get(kind) ?? new Set();
    prefixes.set(kind, set.add(firstBits(range.octets, range.length)));
    size++;
  }
  const lengths = [...prefixes].map(([kind, set]) => {
    const [octets = 0, length = 0] = kind.split('/').map(Number);
    return { octets, length, set };
  });
  return {
    size,
    refused,
    has(address) {
      if (lengths.length === 0 || scopeOf(address, NOBODY) !== 'public') return false;
      const own = ipaddr.process(address).toByteArray();
      return lengths.some(({ octets, length, set }) => octets === own.length && set.has(firstBits(own, length)));
    },
  };
}

function rangeOf(text: string): { readonly octets: readonly number[]; readonly length: number } | undefined {
  const [address = '', suffix, ...rest] = text.split('/');
  if (rest.length > 0 || scopeOf(address, NOBODY) !== 'public') return undefined;
  const octets = ipaddr.process(address).toByteArray();
  const length = suffix === undefined ? octets.length * 8 : /^\d{1,3}$/.test(suffix) ? Number(suffix) : -1;
  const widest = octets.length === 4 ? WIDEST[4] : WIDEST[16];
  return length >= widest && length <= octets.length * 8 ? { octets, length } : undefined;
}

function firstBits(octets: readonly number[], length: number): string {
  const whole = octets.slice(0, length >> 3);
  const rest = length & 7;
  if (rest > 0) whole.push((octets[length >> 3] ?? 0) & (256 - 2 ** (8 - rest)));
  return String.fromCharCode(...whole);
}

/**
 * Who may come in: caps on open connections, in all and per address. Refusals are counted, and told as one sum at a time,
 * so that a flood costs the rest of the product one record a second.
 */
import { capKey } from './address.ts';

/** `total`, `address`: the caps. `busy`: the records of earlier visitors have not been taken yet. */
export type Refusal = 'total' | 'address' | 'busy';

/** Addresses that a sum names; the rest is only counted. */
const NAMED = 20;

export interface RefusalSum {
  readonly count: number;
  readonly reasons: Readonly<Record<Refusal, number>>;
  readonly addresses: readonly string[];
}

export interface Admission {
  /** Undefined: come in, and `leave` later. */
  enter(address: string, busy: boolean): Refusal | undefined;
  leave(address: string): void;
  refused(address: string, reason: Refusal): void;
  /** Everything refused since the last sum; undefined when nothing was. */
  sum(): RefusalSum | undefined;
  readonly open: number;
}

const noReasons = (): Record<Refusal, number> => ({ total: 0, address: 0, busy: 0 });

export function admission(caps: { readonly total: number; readonly perAddress: number }): Admission {
  const perAddress = new Map<string, number>();
  let open = 0;
  let count = 0;
  let reasons = noReasons();
  let addresses = new Set<string>();

  return {
    enter(address, busy) {
      const key = capKey(address);
      const here = perAddress.get(key) ?? 0;
      if (here >= caps.perAddress) return 'address';
      if (open >= caps.total) return 'total';
      if (busy) return 'busy';
      perAddress.set(key, here + 1);
      open++;
      return undefined;
    },
    leave(address) {
      const key = capKey(address);
      const here = perAddress.get(key) ?? 0;
      if (here <= 1) perAddress.delete(key);
      else perAddress.set(key, here - 1);
      open--;
    },
    refused(address, reason) {
      count++;
      reasons[reason]++;
      if (addresses.size < NAMED) addresses.add(address);
    },
    sum() {
      if (count === 0) return undefined;
      const sum: RefusalSum = { count, reasons, addresses: [...addresses] };
      count = 0;
      reasons = noReasons();
      addresses = new Set();
      return sum;
    },
    get open() {
      return open;
    },
  };
}

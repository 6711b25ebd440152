/**
 * Addresses that guess passwords over SSH, some until they are let in, and a plain model of what must come of it, which
 * shares nothing with the product but the numbers of its rules: twenty failures of an address within ten minutes; then a
 * success within the hour.
 */
import type { Random } from './random.ts';

export interface Attempt {
  readonly address: string;
  readonly outcome: 'failure' | 'success';
  /** As the line says, ms. */
  readonly time: number;
  readonly text: string;
}

interface Burglar {
  readonly address: string;
  /** Attempts still to come: ms before now that the stamp shows, or undefined for now. */
  readonly plan: { readonly outcome: Attempt['outcome']; readonly ago: number }[];
  /** Chance of an attempt whenever somebody looks. */
  readonly haste: number;
  last: number;
}

const WINDOW = 600_000;
const ENOUGH = 20;
const LONG_AGO = 900_000;

export interface Burglars {
  /** Sends some more addresses. */
  come(count: number): void;
  /** Attempts that happen now; stamps of one address rise by at least a millisecond. */
  attempts(now: number): readonly Attempt[];
  readonly busy: number;
}

export function burglars(random: Random): Burglars {
  let active: Burglar[] = [];
  let met = 0;

  function plan(): Burglar['plan'] {
    const failures = random.int(8, 45);
    const old = random.chance(0.25) ? random.int(1, failures) : 0;
    const guesses = Array.from({ length: failures }, (_, i) => ({
      outcome: 'failure' as const,
      ago: i < old ? LONG_AGO : 0,
    }));
    const later = Array.from({ length: random.int(0, 6) }, () => ({ outcome: 'failure' as const, ago: 0 }));
    return random.chance(0.5) ? [...guesses, { outcome: 'success', ago: 0 }, ...later] : guesses;
  }

  return {
    come(count) {
      for (let i = 0; i < count; i++) {
        met++;
        const address = met % 3 === 0 ? `2001:db8::${met.toString(16)}` : addressOf(met);
        active.push({ address, plan: plan(), haste: 0.04 + random.next() * 0.3, last: 0 });
      }
    },
    attempts(now) {
      const due = active.filter((one) => one.last < now && random.chance(one.haste));
      const made = due.flatMap((one): Attempt[] => {
        const next = one.plan.shift();
        if (next === undefined) return [];
        one.last = now;
        const words = next.outcome === 'failure' ? 'Failed' : 'Accepted';
        const text = `${words} password for root from ${one.address} port ${random.int(1025, 65535)} ssh2`;
        return [{ address: one.address, outcome: next.outcome, time: now - next.ago, text }];
      });
      active = active.filter((one) => one.plan.length > 0);
      return made;
    },
    get busy() {
      return active.length;
    },
  };
}

/** One of the 762 IPv4 addresses that are kept for documentation. */
function addressOf(n: number): string {
  const nets = ['192.0.2', '198.51.100', '203.0.113'];
  return `${nets[Math.floor(n / 254) % nets.length]}.${1 + (n % 254)}`;
}

export interface Expected {
  /** Count of the alert about guessing; 0: there is none. */
  readonly guesses: number;
  readonly wasLetIn: boolean;
}

/** What one address' attempts, in the order they arrived, must come to. Times at the millisecond, as stored. */
export function expected(attempts: readonly Pick<Attempt, 'outcome' | 'time'>[]): Expected {
  const window: { time: number; told: boolean }[] = [];
  let newest = -Infinity;
  let guesses = 0;
  let firstSeen = Infinity;
  const successes: number[] = [];
  for (const { outcome, time } of attempts) {
    if (outcome === 'success') {
      successes.push(time);
      continue;
    }
    newest = Math.max(newest, time);
    // Too old for the window that is: it comes too late to count.
    if (time <= newest - WINDOW) continue;
    window.push({ time, told: false });
    const inside = window.filter((one) => one.time > newest - WINDOW);
    if (inside.length < ENOUGH) continue;
    firstSeen = Math.min(firstSeen, time);
    for (const one of inside) {
      if (!one.told) guesses++;
      one.told = true;
    }
  }
  return { guesses, wasLetIn: successes.some((time) => time > firstSeen) };
}

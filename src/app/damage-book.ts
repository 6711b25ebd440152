/** What of the store is known to be damaged: by the upkeep, and by whoever read it and came upon it. */
import type { StoreDamage } from '#store';

export interface DamageBook {
  /** A read came upon it. */
  found(damage: StoreDamage): void;
  /** All that the upkeep knows now. Damage in days that were thrown away since is over. */
  known(damages: readonly StoreDamage[], oldest: string | undefined): void;
  /** Each place once. */
  all(): readonly StoreDamage[];
}

/** Places that are kept: a disk that dies has more than anybody wants to read. */
const MOST = 1000;

export function damageBook(): DamageBook {
  let upkeep: readonly StoreDamage[] = [];
  const reads = new Map<string, StoreDamage>();
  return {
    found(damage) {
      if (reads.size < MOST) reads.set(damage.what, damage);
    },
    known(damages, oldest) {
      upkeep = damages.slice(0, MOST);
      for (const what of reads.keys()) {
        const day = /\d{4}-\d\d-\d\d/.exec(what)?.[0];
        if (day !== undefined && oldest !== undefined && day < oldest) reads.delete(what);
      }
    },
    all: () => [...new Map([...upkeep, ...reads.values()].map((damage) => [damage.what, damage])).values()],
  };
}

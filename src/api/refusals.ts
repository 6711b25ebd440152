/**
 * Counts what each address got wrong, so that guessing is slow. Bounded: of more addresses than fit, those heard of longest ago are
 * forgotten. A good key is never held up by what others at its address do: it is looked at first.
 */
export interface Refusals {
  /** True: too much of late. */
  isOver(address: string): boolean;
  add(address: string): void;
}

const MOST_ADDRESSES = 2000;
const BURST_SECONDS = 10;

export function refusals(perSecond: number, now: () => number): Refusals {
  const burst = perSecond * BURST_SECONDS;
  const left = new Map<string, { tokens: number; at: number }>();

  function tokensOf(address: string): number {
    const known = left.get(address);
    return known === undefined ? burst : Math.min(burst, known.tokens + ((now() - known.at) / 1000) * perSecond);
  }
  return {
    isOver: (address) => tokensOf(address) < 1,
    add(address) {
      const tokens = Math.max(0, tokensOf(address) - 1);
      left.delete(address);
      left.set(address, { tokens, at: now() });
      const [oldest] = left.keys();
      if (left.size > MOST_ADDRESSES && oldest !== undefined) left.delete(oldest);
    },
  };
}

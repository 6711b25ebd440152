/** The numbers of a condition: `gte: 10`, or a range such as `gt: 100` with `lte: 200`. */
import { ORDERS } from '../sigma/number.ts';
import { Refusal, shown } from '../sigma/refusal.ts';
import type { Mapping } from '../sigma/yaml-value.ts';

const COMPARISONS = { ...ORDERS, neq: (left: number, right: number) => left !== right } as const;
type Name = keyof typeof COMPARISONS;
const isName = (key: string): key is Name => Object.hasOwn(COMPARISONS, key);

export interface Comparison {
  readonly holds: (value: number) => boolean;
  /** The largest number in it. */
  readonly threshold: number;
}

/** `most`: a count is a whole number from 1 to this; undefined for values of any kind. */
export function comparison(condition: Mapping, most: number | undefined): Comparison {
  const counts = most !== undefined;
  const parts = Object.entries(condition).map(([key, limit]) => {
    if (!isName(key))
      throw new Refusal(`unknown comparison ${shown(key)} in condition; known: ${Object.keys(COMPARISONS).join(', ')}`);
    if (typeof limit !== 'number' || !Number.isFinite(limit))
      throw new Refusal(`${key} needs a number: ${shown(limit)}`);
    if (counts && (!Number.isInteger(limit) || limit < 0)) throw new Refusal(`${key} needs a whole number: ${limit}`);
    return { limit, compare: COMPARISONS[key] };
  });
  if (parts.length === 0) throw new Refusal('condition compares with nothing');
  const [only] = parts;
  const holds: Comparison['holds'] =
    parts.length === 1 && only !== undefined
      ? (value) => only.compare(value, only.limit)
      : (value) => parts.every(({ limit, compare }) => compare(value, limit));
  const limits = parts.map(({ limit }) => limit).toSorted((left, right) => left - right);
  const probes = limits.flatMap((limit, at) => [
    limit - 1,
    limit,
    (limit + (limits[at + 1] ?? limit + 2)) / 2,
    limit + 1,
  ]);
  const possible = counts ? probes.filter((probe) => Number.isInteger(probe) && probe >= 1 && probe <= most) : probes;
  if (!possible.some(holds))
    throw new Refusal(
      counts
        ? `the condition can never hold: a window is looked at when something happens, so it counts from 1${most === Infinity ? '' : ` to ${most}`}`
        : 'the condition can never hold',
    );
  return { holds, threshold: limits.at(-1) ?? 0 };
}

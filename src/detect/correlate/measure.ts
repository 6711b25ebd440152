/**
 * What a correlation computes from a field of the events in a window. Values come and go one by one; nothing here walks over
 * the whole window for each of them.
 */
import { unreachable } from '#lib/unreachable';

type Value = string | number | undefined;

/** A value is counted as text, or added up or sorted as a number; `weight`: how many events a line stands for. */
export interface Measure {
  add(value: Value, weight: number): void;
  remove(value: Value, weight: number): void;
  /** `arrived` is in the window, `weight` that of all that is. */
  read(arrived: Value, weight: number): number;
}

export type MeasureKind =
  | { readonly kind: 'none' | 'distinct' | 'sum' | 'average' | 'share' }
  | { readonly kind: 'percentile'; readonly percentile: number };

const NONE: Measure = { add() {}, remove() {}, read: (_, weight) => weight };

/** Distinct values, each with the weight of its entries in a place of its own. Most windows see one: only others make a map. */
class Tally implements Measure {
  readonly #isShare: boolean;
  #only: string | undefined;
  #weight = 0;
  #weights: Map<string, { weight: number }> | undefined;

  constructor(isShare: boolean) {
    this.#isShare = isShare;
  }

  add(value: Value, weight: number): void {
    this.#change(textOf(value), weight);
  }

  remove(value: Value, weight: number): void {
    this.#change(textOf(value), -weight);
  }

  read(value: Value, weight: number): number {
    if (this.#isShare) return (100 * this.#weightOf(textOf(value))) / weight;
    return this.#weights?.size ?? (this.#weight === 0 ? 0 : 1);
  }

  #weightOf(text: string): number {
    if (this.#weights !== undefined) return this.#weights.get(text)?.weight ?? 0;
    return text === this.#only ? this.#weight : 0;
  }

  #change(text: string, by: number): void {
    if (this.#weights === undefined) {
      if (this.#weight === 0 || text === this.#only) {
        this.#only = text;
        this.#weight += by;
        return;
      }
      this.#weights = new Map([[this.#only ?? '', { weight: this.#weight }]]);
    }
    const place = this.#weights.get(text);
    if (place === undefined) this.#weights.set(text, { weight: by });
    else if (place.weight + by === 0) this.#weights.delete(text);
    else place.weight += by;
  }
}

const textOf = (value: Value): string => (typeof value === 'string' ? value : String(value));

const MILLION = 1_000_000;

/**
 * A sum that is exact however much comes and goes: floating point would keep a rest of every large value that left. Wholes
 * are counted in a bigint, fractions in millionths; smaller ones are rounded.
 */
function sum(result: (total: number, weight: number) => number): Measure {
  let whole = 0n;
  let millionths = 0;
  const change = (value: number, by: number): void => {
    const integer = Math.trunc(value);
    whole += BigInt(integer) * BigInt(by);
    millionths += Math.round((value - integer) * MILLION) * by;
  };
  return {
    add: (value, weight) => change(Number(value), weight),
    remove: (value, weight) => change(Number(value), -weight),
    read: (_, weight) => result(Number(whole) + millionths / MILLION, weight),
  };
}

/** The values in order, each with its weight; equal ones stand side by side. */
class Ranking {
  readonly #values: number[] = [];
  readonly #weights: number[] = [];
  #total = 0;

  add(value: number, weight: number): void {
    const at = this.#place(value);
    this.#values.splice(at, 0, value);
    this.#weights.splice(at, 0, weight);
    this.#total += weight;
  }

  remove(value: number, weight: number): void {
    let at = this.#place(value);
    while (this.#values[at] === value && this.#weights[at] !== weight) at++;
    this.#values.splice(at, 1);
    this.#weights.splice(at, 1);
    this.#total -= weight;
  }

  /** Between the two nearest ranks, in a straight line: the 50th of 1 and 2 is 1.5. */
  percentile(percent: number): number {
    const rank = (percent / 100) * (this.#total - 1);
    const low = this.#at(Math.floor(rank));
    return low + (rank - Math.floor(rank)) * (this.#at(Math.ceil(rank)) - low);
  }

  /** The value at a place, when each stands there as often as it weighs. */
  #at(place: number): number {
    if (this.#total === this.#values.length) return this.#values[place] ?? Number.NaN;
    let passed = 0;
    for (const [at, weight] of this.#weights.entries()) {
      passed += weight;
      if (passed > place) return this.#values[at] ?? Number.NaN;
    }
    return Number.NaN;
  }

  /** Of the first value that is not smaller. */
  #place(value: number): number {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#values[middle] ?? Infinity) >= value) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function ranked(percentile: number): Measure {
  const ranking = new Ranking();
  return {
    add: (value, weight) => ranking.add(Number(value), weight),
    remove: (value, weight) => ranking.remove(Number(value), weight),
    read: () => ranking.percentile(percentile),
  };
}

export function measure(what: MeasureKind): Measure {
  switch (what.kind) {
    case 'none':
      return NONE;
    case 'distinct':
      return new Tally(false);
    case 'share':
      return new Tally(true);
    case 'sum':
      return sum((total) => total);
    case 'average':
      return sum((total, weight) => total / weight);
    case 'percentile':
      return ranked(what.percentile);
    default:
      return unreachable(what);
  }
}

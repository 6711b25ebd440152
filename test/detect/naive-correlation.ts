/**
 * Correlations as the specification and `docs/rules.md` read, one sentence after the other: YAML and events in, matches out.
 * Every event stays in a list for ever, and every question is answered by walking over it. Shares no code with the engine.
 * It believes that the rules are sound, that a correlation stands behind the ones it refers to, and that other rules match
 * events whose `event.action` is their name.
 */
import type { NaiveEvent } from './naive.ts';

type Yaml = Readonly<Record<string, unknown>>;

export interface Arrival {
  readonly id: string;
  /** ms */
  readonly stamp: number;
  readonly received: number;
  readonly fields: NaiveEvent;
}

export interface NaiveMatch {
  readonly rule: string;
  readonly at: string;
  readonly evidence: readonly string[];
  readonly count: number;
  readonly values: Readonly<Record<string, string>>;
}

interface Offer {
  readonly rule: string;
  readonly arrival: Arrival;
  readonly evidence: readonly string[];
  readonly weight: number;
  readonly count: number;
  /** What a correlation below knows. */
  readonly known: Readonly<Record<string, string>>;
  readonly chained: boolean;
  /** Number of the event that is looked at, and when it was received: for a chained one, of the event that led to it. */
  readonly turn: number;
  readonly received: number;
}

interface Kept extends Offer {
  readonly group: string;
  readonly value: unknown;
  readonly time: number;
  late: boolean;
  gone: boolean;
  reported: boolean;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const WORDS: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };
const TEN_MINUTES = 600_000;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const mapOf = (value: unknown): Yaml => (typeof value === 'object' && value !== null ? (value as Yaml) : {});

function field(
  name: string,
  { rule, known, arrival }: Offer,
  section: Yaml,
  ids: ReadonlyMap<string, string>,
): unknown {
  const alias = mapOf(mapOf(section['aliases'])[name]);
  const own = String(Object.entries(alias).find(([key]) => (ids.get(key) ?? key) === rule)?.[1] ?? name);
  return known[own] ?? arrival.fields[own];
}

function compares(condition: Yaml, value: number): boolean {
  return Object.entries(condition).every(([key, given]) => {
    const limit = Number(given);
    if (key === 'gt') return value > limit;
    if (key === 'gte') return value >= limit;
    if (key === 'lt') return value < limit;
    if (key === 'lte') return value <= limit;
    if (key === 'eq') return value === limit;
    return key === 'neq' ? value !== limit : true;
  });
}

/** Is the condition true? `occurs` decides about a rule that must be there, `window` about one that must not. */
function words(text: string, occurs: (rule: string) => boolean, window: (rule: string) => boolean): boolean {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const next = (word: string): boolean => {
    if (tokens[at]?.toLowerCase() !== word) return false;
    at++;
    return true;
  };
  const or = (negated: boolean): boolean => {
    let result = and(negated);
    while (next('or')) {
      const right = and(negated);
      result = negated ? result && right : result || right;
    }
    return result;
  };
  const and = (negated: boolean): boolean => {
    let result = not(negated);
    while (next('and')) {
      const right = not(negated);
      result = negated ? result || right : result && right;
    }
    return result;
  };
  const not = (negated: boolean): boolean => {
    if (next('not')) return not(!negated);
    if (next('(')) {
      const result = or(negated);
      at++;
      return result;
    }
    const rule = tokens[at++] ?? '';
    return negated ? !window(rule) : occurs(rule);
  };
  return or(false);
}

function subsets<T>(all: readonly T[]): readonly (readonly T[])[] {
  return all.reduce<readonly (readonly T[])[]>((found, one) => [...found, ...found.map((few) => [...few, one])], [[]]);
}

/** Every choice of entries that follow each other in the order of their rules. */
function runs(window: readonly Kept[], rules: readonly string[]): readonly (readonly Kept[])[] {
  const found: Kept[][] = [];
  const walk = (run: readonly Kept[]): void => {
    if (run.length > 0) found.push([...run]);
    const last = run.at(-1);
    for (const entry of window) {
      const follows =
        last === undefined ||
        (rules.indexOf(entry.rule) > rules.indexOf(last.rule) &&
          (entry.time > last.time || (entry.time === last.time && entry.turn > last.turn)));
      if (follows) walk([...run, entry]);
    }
  };
  walk([]);
  return found;
}

interface Verdict {
  readonly value: number;
  readonly count: number;
  readonly wanted: readonly Kept[];
}

function temporal(
  section: Yaml,
  rules: readonly string[],
  window: readonly Kept[],
  ids: ReadonlyMap<string, string>,
): Verdict | undefined {
  const ordered = section['type'] === 'temporal_ordered';
  const given = section['condition'] ?? rules.join(' and ');
  const seen = rules.filter((rule) => window.some((entry) => entry.rule === rule));
  if (typeof given !== 'string') {
    const all = ordered ? runs(window, rules) : [];
    const longest = Math.max(...all.map((run) => run.length));
    const value = ordered ? longest : seen.length;
    const wanted = ordered ? all.filter((run) => run.length === longest).flat() : window;
    return compares(mapOf(given), value) ? { value, count: value, wanted } : undefined;
  }
  const called = (rule: string): string => ids.get(rule) ?? rule;
  const suffices = (few: readonly string[]): boolean =>
    words(
      given,
      (rule) => few.includes(called(rule)),
      (rule) => seen.includes(called(rule)),
    );
  // The rules that are why: a choice that suffices, and none of which can be spared.
  const reasons = subsets(seen).filter(
    (few) => suffices(few) && !subsets(few).some((fewer) => fewer.length < few.length && suffices(fewer)),
  );
  const fit = (run: readonly Kept[]): boolean =>
    reasons.some((few) => few.length === run.length && run.every((entry) => few.includes(entry.rule)));
  const wanted = ordered
    ? runs(window, rules).filter(fit).flat()
    : window.filter((entry) => reasons.some((few) => few.includes(entry.rule)));
  return wanted.length === 0 ? undefined : { value: seen.length, count: seen.length, wanted };
}

function percentile(numbers: readonly number[], percent: number): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const rank = (percent / 100) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(rank)] ?? 0, sorted[Math.ceil(rank)] ?? 0];
  return low + (rank - Math.floor(rank)) * (high - low);
}

function measured(section: Yaml, window: readonly Kept[], arrived: Kept): Verdict | undefined {
  const condition = mapOf(section['condition']);
  const every = window.flatMap((entry) => Array<unknown>(entry.weight).fill(entry.value));
  const numbers = every.map(Number);
  const total = numbers.reduce((sum, number) => sum + number, 0);
  let value = every.length;
  let wanted = window;
  if (section['type'] === 'value_count') value = new Set(every).size;
  if (section['type'] === 'value_sum') value = total;
  if (section['type'] === 'value_avg') value = total / every.length;
  if (section['type'] === 'value_median') value = percentile(numbers, 50);
  if (section['type'] === 'value_percentile') {
    if (condition['percentile'] === undefined) {
      value = (100 * every.filter((one) => one === arrived.value).length) / every.length;
      wanted = window.filter((entry) => entry.value === arrived.value);
    } else value = percentile(numbers, Number(condition['percentile']));
  }
  const count = section['type'] === 'value_count' ? value : every.length;
  return compares(condition, value) ? { value, count, wanted } : undefined;
}

class Correlation {
  readonly name: string;
  readonly rules: readonly string[];
  readonly #section: Yaml;
  readonly #ids: ReadonlyMap<string, string>;
  readonly #all: Kept[] = [];
  readonly #span: number;
  readonly #words: string;

  constructor({ name, correlation }: Yaml, ids: ReadonlyMap<string, string>) {
    this.name = String(name);
    this.#section = mapOf(correlation);
    this.#ids = ids;
    const condition = String(this.#section['condition'] ?? '');
    const named =
      this.#section['rules'] ?? condition.match(/[^\s()]+/g)?.filter((word) => !/^(and|or|not)$/i.test(word));
    this.rules = [...new Set(listOf(named).map((rule) => ids.get(String(rule)) ?? String(rule)))];
    const [, number = '', unit = ''] = /^(\d+)(.)$/.exec(String(this.#section['timespan'])) ?? [];
    this.#span = Number(number) * (UNITS[unit] ?? 0) * 1000;
    this.#words = `${number} ${WORDS[unit]}${number === '1' ? '' : 's'}`;
  }

  get generates(): boolean {
    return this.#section['generate'] === true;
  }

  /** The match that this completes. */
  take(offer: Offer): NaiveMatch | undefined {
    const type = String(this.#section['type']);
    const grouped = listOf(this.#section['group-by'] ?? []).map(String);
    const key = grouped.map((name) => field(name, offer, this.#section, this.#ids));
    if (key.some((value) => value === undefined || value === null)) return undefined;
    const group = JSON.stringify(key.map(String));
    const value = this.#valueOf(type, offer);
    if (value === undefined) return undefined;
    const others = this.#all.filter((entry) => entry.group === group);
    const twice = others.some((entry) => !entry.late && !entry.chained && entry.arrival.id === offer.arrival.id);
    if (!type.startsWith('temporal') && !offer.chained && twice) return undefined;

    const time = Math.min(offer.arrival.stamp, offer.arrival.received);
    const arrived: Kept = { ...offer, group, value, time, late: false, gone: false, reported: false };
    this.#all.push(arrived);
    // The window ends at the latest time that the group was offered while it was patient, late offers included.
    const patience = Math.max(this.#span, TEN_MINUTES);
    const recent = [...others, arrived].filter((entry) => offer.received - entry.received < patience);
    const begin = Math.max(...recent.map((entry) => entry.time)) - this.#span;
    arrived.late = time <= begin;
    for (const entry of [...others, arrived]) if (!recent.includes(entry) || entry.time <= begin) entry.gone = true;
    if (arrived.late) return undefined;

    const place = ({ rule }: Kept): number => this.rules.indexOf(rule);
    const window = [...others, arrived]
      .filter((entry) => !entry.gone)
      .toSorted((left, right) => left.time - right.time || left.turn - right.turn || place(left) - place(right));
    const verdict = type.startsWith('temporal')
      ? temporal(this.#section, this.rules, window, this.#ids)
      : measured(this.#section, window, arrived);
    const fresh = window.filter((entry) => verdict?.wanted.includes(entry) === true && !entry.reported);
    const last = fresh.at(-1);
    if (verdict === undefined || last === undefined) return undefined;
    for (const entry of fresh) entry.reported = true;
    return {
      rule: this.name,
      at: type === 'temporal_ordered' ? last.arrival.id : offer.arrival.id,
      evidence: [...new Set(fresh.flatMap((entry) => entry.evidence))],
      count: fresh.reduce((sum, entry) => sum + entry.count, 0),
      values: {
        ...Object.fromEntries(grouped.map((name, at) => [name, String(key[at])])),
        count: String(verdict.count),
        value: String(Math.round(verdict.value * 1e6) / 1e6),
        timespan: this.#words,
      },
    };
  }

  #valueOf(type: string, offer: Offer): unknown {
    if (!type.startsWith('value_')) return null;
    const condition = mapOf(this.#section['condition']);
    const found = listOf(condition['field']).map((name) => field(String(name), offer, this.#section, this.#ids));
    if (found.some((value) => value === undefined || value === null)) return undefined;
    if (type === 'value_count' || (type === 'value_percentile' && condition['percentile'] === undefined))
      return JSON.stringify(found.map(String));
    return /^[+-]?\d+(\.\d+)?$/.test(String(found[0])) ? Number(found[0]) : undefined;
  }
}

/** All that alerts, an event at a time; several matches of one event in no certain order, but each rule's in theirs. */
export function naiveCorrelations(documents: readonly Yaml[]): (arrival: Arrival) => readonly NaiveMatch[] {
  const ids = new Map(documents.map(({ id, name }) => [String(id), String(name)]));
  const base = documents.filter(({ correlation }) => correlation === undefined);
  const correlations = documents
    .filter(({ correlation }) => correlation !== undefined)
    .map((document) => new Correlation(document, ids));
  const arrivals = new Map<string, Arrival>();
  let turn = 0;

  const speaks = (name: string): boolean => {
    const referrers = correlations.filter(({ rules }) => rules.includes(name));
    return referrers.length === 0 || referrers.some(({ generates }) => generates);
  };

  const offerAll = (offer: Offer): readonly NaiveMatch[] =>
    correlations
      .filter(({ rules }) => rules.includes(offer.rule))
      .flatMap((correlation) => {
        const match = correlation.take(offer);
        if (match === undefined) return [];
        const { evidence, count, values: known } = match;
        const arrival = arrivals.get(match.at) ?? offer.arrival;
        const above = { ...offer, rule: correlation.name, arrival, evidence, count, known, weight: 1, chained: true };
        return [...(speaks(correlation.name) ? [match] : []), ...offerAll(above)];
      });

  return (arrival) => {
    turn++;
    arrivals.set(arrival.id, arrival);
    const { id, received, fields } = arrival;
    const weight = Number(fields['porchlight.repeat'] ?? 1);
    return base
      .filter(({ name }) => listOf(fields['event.action']).includes(name))
      .flatMap(({ name }) => {
        const rule = String(name);
        const plain = {
          rule,
          arrival,
          evidence: [id],
          weight,
          count: weight,
          known: {},
          chained: false,
          turn,
          received,
        };
        const own: NaiveMatch = { rule, at: id, evidence: [id], count: weight, values: {} };
        return [...(speaks(rule) ? [own] : []), ...offerAll(plain)];
      });
  };
}

/**
 * Which rules look at an event. A rule applies where each of its product, category and service is among the event's
 * labels; what a rule leaves out fits everything. The answer is kept per combination of labels, so an event costs three
 * look-ups however many rules there are.
 */
import type { Event, FieldValue } from '#contract';
import { Refusal, shown } from './sigma/refusal.ts';
import { mapping } from './sigma/yaml-value.ts';

const PARTS = ['product', 'category', 'service'] as const;
export type LogSource = Readonly<Record<(typeof PARTS)[number], string>>;

/** Labels come with the data: somebody who sends ever new ones must not fill the memory. */
const MAX_COMBINATIONS = 2000;

/** Throws a Refusal with the reason. */
export function logSource(section: unknown): LogSource {
  const given = mapping(section, 'logsource');
  const [product, category, service] = PARTS.map((part) => {
    const value = given[part] ?? '';
    if (typeof value !== 'string') throw new Refusal(`logsource.${part} is not text: ${shown(value)}`);
    return value.toLowerCase();
  });
  if (product === '' && category === '' && service === '')
    throw new Refusal('logsource names no product, category or service');
  return { product: product ?? '', category: category ?? '', service: service ?? '' };
}

/** True where everything that `wide` asks for is asked for by `narrow` too. */
export const isWithin = (narrow: LogSource, wide: LogSource): boolean =>
  PARTS.every((part) => wide[part] === '' || wide[part] === narrow[part]);

/** A category that stands for several: rules for it see the events of each. */
const PARTS_OF: Readonly<Record<string, string>> = {
  registry_add: 'registry_event',
  registry_delete: 'registry_event',
  registry_rename: 'registry_event',
  registry_set: 'registry_event',
};

const labels = (value: FieldValue | undefined): readonly string[] =>
  (Array.isArray(value) ? value : [value])
    .map((label) => String(label ?? '').toLowerCase())
    .flatMap((label) => (Object.hasOwn(PARTS_OF, label) ? [label, PARTS_OF[label] ?? ''] : [label]));

const keyOf = (value: FieldValue | undefined): string =>
  typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? ''
      : Array.isArray(value)
        ? value.join('\u0000')
        : String(value);

type ByLabel<T> = Map<FieldValue | undefined, T>;

const isPlain = (label: FieldValue | undefined): boolean => label === undefined || typeof label === 'string';

function below<T>(map: ByLabel<ByLabel<T>>, label: FieldValue | undefined): ByLabel<T> {
  const found = map.get(label) ?? new Map<FieldValue | undefined, T>();
  map.set(label, found);
  return found;
}

export interface Index<P> {
  programsFor(event: Event): readonly P[];
}

/** Programs for whole selections of log sources: as many as a house has kinds of logs, and then some. */
const MAX_PROGRAMS = 64;

interface Group<R> {
  readonly source: LogSource;
  readonly rules: R[];
}

function groupsOf<R extends Sourced>(rules: readonly R[]): readonly Group<R>[] {
  const groups = new Map<string, Group<R>>();
  for (const rule of rules) {
    const key = PARTS.map((part) => rule.source[part]).join('\u0000');
    const group = groups.get(key) ?? { source: rule.source, rules: [] };
    group.rules.push(rule);
    groups.set(key, group);
  }
  return Array.from(groups.values());
}

interface Sourced {
  readonly source: LogSource;
}

/**
 * `build` makes a program of rules; it is called once for the rules of every selection of log sources that occurs. Ever new
 * selections, which only somebody who makes up labels can send, get a program for each log source instead.
 */
export function index<R extends Sourced, P>(rules: readonly R[], build: (rules: readonly R[]) => P): Index<P> {
  const groups = groupsOf(rules);
  const merged = new Map<string, readonly P[]>();
  const single = new Map<Group<R>, P>();
  const known = new Map<string, readonly P[]>();
  /** The same where each label is one text or none, as most are: by product, category and service, without making a key. */
  const plain: ByLabel<ByLabel<ByLabel<readonly P[]>>> = new Map();
  let [lastProduct, lastCategory, lastService]: (FieldValue | undefined)[] = [undefined, undefined, undefined];
  let last: readonly P[] | undefined;

  function alone(group: Group<R>): P {
    const program = single.get(group) ?? build(group.rules);
    single.set(group, program);
    return program;
  }

  function programs(selected: readonly Group<R>[]): readonly P[] {
    const key = selected.map((group) => groups.indexOf(group)).join();
    const found = merged.get(key);
    if (found !== undefined) return found;
    if (selected.length === 0) return [];
    if (merged.size >= MAX_PROGRAMS) return selected.map(alone);
    const made = [build(selected.flatMap((group) => group.rules))];
    merged.set(key, made);
    return made;
  }

  function select(event: Event): readonly P[] {
    const [product, category, service] = PARTS.map((part) => labels(event[`labels.${part}`]));
    const fits = (part: string, found: readonly string[] | undefined): boolean =>
      part === '' || found?.includes(part) === true;
    return programs(
      groups.filter(
        ({ source }) =>
          fits(source.product, product) && fits(source.category, category) && fits(source.service, service),
      ),
    );
  }

  function looked(
    event: Event,
    product: FieldValue | undefined,
    category: FieldValue | undefined,
    service: FieldValue | undefined,
  ): readonly P[] {
    const key = `${keyOf(product)}\u0001${keyOf(category)}\u0001${keyOf(service)}`;
    const found = known.get(key) ?? select(event);
    if (!known.has(key)) {
      if (known.size >= MAX_COMBINATIONS) {
        known.clear();
        plain.clear();
      }
      known.set(key, found);
    }
    if (isPlain(product) && isPlain(category) && isPlain(service))
      below(below(plain, product), category).set(service, found);
    return found;
  }

  return {
    programsFor(event) {
      const product = event['labels.product'];
      const category = event['labels.category'];
      const service = event['labels.service'];
      // Logs come in runs.
      if (last !== undefined && product === lastProduct && category === lastCategory && service === lastService)
        return last;
      const found = plain.get(product)?.get(category)?.get(service) ?? looked(event, product, category, service);
      [lastProduct, lastCategory, lastService, last] = [product, category, service, found];
      return found;
    },
  };
}

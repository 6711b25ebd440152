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

const labels = (value: FieldValue | undefined): readonly string[] =>
  (Array.isArray(value) ? value : [value]).map((label) => String(label ?? '').toLowerCase());

const keyOf = (value: FieldValue | undefined): string =>
  typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? ''
      : Array.isArray(value)
        ? value.join('\u0000')
        : String(value);

export interface Index<R> {
  rulesFor(event: Event): readonly R[];
}

export function index<R extends { readonly source: LogSource }>(rules: readonly R[]): Index<R> {
  let size = 0;
  const byProduct = new Map<string, Map<string, Map<string, readonly R[]>>>();
  function select(event: Event): readonly R[] {
    const [product, category, service] = PARTS.map((part) => labels(event[`labels.${part}`]));
    return rules.filter(
      ({ source }) =>
        (source.product === '' || product?.includes(source.product)) &&
        (source.category === '' || category?.includes(source.category)) &&
        (source.service === '' || service?.includes(source.service)),
    );
  }
  return {
    rulesFor(event) {
      const [product, category, service] = [
        event['labels.product'],
        event['labels.category'],
        event['labels.service'],
      ].map(keyOf) as [string, string, string];
      const known = byProduct.get(product)?.get(category)?.get(service);
      if (known !== undefined) return known;
      const selected = select(event);
      if (size >= MAX_COMBINATIONS) {
        byProduct.clear();
        size = 0;
      }
      size++;
      const byCategory = byProduct.get(product) ?? new Map<string, Map<string, readonly R[]>>();
      const byService = byCategory.get(category) ?? new Map<string, readonly R[]>();
      byProduct.set(product, byCategory.set(category, byService.set(service, selected)));
      return selected;
    },
  };
}

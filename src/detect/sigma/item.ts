/** A detection item (`field|modifier: values`) as a test over events. Specification 2.1, "modifiers". */
import ipaddr from 'ipaddr.js';
import { RE2JS } from 're2js';
import type { Event, FieldValue, Scalar } from '#contract';
import { reader } from './field.ts';
import { CONTAINS, ENDS, EXACT, isPlain, pattern, STARTS, type TextTest, textTest } from './pattern.ts';
import { Refusal, shown } from './refusal.ts';

export type EventTest = (event: Event) => boolean;
type ValueTest = (value: Scalar) => boolean;

const PLACEMENTS = { contains: CONTAINS, startswith: STARTS, endswith: ENDS } as const;
const ORDERS = {
  lt: (left: number, right: number) => left < right,
  lte: (left: number, right: number) => left <= right,
  gt: (left: number, right: number) => left > right,
  gte: (left: number, right: number) => left >= right,
} as const;
const FLAGS = { i: RE2JS.CASE_INSENSITIVE, m: RE2JS.MULTILINE, s: RE2JS.DOTALL } as const;

const isKey = <T extends object>(table: T, key: string): key is keyof T & string => Object.hasOwn(table, key);

/** How a value is compared; at most one of them in an item. */
type Comparison = keyof typeof PLACEMENTS | keyof typeof ORDERS | 'exact' | 're' | 'cidr' | 'exists';

interface Modifiers {
  readonly comparison: Comparison;
  readonly all: boolean;
  readonly cased: boolean;
  readonly flags: number;
}

function modifiers(names: readonly string[]): Modifiers {
  let comparison: Comparison = 'exact';
  let flags = 0;
  for (const name of names) {
    if (name === 'all' || name === 'cased') continue;
    if (isKey(FLAGS, name) && comparison === 're') flags |= FLAGS[name];
    else if (isKey(PLACEMENTS, name) || isKey(ORDERS, name) || name === 're' || name === 'cidr' || name === 'exists') {
      if (comparison !== 'exact') throw new Refusal(`modifiers ${comparison} and ${name} do not go together`);
      comparison = name;
    } else throw new Refusal(`unknown modifier ${shown(name)}`);
  }
  const all = names.includes('all');
  const cased = names.includes('cased');
  if (cased && comparison !== 'exact' && !isKey(PLACEMENTS, comparison))
    throw new Refusal(`modifier cased does not go with ${comparison}`);
  if (all && comparison === 'exists') throw new Refusal('modifier all does not go with exists');
  return { comparison, all, cased, flags };
}

const overText =
  (test: TextTest, cased: boolean): ValueTest =>
  (value) => {
    if (value === null) return false;
    const text = typeof value === 'string' ? value : String(value);
    return test(cased ? text : text.toLowerCase());
  };

function regex(source: unknown, flags: number): ValueTest {
  if (typeof source !== 'string') throw new Refusal(`not a regular expression: ${shown(source)}`);
  try {
    const compiled = RE2JS.compile(source, flags);
    return overText((text) => compiled.test(text), true);
  } catch (error) {
    throw new Refusal(`regular expression ${shown(source)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

function order(name: keyof typeof ORDERS, wanted: unknown): ValueTest {
  const limit = numberOf(wanted);
  if (Number.isNaN(limit)) throw new Refusal(`${name} needs a number: ${shown(wanted)}`);
  const compare = ORDERS[name];
  return (value) => compare(numberOf(value), limit);
}

function range(wanted: unknown): ValueTest {
  if (typeof wanted !== 'string' || !ipaddr.isValidCIDR(wanted))
    throw new Refusal(`not an address range: ${shown(wanted)}`);
  const [base, bits] = ipaddr.parseCIDR(wanted);
  return (value) => {
    if (typeof value !== 'string' || !ipaddr.isValid(value)) return false;
    // IPv4 inside IPv6 (::ffff:192.0.2.1) is the IPv4 address.
    const address = ipaddr.process(value);
    return address.kind() === base.kind() && address.match(base, bits);
  };
}

/** Several plain texts are one look-up, not one comparison each. */
function anyOf(values: readonly unknown[], cased: boolean, tests: readonly ValueTest[]): ValueTest {
  const plain = values.length > 3 ? values.map((value) => pattern(lowered(value, cased), EXACT)) : [];
  if (plain.length > 0 && plain.every(isPlain)) {
    const known = new Set(plain.map((parts) => parts[0]));
    return overText((text) => known.has(text), cased);
  }
  return (value) => tests.some((test) => test(value));
}

const lowered = (value: unknown, cased: boolean): string => (cased ? String(value) : String(value).toLowerCase());

function valueTest(value: unknown, { comparison, cased, flags }: Modifiers, keyword: boolean): ValueTest {
  if (comparison === 're') return regex(value, flags);
  if (comparison === 'cidr') return range(value);
  if (isKey(ORDERS, comparison)) return order(comparison, value);
  if (value !== null && typeof value === 'object')
    throw new Refusal(`a value is not text, number or truth: ${shown(value)}`);
  if (value === null) {
    if (comparison !== 'exact' || keyword) throw new Refusal('null stands alone, without a modifier');
    return (found) => found === null;
  }
  const placement = isKey(PLACEMENTS, comparison) ? PLACEMENTS[comparison] : keyword ? CONTAINS : EXACT;
  return overText(textTest(pattern(lowered(value, cased), placement)), cased);
}

/** A list field matches when one of its elements does. A missing field is null. */
const has = (value: FieldValue | undefined, test: ValueTest): boolean =>
  typeof value === 'object' && value !== null
    ? value.some(test) || (value.length === 0 && test(null))
    : test(value ?? null);

/** Keywords look at every value of the event but our own log source labels. */
function eventHas(event: Event, test: ValueTest): boolean {
  for (const field of Object.keys(event)) {
    if (field.startsWith('labels.') || typeof event[field] === 'number') continue;
    if (has(event[field], test)) return true;
  }
  return false;
}

function existence(field: string, values: readonly unknown[]): EventTest {
  const wanted = values[0];
  if (values.length !== 1 || typeof wanted !== 'boolean' || field === '')
    throw new Refusal('exists needs a field and true or false');
  const read = reader(field);
  return (event) => (read(event) !== undefined) === wanted;
}

/** `key` is `field|modifier|…`, with an empty field for keywords; `given` is one value or a list. */
export function item(key: string, given: unknown): EventTest {
  const [field = '', ...names] = key.split('|');
  const how = modifiers(names);
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (values.length === 0) throw new Refusal(`${shown(key)} has no values`);
  if (how.comparison === 'exists') return existence(field, values);
  const keyword = field === '';
  const tests = values.map((value) => valueTest(value, how, keyword));
  const read = reader(field);
  const matches = (event: Event, test: ValueTest): boolean =>
    keyword ? eventHas(event, test) : has(read(event), test);
  if (how.all) return (event) => tests.every((test) => matches(event, test));
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return (event) => matches(event, only);
  const any =
    how.comparison === 'exact' && !keyword && !values.includes(null) ? anyOf(values, how.cased, tests) : orOf(tests);
  return (event) => matches(event, any);
}

const orOf =
  (tests: readonly ValueTest[]): ValueTest =>
  (value) =>
    tests.some((test) => test(value));

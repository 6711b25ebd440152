/** Whether an event is what a query asks for. The one meaning of the language: every shortcut elsewhere must agree with it. */
import ipaddr from 'ipaddr.js';
import type { Event, FieldValue, Scalar } from '#contract';
import { unreachable } from '#lib/unreachable';
import { fold } from './fold.ts';
import type { Bound, FieldTest, Query, RangeTest } from './ast.ts';
import { matches, type Pattern } from './pattern.ts';
import { addressKey, compile, numberOf } from './value.ts';

export type Matcher = (event: Event) => boolean;

export function matcher(query: Query): Matcher {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const parts = query.parts.map(matcher);
      return (event) => parts.every((part) => part(event));
    }
    case 'or': {
      const parts = query.parts.map(matcher);
      return (event) => parts.some((part) => part(event));
    }
    case 'not': {
      const part = matcher(query.part);
      return (event) => !part(event);
    }
    case 'word':
      return anyField(query.pattern);
    case 'regex': {
      const test = expressionTest(query.source);
      return (event) => Object.keys(event).some((name) => someValue(event[name], test));
    }
    case 'field': {
      const test = valueTest(query.test);
      const { name } = query;
      return (event) => Object.hasOwn(event, name) && someValue(event[name], test);
    }
    default:
      return unreachable(query);
  }
}

/** The texts a field is compared by: one, or one an element; null is no value. */
export function textsOf(value: FieldValue | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) return [String(value)];
  return value.filter((element) => element !== null).map(String);
}

const isList = (value: FieldValue): value is readonly Scalar[] => Array.isArray(value);

function someValue(value: FieldValue | undefined, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value);
  return textsOf(value).some(test);
}

function anyField(wanted: Pattern): Matcher {
  const test = (text: string): boolean => matches(wanted, fold(text));
  return (event) => Object.keys(event).some((name) => someValue(event[name], test));
}

export function valueTest(test: FieldTest): (text: string) => boolean {
  switch (test.kind) {
    case 'exists':
      return () => true;
    case 'text':
      return (text) => matches(test.pattern, fold(text));
    case 'network': {
      const network = ipaddr.parse(test.address);
      return remembered((text) => fold(text) === test.text || within(text, network, test.bits));
    }
    case 'regex':
      return expressionTest(test.source);
    case 'range':
      return rangeTest(test);
    default:
      return unreachable(test);
  }
}

function expressionTest(source: string): (text: string) => boolean {
  const expression = compile(source);
  // Unlike a matcher, this never needs to know where: it takes a fraction of the time.
  return (text) => expression.test(text);
}

function rangeTest(range: RangeTest): (text: string) => boolean {
  if (range.of === 'address') {
    const digits = (range.low ?? range.high)?.value.length;
    // An IPv4 address is in no range of IPv6 ones.
    return remembered((text) => {
      const key = addressKey(text);
      return key !== undefined && key.length === digits && between(key, range.low, range.high);
    });
  }
  const read = range.of === 'number' ? numberOf : timeOf;
  return (text) => {
    const value = read(text);
    return value !== undefined && between(value, range.low, range.high);
  };
}

function between<T extends number | string>(value: T, low: Bound<T> | undefined, high: Bound<T> | undefined): boolean {
  const above = low === undefined || value > low.value || (low.inclusive && value === low.value);
  return above && (high === undefined || value < high.value || (high.inclusive && value === high.value));
}

/** ms, as events keep most times, or what is written in ISO 8601. */
function timeOf(text: string): number | undefined {
  const ms = numberOf(text) ?? (/^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Addresses repeat, and reading one costs more than all the rest. */
function remembered(test: (text: string) => boolean): (text: string) => boolean {
  const answers = new Map<string, boolean>();
  return (text) => {
    // Longer than any address or range: not worth the memory.
    if (text.length > 64) return test(text);
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = test(text);
    if (answers.size >= 10_000) answers.clear();
    answers.set(text, answer);
    return answer;
  };
}

function within(text: string, network: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean {
  const isAddress = text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  if (!isAddress) return false;
  const address = ipaddr.process(text);
  return address.kind() === network.kind() && address.match(network, bits);
}

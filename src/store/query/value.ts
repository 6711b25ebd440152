/** What a value in a query asks of a field: a text, a network, a range, an expression. */
import ipaddr from 'ipaddr.js';
import { RE2JS } from 're2js';
import { isFreeText, isTime } from './fields.ts';
import { fold } from './fold.ts';
import type { Bound, FieldTest, Query, RangeTest } from './ast.ts';
import { pattern } from './pattern.ts';
import { type Span, spanOf } from './time.ts';
import { badQuery, type Order, type RangeToken, type ValueToken } from './tokens.ts';

/** A value that no field was named for. */
export function wordTest(token: ValueToken | RangeToken): Query {
  if (token.kind === 'range') throw badQuery(token.column, 'a range needs a field before it');
  const { text, form } = token;
  if (form === 'regex') return { kind: 'regex', source: expression(text, token.column) };
  if (form === 'word' && /^\*+$/.test(text)) return { kind: 'all' };
  return { kind: 'word', pattern: pattern(text, form === 'word', false) };
}

export function fieldTest(name: string, token: ValueToken | RangeToken, now: number): FieldTest {
  if (token.kind === 'range') return betweenTest(name, token, now);
  const { text, form, column } = token;
  const whole = !isFreeText(name);
  if (form === 'regex') return { kind: 'regex', source: expression(text, column) };
  if (form === 'quoted') return { kind: 'text', pattern: pattern(text, false, whole || text === '') };
  if (form !== 'word') return orderTest(name, text, form, now) ?? notOrdered(name, token);
  if (/^\*+$/.test(text)) return { kind: 'exists' };
  const day = isTime(name) && numberOf(text) === undefined ? spanOf(text, now) : undefined;
  if (day !== undefined) return timeTest(day, day, '>=', '<=');
  refuseNoNetwork(name, text, column);
  return networkTest(text) ?? { kind: 'text', pattern: pattern(text, true, whole) };
}

/** A network that cannot be: said, where silence would look like a quiet day. */
function refuseNoNetwork(name: string, text: string, column: number): void {
  const [, address, bits] = /^([0-9a-f:.]+)\/(\d{1,3})$/i.exec(text) ?? [];
  if (address === undefined || !/(?:^|\.)ip$/.test(name) || addressKey(address) === undefined) return;
  const most = address.includes(':') ? 128 : 32;
  if (Number(bits) > most) throw badQuery(column, `a network of ${address} has 0 to ${most} bits, not ${bits}`);
}

/** Throws where RE2 does not take it. */
function expression(source: string, column: number): string {
  try {
    compile(source);
    return source;
  } catch (error) {
    const reason =
      error instanceof Error
        ? error.message.replace(/^error parsing regexp: |\(\?s\)\(\?i\)/g, '')
        : 'it cannot be read';
    throw badQuery(column, `the expression is not understood: ${reason}`);
  }
}

export const compile = (source: string): RE2JS => RE2JS.compile(source, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);

/** `<script>` was always a text to look for, and stays one where no bound can be read. */
function notOrdered(name: string, { text, form, column }: ValueToken): FieldTest {
  if (isTime(name)) throw badQuery(column, `${text} is no time. Try now-2h or 2026-03-14T08:00`);
  return { kind: 'text', pattern: pattern(`${form}${text}`, true, !isFreeText(name)) };
}

function orderTest(name: string, text: string, order: Order, now: number): RangeTest | undefined {
  const time = timeBound(name, text, now);
  if (time !== undefined)
    return order.startsWith('>') ? timeTest(time, undefined, order, '<=') : timeTest(undefined, time, '>=', order);
  const inclusive = order.length === 2;
  const number = numberOf(text);
  if (number !== undefined) {
    const bound = { value: number, inclusive };
    return { kind: 'range', of: 'number', ...sides(order, bound) };
  }
  const address = addressKey(text);
  if (address === undefined) return undefined;
  const bound = { value: address, inclusive };
  return { kind: 'range', of: 'address', ...sides(order, bound) };
}

const sides = <T>(order: Order, bound: Bound<T>) =>
  order.startsWith('>') ? { low: bound, high: undefined } : { low: undefined, high: bound };

function betweenTest(name: string, token: RangeToken, now: number): FieldTest {
  const { column, withLow, withHigh } = token;
  const low = token.low === '*' ? undefined : token.low;
  const high = token.high === '*' ? undefined : token.high;
  if (low === undefined && high === undefined) return { kind: 'exists' };
  const lowTime = low === undefined ? undefined : timeBound(name, low, now);
  const highTime = high === undefined ? undefined : timeBound(name, high, now);
  if ((low === undefined || lowTime !== undefined) && (high === undefined || highTime !== undefined))
    return timeTest(lowTime, highTime, withLow ? '>=' : '>', withHigh ? '<=' : '<');
  const numbers = bounds(low, high, numberOf, token);
  if (numbers !== undefined) return { kind: 'range', of: 'number', ...numbers };
  const addresses = bounds(low, high, addressKey, token);
  if (addresses !== undefined) return { kind: 'range', of: 'address', ...addresses };
  throw badQuery(column, `${low ?? '*'} and ${high ?? '*'} are not both numbers, addresses or times`);
}

function bounds<T>(
  low: string | undefined,
  high: string | undefined,
  read: (text: string) => T | undefined,
  { withLow, withHigh }: RangeToken,
): { readonly low: Bound<T> | undefined; readonly high: Bound<T> | undefined } | undefined {
  const from = low === undefined ? undefined : read(low);
  const to = high === undefined ? undefined : read(high);
  if ((low !== undefined && from === undefined) || (high !== undefined && to === undefined)) return undefined;
  return {
    low: from === undefined ? undefined : { value: from, inclusive: withLow },
    high: to === undefined ? undefined : { value: to, inclusive: withHigh },
  };
}

/** A plain number is one, except where the field is a time: there `2026` is a year. */
function timeBound(name: string, text: string, now: number): Span | undefined {
  return !isTime(name) && numberOf(text) !== undefined ? undefined : spanOf(text, now);
}

/** A day or a minute is all of its moments: behind one is behind its end. */
function timeTest(low: Span | undefined, high: Span | undefined, above: Order, below: Order): RangeTest {
  return {
    kind: 'range',
    of: 'time',
    low: low === undefined ? undefined : { value: above === '>=' ? low.from : low.to, inclusive: true },
    high: high === undefined ? undefined : { value: below === '<=' ? high.to : high.from, inclusive: false },
  };
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

export const numberOf = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined);

/** Addresses of one kind in order of their bytes; ::ffff:192.0.2.1 is 192.0.2.1. */
export function addressKey(text: string): string | undefined {
  const isAddress = text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  return isAddress ? Buffer.from(ipaddr.process(text).toByteArray()).toString('hex') : undefined;
}

/** A CIDR range, or an IPv6 address, which has many spellings. A plain IPv4 address is compared as text. */
function networkTest(word: string): FieldTest | undefined {
  const isRange = /^[0-9a-f:.]+\/\d{1,3}$/i.test(word) && ipaddr.isValidCIDR(word);
  if (!isRange && !(word.includes(':') && ipaddr.IPv6.isValid(word))) return undefined;
  const [typed, typedBits] = isRange ? ipaddr.parseCIDR(word) : [ipaddr.parse(word), 128];
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8 in the other notation.
  const mapped = typed instanceof ipaddr.IPv6 && typed.isIPv4MappedAddress() && typedBits >= 96;
  const address = mapped ? typed.toIPv4Address() : typed;
  return { kind: 'network', text: fold(word), address: address.toString(), bits: mapped ? typedBits - 96 : typedBits };
}

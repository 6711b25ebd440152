/**
 * The language against a second reading of it: random wishes are written as text in one of many ways, parsed and matched, and
 * must find what the wish itself, read straight and slowly, finds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, type FieldValue, newFields } from '#contract';
import { unreachable } from '#lib/unreachable';
import { matcher } from './match.ts';
import { parseQuery } from './parse.ts';

const SEED = 20_261_120;
const NOW = Date.UTC(2026, 2, 14, 12);

const NAMES = ['user.name', 'message', 'source.ip', 'source.port', '@timestamp', 'my.field', 'a b'] as const;
const WORDS = [
  'root',
  'Admin',
  'a b',
  'x"y',
  '\\',
  'or',
  'NOT',
  '/etc/x',
  '-',
  'a|b',
  'größe',
  '*',
  '443',
  '',
] as const;
const ADDRESSES = [
  '192.0.2.7',
  '192.0.2.40',
  '203.0.113.7',
  '2001:db8::1',
  '2001:DB8::ff',
  '::ffff:192.0.2.7',
] as const;
const NUMBERS = [0, 22, 443, 1024, -1.5, 1e21] as const;

type Wish =
  | { readonly is: 'word'; readonly text: string }
  | { readonly is: 'value'; readonly name: string; readonly text: string }
  | { readonly is: 'starts'; readonly name: string; readonly text: string }
  | { readonly is: 'exists'; readonly name: string }
  | { readonly is: 'numbers'; readonly name: string; readonly low: number; readonly high: number; readonly ends: Ends }
  | { readonly is: 'network'; readonly name: string; readonly text: string; readonly from: string }
  | { readonly is: 'since'; readonly hours: number }
  | { readonly is: 'expression'; readonly name: string; readonly text: string }
  | { readonly is: 'not'; readonly of: Wish }
  | { readonly is: 'and' | 'or'; readonly of: readonly Wish[] };
interface Ends {
  readonly low: boolean;
  readonly high: boolean;
}

const name = fc.constantFrom(...NAMES);
const text = fc.constantFrom(...WORDS);
const leaf: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({ is: fc.constant('word' as const), text }),
  fc.record({ is: fc.constant('value' as const), name, text }),
  fc.record({ is: fc.constant('starts' as const), name, text: fc.constantFrom('ro', 'AD', '4', '192.', 'gr') }),
  fc.record({ is: fc.constant('exists' as const), name }),
  fc.record({
    is: fc.constant('numbers' as const),
    name: fc.constantFrom('source.port', 'my.field', 'user.name'),
    low: fc.constantFrom(...NUMBERS),
    high: fc.constantFrom(...NUMBERS),
    ends: fc.record({ low: fc.boolean(), high: fc.boolean() }),
  }),
  fc.record({
    is: fc.constant('network' as const),
    name: fc.constantFrom('source.ip', 'message'),
    text: fc.constantFrom('192.0.2.0/24', '2001:db8::/32'),
    from: fc.constant(''),
  }),
  fc.record({ is: fc.constant('since' as const), hours: fc.integer({ min: 0, max: 30 }) }),
  fc.record({ is: fc.constant('expression' as const), name, text: fc.constantFrom('^ro', 'm.n', '[0-9]+$', 'o|d') }),
);
const wishes: fc.Arbitrary<Wish> = fc.letrec<{ wish: Wish }>((tie) => ({
  wish: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ is: fc.constant('not' as const), of: tie('wish') }),
    fc.record({
      is: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('wish'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).wish;

const scalar = fc.constantFrom<FieldValue>(...WORDS, ...ADDRESSES, ...NUMBERS, null, true, 'ROOT', 'admin says größe');
const events: fc.Arbitrary<Event> = fc
  .record({
    at: fc.integer({ min: NOW - 36 * 3_600_000, max: NOW + 3_600_000 }),
    fields: fc.array(fc.tuple(name, fc.oneof(scalar, fc.array(scalar as fc.Arbitrary<null>, { maxLength: 3 }))), {
      maxLength: 5,
    }),
  })
  .map(({ at, fields }): Event => {
    const others = Object.fromEntries(fields.filter(([field]) => field !== '@timestamp'));
    return Object.assign(newFields(), { '@timestamp': at, 'event.ingested': at }, others);
  });

const quoted = (value: string): string => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
const fieldText = (field: string): string => (field.includes(' ') ? quoted(field) : field);

function written(wish: Wish): string {
  switch (wish.is) {
    case 'word':
      return quoted(wish.text);
    case 'value':
      return `${fieldText(wish.name)}:${quoted(wish.text)}`;
    case 'starts':
      return `${fieldText(wish.name)}:${wish.text}*`;
    case 'exists':
      return `${fieldText(wish.name)}:*`;
    case 'numbers':
      return `${wish.name}:${wish.ends.low ? '[' : '{'}${wish.low} TO ${wish.high}${wish.ends.high ? ']' : '}'}`;
    case 'network':
      return `${wish.name}:${wish.text}`;
    case 'since':
      return `@timestamp:>=now-${wish.hours}h`;
    case 'expression':
      return `${fieldText(wish.name)}:/${wish.text}/`;
    case 'not':
      return `-(${written(wish.of)})`;
    case 'and':
      return wish.of.map((part) => `(${written(part)})`).join(' ');
    case 'or':
      return wish.of.map((part) => `(${written(part)})`).join(' OR ');
    default:
      return unreachable(wish);
  }
}

const texts = (value: FieldValue | undefined): string[] =>
  (Array.isArray(value) ? (value as readonly FieldValue[]) : [value ?? null]).flatMap((one) =>
    one === null ? [] : [String(one)],
  );
const any = (event: Event, field: string, holds: (value: string) => boolean): boolean =>
  texts(event[field]).some(holds);
const free = (field: string): boolean => field === 'message';

function finds(wish: Wish, event: Event): boolean {
  switch (wish.is) {
    case 'word':
      return Object.keys(event).some((field) => any(event, field, (value) => lower(value).includes(lower(wish.text))));
    case 'value':
      return any(event, wish.name, (value) =>
        free(wish.name) && wish.text !== ''
          ? lower(value).includes(lower(wish.text))
          : lower(value) === lower(wish.text),
      );
    case 'starts':
      return any(event, wish.name, (value) =>
        free(wish.name) ? lower(value).includes(lower(wish.text)) : lower(value).startsWith(lower(wish.text)),
      );
    case 'exists':
      return any(event, wish.name, () => true);
    case 'numbers':
      return any(event, wish.name, (value) => inside(value, wish.low, wish.high, wish.ends));
    case 'network':
      return any(event, wish.name, (value) => (wish.text.startsWith('192') ? IN_24.has(value) : IN_32.has(value)));
    case 'since':
      return event['@timestamp'] >= NOW - wish.hours * 3_600_000;
    case 'expression':
      return any(event, wish.name, (value) => new RegExp(wish.text, 'is').test(value));
    case 'not':
      return !finds(wish.of, event);
    case 'and':
      return wish.of.every((part) => finds(part, event));
    case 'or':
      return wish.of.some((part) => finds(part, event));
    default:
      return unreachable(wish);
  }
}

const lower = (value: string): string => value.toLowerCase();
const IN_24 = new Set<string>(['192.0.2.7', '192.0.2.40', '::ffff:192.0.2.7']);
const IN_32 = new Set<string>(['2001:db8::1', '2001:DB8::ff']);

function inside(value: string, low: number, high: number, ends: Ends): boolean {
  if (value.trim() === '' || Number.isNaN(Number(value))) return false;
  const number = Number(value);
  return (number > low || (ends.low && number === low)) && (number < high || (ends.high && number === high));
}

test(`text → query → events is what was wished for (seed ${SEED})`, () => {
  let found = 0;
  let pairs = 0;
  fc.assert(
    fc.property(wishes, fc.array(events, { minLength: 8, maxLength: 8 }), (wish, stream) => {
      const query = written(wish);
      const match = matcher(parseQuery(query, NOW));
      for (const event of stream) {
        pairs++;
        if (match(event)) found++;
        assert.equal(match(event), finds(wish, event), `${query} on ${JSON.stringify(event)}`);
      }
    }),
    { seed: SEED, numRuns: 3000 },
  );
  assert.ok(pairs >= 20_000 && found > pairs / 10 && found < (pairs * 9) / 10, `${found} of ${pairs} found`);
});

test('an expression that would take for ever elsewhere takes steps in proportion to the text', () => {
  const event: Event = Object.assign(newFields(), {
    '@timestamp': 0,
    'event.ingested': 0,
    message: `${'a'.repeat(50_000)}!`,
  });
  assert.equal(matcher(parseQuery('message:/^(a+)+$/'))(event), false);
  assert.equal(matcher(parseQuery('message:/(x+x+)+y/'))(event), false);
});

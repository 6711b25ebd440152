/** Random events and queries that are likely to meet: few fields, few words, many ties, and every trap we know of. */
import fc from 'fast-check';
import type { Event } from '#contract';
import { eventAt, NOON } from './make.ts';

const FIELDS = [
  'message',
  'user.name',
  'source.ip',
  'tags',
  'shelf',
  '__proto__',
  'constructor',
  'größe',
  'a"b',
] as const;
const WORDS = [
  'root',
  'ROOT',
  'Straße',
  '\u212aelvin',
  'kelvin',
  '\u0130nan',
  'inan',
  'a\\b',
  'say "hi"',
  'x\ny',
  '',
  'é',
];
const ADDRESSES = [
  '10.1.2.3',
  '10.9.9.9',
  '192.0.2.1',
  '2001:db8::1',
  '2001:0db8:0:0::1',
  '::ffff:10.1.2.3',
  '10.1.2.3.4',
];

const text = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.constantFrom(...ADDRESSES),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }).map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const scalar = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 30 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false, 1e21, 0.1) },
);
const value = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) });

/** Times in a span of 20 ms, some between two milliseconds: ties and overlaps everywhere. */
export const times = fc.integer({ min: 0, max: 40 }).map((half) => NOON + half / 2);

export const events: fc.Arbitrary<Event> = fc
  .tuple(times, fc.array(fc.tuple(fc.constantFrom(...FIELDS), value), { maxLength: 5 }))
  .map(([time, fields]) => {
    const event = eventAt(time);
    for (const [name, content] of fields) {
      Object.defineProperty(event, name, { value: content, enumerable: true, configurable: true, writable: true });
    }
    return event;
  });

const quoted = (content: string): string => `"${content.replace(/["\\]/g, '\\$&')}"`;
/** A word that is nothing but a word: no operator, field or quote. */
const bare = fc.constantFrom(
  '{',
  'ro',
  'ROOT',
  'oo*',
  '*t',
  'r*t',
  'stra*',
  'kel',
  'k',
  'i',
  '10.',
  'é',
  '1',
  'true',
  '*',
);
const phrase = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 4 })).map(quoted);
const range = fc.constantFrom(
  '10.0.0.0/8',
  '192.0.2.0/24',
  '2001:db8::/32',
  '2001:db8::1',
  '::ffff:10.0.0.0/104',
  '10.1.2.3',
);
const bounds = fc.constantFrom('>3', '<=10', '[0 TO 9]', '{-1 TO 30}', '[10.1.0.0 TO 10.1.255.255]', '>2001:db8::');
const expression = fc.constantFrom('/^ro/', '/o+t$/', '/\\d\\./', '/(a|x).?/', '/stra.e/');
const field = fc.constantFrom(...FIELDS).map((name) => (/^[\w.]+$/.test(name) ? name : quoted(name)));
const term = fc.oneof(
  bare,
  phrase,
  fc.tuple(field, fc.oneof(bare, phrase, range, bounds, expression)).map(([name, content]) => `${name}:${content}`),
  expression,
);

export const queries: fc.Arbitrary<string> = fc.letrec<{ query: string; group: string }>((tie) => ({
  query: fc.oneof({ depthSize: 'small', withCrossShrink: true }, term, tie('group')),
  group: fc.oneof(
    tie('query').map((inner) => `-(${inner})`),
    tie('query').map((inner) => `NOT (${inner})`),
    fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a}) (${b})`),
    fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a} OR ${b})`),
    fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a}) AND ${b}`),
  ),
})).query;

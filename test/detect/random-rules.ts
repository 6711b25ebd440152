/** Random rules and events over few letters, so that they meet: every modifier, every kind of value, every shape of rule. */
import fc from 'fast-check';
import type { NaiveEvent } from './naive.ts';

type Yaml = Record<string, unknown>;

const LETTERS = ['a', 'A', 'b', 'c', '-', '/', '–', ' ', '\\', '.', '1', '2', 'ß', 'S', 'ς', 'Σ', 'é', '😀', '_'];
const text = (max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...LETTERS), { maxLength: max }).map((letters) => letters.join(''));
const written = fc.array(fc.constantFrom(...LETTERS, 'ab', 'cab', '*', '?', '\\*', '\\\\'), { maxLength: 5 });
const plainText = fc.array(fc.constantFrom('a', 'b', 'é', '1', ' ', 'ab'), { minLength: 3, maxLength: 5 });
const number = fc.constantFrom(1, 2, 12, 22, 1.5, -1);
const date = fc.constantFrom('2025-01-02 03:04:05', '2025-12-31T23:59:00Z', '2024-02-29');
const address = fc.constantFrom('192.0.2.1', '192.0.2.200', '198.51.100.7', '203.0.113.9', '192.0.2');
const FIELDS = ['a', 'b', 'c'];

/** Encodings of letters that rules look for, with other letters around. */
const encoded = fc
  .tuple(text(2), plainText, text(2), fc.constantFrom<BufferEncoding>('utf8', 'utf16le'))
  .map(([before, inside, after, encoding]) =>
    Buffer.from(before + inside.join('') + after, encoding).toString('base64'),
  );

const scalar = fc.oneof(
  { weight: 8, arbitrary: text(8) },
  { weight: 2, arbitrary: number },
  fc.constantFrom(true, false, null, '', '22.0', '2'),
  date,
  address,
  encoded,
);

const fields: fc.Arbitrary<NaiveEvent> = fc.record(
  {
    a: fc.oneof({ weight: 6, arbitrary: scalar }, fc.array(scalar, { maxLength: 3 })),
    b: scalar,
    c: scalar,
    message: text(12),
    'porchlight.note': text(3),
    'event.outcome': text(2),
  },
  { requiredKeys: [] },
);

/** Sometimes with the line that the message is the end of, as parsers leave it. */
export const event: fc.Arbitrary<NaiveEvent> = fc
  .tuple(fields, fc.option(text(4), { nil: undefined }))
  .map(([found, before]) =>
    before === undefined ? found : { ...found, 'event.original': before + String(found['message'] ?? '') },
  );

const string = written.map((letters) => letters.join(''));
const values = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof({ weight: 3, arbitrary: one }, fc.array(one, { minLength: 1, maxLength: 4 }));

/** [modifiers, values]: what goes together. */
const modified: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
  {
    weight: 4,
    arbitrary: values(fc.oneof(string, number, fc.constantFrom(true, null, ''))).map((v) => ['', v] as const),
  },
  {
    weight: 12,
    arbitrary: fc.tuple(
      fc.constantFrom(
        '|contains',
        '|startswith',
        '|endswith',
        '|contains|all',
        '|cased',
        '|contains|cased',
        '|endswith|cased',
        '|neq',
        '|contains|neq',
        '|startswith|all|neq',
      ),
      values(string),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom('|contains|windash', '|windash', '|windash|endswith', '|contains|all|windash'),
      values(string),
    ),
  },
  fc.tuple(
    fc.constantFrom(
      '|base64',
      '|base64|contains',
      '|base64offset|contains',
      '|wide|base64offset|contains',
      '|utf16be|base64',
      '|utf16le|contains',
    ),
    values(plainText.map((letters) => letters.join(''))),
  ),
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('|lt', '|lte', '|gt', '|gte'), number) },
  fc.tuple(
    fc.constantFrom('|hour', '|day|gt', '|month', '|year|lte', '|minute|neq'),
    values(fc.constantFrom(3, 12, 2025, 31, 59, 0)),
  ),
  fc.tuple(
    fc.constantFrom('|cidr', '|cidr|neq'),
    values(fc.constantFrom('192.0.2.0/24', '192.0.2.128/25', '198.51.100.7', '0.0.0.0/0')),
  ),
  fc.tuple(
    fc.constantFrom('|re', '|re|i', '|re|all', '|re|neq'),
    values(fc.constantFrom('a.*b', '^a', '[a-c]{2,3}$', 'ab?c', '(a|b)+1', '\\d\\d', 'a[^ ]*-b', 'b')),
  ),
  fc.tuple(
    fc.constantFrom(
      '|fieldref',
      '|fieldref|contains',
      '|fieldref|startswith|neq',
      '|endswith|fieldref',
      '|fieldref|cased',
    ),
    values(fc.constantFrom(...FIELDS)),
  ),
  fc.tuple(fc.constant('|exists'), fc.boolean()),
);

const keyword = fc.oneof(
  string.map((value) => ({ '': value })),
  fc.tuple(fc.constantFrom('|all', '|cased', '|all|cased'), values(string)).map(([how, value]) => ({ [how]: value })),
);
const mapping: fc.Arbitrary<Yaml> = fc
  .array(fc.tuple(fc.constantFrom(...FIELDS), modified), { minLength: 1, maxLength: 3 })
  .map((items) => Object.fromEntries(items.map(([field, [how, value]]) => [field + how, value])));
const search: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: mapping },
  { weight: 2, arbitrary: fc.array(mapping, { minLength: 1, maxLength: 3 }) },
  fc.array(string, { minLength: 1, maxLength: 3 }),
  keyword,
);

const CONDITIONS = [
  'one',
  'not one',
  'one and two',
  'one or two',
  'one and not two',
  'one or two and _three',
  '(one or two) and not _three',
  'not (one and two) or _three',
  '1 of them',
  'all of them',
  'all of t*',
  'one and not 1 of *o*',
  'not all of them and one',
  'one and (two or not (_three and one))',
];

/** A `detection` section. */
export const detection: fc.Arbitrary<Yaml> = fc
  .tuple(
    search,
    search,
    search,
    fc.oneof(fc.constantFrom(...CONDITIONS), fc.array(fc.constantFrom(...CONDITIONS), { minLength: 2, maxLength: 2 })),
  )
  .map(([one, two, three, condition]) => ({ one, two, _three: three, condition }));

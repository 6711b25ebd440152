/**
 * Random correlations of every type over three rules and over each other, and streams of events for them: ties, late and
 * early stamps, old files read now, missing and odd fields, events that two rules match, lines that stand for several.
 */
import fc from 'fast-check';
import { type Event, newFields, type RuleDocument } from '#contract';
import type { NaiveEvent } from './naive.ts';
import type { Arrival } from './naive-correlation.ts';

export type Document = Readonly<Record<string, unknown>>;

const START = Date.UTC(2026, 0, 1);
const BASES = ['r0', 'r1', 'r2'];
const idOf = (name: string): string => `id-of-${name}`;

const baseRule = (name: string): Document => ({
  title: name,
  name,
  id: idOf(name),
  logsource: { product: 'test' },
  detection: { selection: { 'event.action': name }, condition: 'selection' },
});

const sign = fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'neq');
const atLeast = fc.integer({ min: 1, max: 4 }).map((limit) => ({ gte: limit }));
const range = fc
  .integer({ min: 1, max: 3 })
  .chain((low) => fc.integer({ min: low + 1, max: low + 3 }).map((high) => ({ gt: low, lte: high })));
const one = (limit: fc.Arbitrary<number>): fc.Arbitrary<Document> =>
  fc.tuple(sign, limit).map(([key, number]) => ({ [key]: number }));
/** Of what is counted; some of them can never hold, and are refused. */
const numbers = fc.oneof({ weight: 4, arbitrary: atLeast }, range, one(fc.integer({ min: 0, max: 4 })));
const metric = fc.oneof(
  one(fc.constantFrom(-2, 0, 1, 2, 2.5, 7, 12, 30)),
  fc.constantFrom({ gt: 2, lt: 9 }, { gte: -1, lte: 3.25 }),
);

const word = (name: string): fc.Arbitrary<string> => fc.constantFrom(name, name, idOf(name));
/** A condition in words, with every rule in it. */
const inWords = (rules: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.tuple(...rules.map(word)),
      fc.constantFrom(
        'A and B and C',
        'A or B or C',
        'A and not B or C',
        '(A or B) AND NOT C',
        'A and (B or C)',
        'not (not A or B) or C',
        'A and not (B and C)',
        'A and B or A and C',
        'A and not C or A and B',
      ),
    )
    .map(([names, shape]) =>
      rules.length === 3
        ? shape.replaceAll(/[ABC]/g, (letter) => names['ABC'.indexOf(letter)] ?? '')
        : names.join(shape.includes('or') ? ' or ' : ' and not '),
    );

function conditionOf(type: string, rules: readonly string[]): fc.Arbitrary<unknown> {
  const field = fc.constantFrom<unknown>('v', 'n', ['v', 'h']);
  const numeric = fc.constantFrom('n', 'n', 'v', 'amount');
  switch (type) {
    case 'event_count':
      return numbers;
    case 'value_count':
      return fc.tuple(field, numbers).map(([name, limit]) => ({ field: name, ...limit }));
    case 'temporal':
    case 'temporal_ordered':
      return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, numbers, {
        weight: rules.length > 1 ? 3 : 0,
        arbitrary: inWords(rules),
      });
    case 'value_percentile':
      return fc.oneof(
        fc
          .tuple(numeric, metric, fc.constantFrom(0, 10, 50, 90, 99, 100, 33.3))
          .map(([name, limit, percentile]) => ({ field: name, percentile, ...limit })),
        fc
          .tuple(fc.constantFrom('v', 'n'), one(fc.constantFrom(10, 25, 40, 50, 100)))
          .map(([name, limit]) => ({ field: name, ...limit })),
      );
    default:
      return fc.tuple(numeric, metric).map(([name, limit]) => ({ field: name, ...limit }));
  }
}

const TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
];

/** `g`, `who` and `amount` may be aliases; where a rule is named in one, sometimes by its id. */
function aliases(rules: readonly string[], used: string): fc.Arbitrary<Document | undefined> {
  const keyed = (fields: readonly string[]): fc.Arbitrary<Document> =>
    fc
      .tuple(...rules.map(word))
      .map((keys) => Object.fromEntries(keys.map((key, at) => [key, fields[at % fields.length] ?? 'g'])));
  return fc
    .tuple(keyed(['g', 'h', 'g']), keyed(['n', 'n', 'v']))
    .map(([who, amount]) => ({
      ...(used.includes('who') ? { who } : {}),
      ...(used.includes('amount') ? { amount } : {}),
    }))
    .map((all) => (Object.keys(all).length === 0 ? undefined : all));
}

function correlation(name: string, known: readonly string[], timespans: readonly string[]): fc.Arbitrary<Document> {
  const chosen = fc.uniqueArray(fc.constantFrom(...known), { minLength: 1, maxLength: 3 });
  return fc.tuple(fc.constantFrom(...TYPES), chosen).chain(([type, rules]) =>
    fc
      .tuple(
        fc.tuple(...rules.map(word)),
        fc.constantFrom<unknown>(['g'], ['g'], ['g', 'h'], 'h', ['who'], undefined),
        fc.constantFrom(...timespans),
        conditionOf(type, rules),
        fc.constantFrom(true, false, undefined),
      )
      .chain(([references, grouped, timespan, condition, generate]) =>
        aliases(rules, JSON.stringify([grouped, condition])).map((alias) => {
          const wordy = typeof condition === 'string';
          const section = {
            type,
            ...(wordy && references[0] !== rules[0] && type === 'temporal' ? {} : { rules: references }),
            'group-by': grouped,
            timespan,
            condition,
            aliases: alias,
            generate,
          };
          const given = Object.entries(section).filter(([, value]) => value !== undefined);
          return { title: name, name, id: idOf(name), correlation: Object.fromEntries(given) };
        }),
      ),
  );
}

const TIMESPANS = ['20s', '60s', '1m', '5m', '15m', '1h'];

/** Three rules and some correlations, each of which may refer to those before it, where they are `chained`. */
export const documents = (count: number, timespans = TIMESPANS, chained = true): fc.Arbitrary<readonly Document[]> => {
  const names = Array.from({ length: count }, (_, at) => `c${at}`);
  const before = (at: number): readonly string[] => [...BASES, ...names.slice(Math.max(0, at - 3), at)];
  const correlations = names.map((name, at) =>
    fc.oneof(
      { weight: 4, arbitrary: correlation(name, BASES, timespans) },
      correlation(name, chained ? before(at) : BASES, timespans),
    ),
  );
  return fc.tuple(...correlations).map((all) => [...BASES.map(baseRule), ...all]);
};

const stamps = fc.oneof(
  { weight: 30, arbitrary: fc.constant({ late: 0 }) },
  { weight: 8, arbitrary: fc.record({ late: fc.constantFrom(5, 19, 20, 30, 59, 60, 61, 300) }) },
  { weight: 3, arbitrary: fc.record({ late: fc.integer({ min: -1000, max: 1000 }) }) },
  { weight: 10, arbitrary: fc.record({ old: fc.integer({ min: 0, max: 70 }) }) },
);

const fields: fc.Arbitrary<NaiveEvent> = fc.record(
  {
    'event.action': fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...BASES, 'other') },
      fc.uniqueArray(fc.constantFrom(...BASES), { minLength: 2, maxLength: 3 }),
    ),
    g: fc.constantFrom<(string | number | null)[]>('x', 'x', 'y', 7, '7', null),
    h: fc.constantFrom('x', 'y', ''),
    v: fc.constantFrom<(string | number)[]>('a', 'b', 'A', 3, '3', 12),
    n: fc.constantFrom<(string | number | null)[]>(0, 1, 2, 5, -3, 0.5, 2.25, 100, '7', '2.5', 'many', null),
    'porchlight.repeat': fc.constantFrom(2, 3),
  },
  { requiredKeys: ['event.action'] },
);

/** Mostly with all fields. */
const likely = fields.chain((found) =>
  fc
    .constantFrom('x', 'x', 'y')
    .chain((g) => fc.constantFrom(1, 2, 3, 8).map((n): NaiveEvent => ({ g, h: 'x', v: 'b', n, ...found }))),
);

interface Step {
  /** Seconds since the one before; whole ones, so that equal times are common, as they are in syslog. */
  readonly gap: number;
  readonly stamp: { readonly late: number } | { readonly old: number };
  readonly fields: NaiveEvent;
}

const varied: fc.Arbitrary<Step> = fc.record({
  gap: fc.oneof(
    { weight: 25, arbitrary: fc.integer({ min: 0, max: 12 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 700 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 4000 }) },
  ),
  stamp: stamps,
  fields: fc.oneof({ weight: 3, arbitrary: likely }, fields),
});

/** One group for hours: whatever is in a window was in many before. */
const busy: fc.Arbitrary<Step> = fc.record({
  gap: fc.constantFrom(0, 1, 20, 60, 100, 150, 300, 400),
  stamp: stamps,
  fields: fc.record({
    'event.action': fc.constantFrom(...BASES),
    g: fc.constant('x'),
    h: fc.constantFrom('x', 'x', 'x', 'y'),
    v: fc.constantFrom<(string | number)[]>('a', 'b', 12),
    n: fc.constantFrom(1, 2, 8, -3),
  }),
});

/** In the order they are received. */
export const stream = (events: number, kind: 'varied' | 'busy' = 'varied'): fc.Arbitrary<readonly Arrival[]> =>
  fc.array(kind === 'busy' ? busy : varied, { minLength: events / 2, maxLength: events, size: 'max' }).map((steps) => {
    let received = START;
    return steps.map(({ gap, stamp, fields: found }, at) => {
      received += gap * 1000;
      const old = 'old' in stamp;
      const when = old ? START - 1e9 + stamp.old * 1000 : received - stamp.late * 1000;
      return { id: `1-${at}`, stamp: when, received, fields: old ? { ...found, g: 'old' } : found };
    });
  });

/** As the engine takes them. */
export const ruleDocument = (content: Document): RuleDocument => ({ file: 'random.yml', line: 1, content });

export function eventOf({ stamp, received, fields: found }: Arrival): Event {
  const always = { '@timestamp': stamp, 'event.ingested': received, 'labels.product': 'test' };
  return Object.assign(newFields(), always, found);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { measure, type MeasureKind } from './measure.ts';

interface Valued {
  readonly value: number | string;
  readonly weight: number;
}

const of = (...values: readonly (number | string)[]): readonly Valued[] =>
  values.map((value) => ({ value, weight: 1 }));

function read(kind: MeasureKind, entries: readonly Valued[]): number {
  const found = measure(kind);
  for (const { value, weight } of entries) found.add(value, weight);
  const total = entries.reduce((sum, entry) => sum + entry.weight, 0);
  return found.read(entries.at(-1)?.value, total);
}

const percentile = (percent: number): MeasureKind => ({ kind: 'percentile', percentile: percent });

/** [measure, entries, result] */
const RESULTS: readonly (readonly [MeasureKind, readonly Valued[], number])[] = [
  [{ kind: 'none' }, [...of('a', 'b'), { value: 'c', weight: 3 }], 5],
  [{ kind: 'distinct' }, of('a', 'b', 'a', 'A'), 3],
  [{ kind: 'share' }, of('a', 'a', 'b', 'a'), 75],
  [{ kind: 'share' }, [{ value: 'a', weight: 9 }, ...of('b')], 10],
  [{ kind: 'sum' }, of(0.1, 0.2), 0.3],
  [{ kind: 'sum' }, of(-1.5, 1.5, -2), -2],
  [{ kind: 'sum' }, [{ value: 2.5, weight: 4 }], 10],
  [{ kind: 'sum' }, of(9e15, 1, 1, 1), 9e15 + 3],
  [{ kind: 'average' }, of(1, 2, 4.5), 2.5],
  [{ kind: 'average' }, [{ value: 1, weight: 3 }, ...of(5)], 2],
  [percentile(50), of(3, 1, 2), 2],
  [percentile(50), of(4, 1, 2, 3), 2.5],
  [percentile(50), of(7), 7],
  [percentile(0), of(5, -3, 9), -3],
  [percentile(100), of(5, -3, 9), 9],
  [percentile(90), of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 10],
  [percentile(25), of(1, 2), 1.25],
  [percentile(50), [{ value: 1, weight: 3 }, ...of(9)], 1],
];

for (const [kind, entries, result] of RESULTS) {
  const given = entries.map(({ value, weight }) => `${value}${weight === 1 ? '' : `×${weight}`}`).join(' ');
  test(`${Object.values(kind).join(' ')} of ${given} is ${result}`, () => {
    assert.equal(read(kind, entries), result);
  });
}

test('a huge value that left leaves no rest in a sum', () => {
  const sum = measure({ kind: 'sum' });
  for (const value of [0.25, 1e300]) sum.add(value, 1);
  sum.remove(1e300, 1);
  assert.equal(sum.read(0.25, 1), 0.25);
});

const KINDS: readonly MeasureKind[] = [
  { kind: 'distinct' },
  { kind: 'share' },
  { kind: 'sum' },
  { kind: 'average' },
  percentile(50),
  percentile(90),
];
const valued = fc.record({ value: fc.constantFrom(1, 2, 2.5, -7, 1e6, 0.01), weight: fc.constantFrom(1, 1, 1, 2, 3) });

test('whatever came and went, only what is there counts', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KINDS),
      fc.array(fc.tuple(valued, fc.boolean()), { maxLength: 30 }),
      valued,
      (kind, all, last) => {
        const found = measure(kind);
        for (const [{ value, weight }] of all) found.add(value, weight);
        for (const [{ value, weight }, goes] of all) if (goes) found.remove(value, weight);
        found.add(last.value, last.weight);
        const left = [...all.filter(([, goes]) => !goes).map(([entry]) => entry), last];
        const weight = left.reduce((sum, entry) => sum + entry.weight, 0);
        assert.equal(found.read(last.value, weight), read(kind, left));
      },
    ),
    { seed: 1, numRuns: 1000 },
  );
});

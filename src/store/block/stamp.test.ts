import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stampAt, stampText } from './stamp.ts';

const time = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) - 1 });
const read = (text: string): number | undefined => stampAt(Buffer.from(`..${text}..`), 2);

test('a stamp is read as it was written, whatever day the one before it was of', () => {
  fc.assert(
    fc.property(time, (ms) => {
      const text = new Date(ms).toISOString();
      assert.equal(read(text), ms);
      assert.equal(stampText(ms), text);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('what looks like a stamp is one only where it is a time', () => {
  const number = (min: number, max: number, length: number) =>
    fc.integer({ min, max }).map((value) => String(value).padStart(length, '0'));
  const parts = [
    number(1899, 2100, 4),
    number(0, 13, 2),
    number(0, 32, 2),
    number(0, 24, 2),
    number(0, 60, 2),
  ] as const;
  fc.assert(
    fc.property(...parts, (year, month, day, hour, minute) => {
      const text = `${year}-${month}-${day}T${hour}:${minute}:59.999Z`;
      const parsed = Date.parse(text);
      const isTime = !Number.isNaN(parsed) && new Date(parsed).toISOString() === text;
      assert.equal(read(text), isTime && year !== '1899' && year !== '2100' ? parsed : undefined, text);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

for (const text of [
  '2026-02-29T08:00:00.000Z',
  '2026-02-28T24:00:00.000Z',
  '2026-02-28T08:60:00.000Z',
  '2026-13-01T08:00:00.000Z',
  '2026-00-01T08:00:00.000Z',
  '2026-02-00T08:00:00.000Z',
  '1899-12-31T08:00:00.000Z',
  '2100-01-01T08:00:00.000Z',
  '2026-02-28 08:00:00.000Z',
  '2026-02-2xT08:00:00.000Z',
  '2026-02-28T08:00:00.00xZ',
  '2026-02-28T08:00:00.000+',
])
  test(`no stamp: ${text}`, () => assert.equal(read(text), undefined));

test('the last day of February is one in leap years', () => {
  assert.equal(read('2024-02-29T00:00:00.000Z'), Date.UTC(2024, 1, 29));
  assert.equal(read('2000-02-29T00:00:00.000Z'), Date.UTC(2000, 1, 29));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayStart, isDate } from './calendar.ts';

test('every day of the years that stamps may name is where Date has it, and no other day is one', () => {
  const years = [0, 1, 69, 70, 99, 100, 101, 399, 400, 401, 1582, 1600, 1899, 1900, 9996, 9999];
  for (let year = 1968; year <= 2201; year++) years.push(year);
  for (const year of years) {
    for (let month = 0; month < 12; month++) {
      for (let day = 0; day <= 33; day++) {
        const utc = Date.UTC(year, month, day);
        const exists = new Date(utc).getUTCDate() === day && day > 0;
        assert.equal(isDate(year, month, day), exists, `${year}-${month + 1}-${day}`);
        if (exists) assert.equal(dayStart(year, month, day), utc, `${year}-${month + 1}-${day}`);
      }
    }
  }
});

test('what is no number is no day', () => {
  assert.equal(isDate(2026, 1, Number.NaN), false);
  assert.equal(isDate(2026, Number.NaN, 30), false);
});

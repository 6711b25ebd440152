import assert from 'node:assert/strict';
import { test } from 'node:test';
import { damageBook } from './damage-book.ts';

const place = (what: string) => ({ what, reason: 'its checksum is another' });

test('what reads came upon and what the upkeep knows, each place once', () => {
  const book = damageBook();
  assert.deepEqual(book.all(), []);
  book.found(place('block 3 of 2026-03-14'));
  book.found(place('batch 7'));
  book.known([place('batch 7'), place('events-2026-03-12.db')], '2026-03-10');
  assert.deepEqual(
    book.all().map(({ what }) => what),
    ['batch 7', 'events-2026-03-12.db', 'block 3 of 2026-03-14'],
  );
});

test('damage in a day that was thrown away is over; what the upkeep no longer knows, too', () => {
  const book = damageBook();
  book.found(place('block 3 of 2026-03-14'));
  book.found(place('batch 7'));
  book.known([place('events-2026-03-12.db')], '2026-03-12');
  book.known([], '2026-03-15');
  assert.deepEqual(book.all(), [place('batch 7')]);
});

test('a disk that dies does not fill the memory', () => {
  const book = damageBook();
  for (let at = 0; at < 5000; at++) book.found(place(`block ${at} of 2026-03-14`));
  assert.equal(book.all().length, 1000);
});

/** A database is written here byte by byte, in every size of record, and read back; and no bytes at all make a lookup throw or hang. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openMmdb, textIn, type Value } from './mmdb.ts';
import { bitsOf, database, encode, pointer } from './written-mmdb.ts';

const country = (code: string): Buffer =>
  encode({ country: { iso_code: code, names: { en: 'A land with a name of many letters' } } });
const codeOf = (value: Value | undefined): string | undefined => textIn(value, 'country', 'iso_code');

for (const size of [24, 28, 32] as const) {
  test(`records of ${size} bits`, () => {
    const first = { bits: bitsOf([203, 0, 113]), data: country('DE') };
    // The second is a pointer to the first's data.
    const second = { bits: bitsOf([198, 51, 100]).slice(0, 22), data: pointer(0) };
    const four = openMmdb(database([first, second], size, 4));
    assert.ok(four);
    assert.equal(codeOf(four.find('203.0.113.7')), 'DE');
    assert.equal(textIn(four.find('203.0.113.7'), 'country', 'names', 'en'), 'A land with a name of many letters');
    assert.equal(codeOf(four.find('::ffff:203.0.113.7')), 'DE');
    assert.equal(codeOf(four.find('198.51.103.255')), 'DE');
    assert.equal(four.find('198.51.104.1'), undefined);
    assert.equal(four.find('2001:db8::1'), undefined, 'a tree of IPv4 alone');
    assert.equal(four.find('no address'), undefined);
    assert.equal(four.built, 1_772_000_000_000);
    const zeros = '0'.repeat(96);
    const six = openMmdb(
      database(
        [
          { ...first, bits: zeros + first.bits },
          { bits: bitsOf([0x20, 0x01, 0x0d, 0xb8]), data: country('FR') },
        ],
        size,
        6,
      ),
    );
    assert.equal(codeOf(six?.find('203.0.113.7')), 'DE');
    assert.equal(codeOf(six?.find('2001:db8::9')), 'FR');
    assert.equal(six?.find('2001:db9::9'), undefined);
  });
}

test('a value that points to itself is nothing', () => {
  const looped = openMmdb(database([{ bits: '1', data: pointer(0) }], 24, 4));
  assert.equal(looped?.find('203.0.113.7'), undefined);
});

test('whatever is in a file, opening and looking end', () => {
  const whole = database([{ bits: '1', data: country('DE') }], 24, 4);
  const spoilt = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255), cut: fc.nat(whole.length) });
  fc.assert(
    fc.property(spoilt, fc.boolean(), ({ at, byte, cut }, short) => {
      const bytes = Buffer.from(whole);
      bytes[at] = byte;
      openMmdb(short ? bytes.subarray(0, cut) : bytes)?.find('203.0.113.7');
    }),
    { seed: 1, numRuns: 2000 },
  );
  assert.equal(openMmdb(Buffer.from('no database')), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, newFields } from '#contract';
import { addressBook, enrich, type KnownAddresses, networksOf } from './index.ts';
import { bitsOf, database, encode } from './written-mmdb.ts';

const land = database(
  [
    { bits: bitsOf([203, 0, 113]), data: encode({ country: { iso_code: 'DE', names: { en: 'Germany' } } }) },
    // A database that claims to know a household's own network.
    { bits: bitsOf([192, 168]), data: encode({ country: { iso_code: 'XX', names: { en: 'Nowhere' } } }) },
  ],
  24,
  4,
);
const network = database(
  [
    {
      bits: bitsOf([203, 0, 113]),
      data: encode({
        autonomous_system_number: 64_500,
        autonomous_system_organization: 'Example',
        country: { iso_code: 'FR' },
      }),
    },
  ],
  28,
  4,
);
const known: KnownAddresses = {
  databases: [land, network, Buffer.from('no database')],
  devices: { '192.168.1.10': 'nas', '2001:DB8:0::10': 'six' },
  scanners: ['# scanners', '203.0.113.0/29', '198.51.100.7 ; one', '192.168.0.0/16', '0.0.0.0/0', 'nonsense'],
};
const context = { ownAddresses: new Set(['203.0.113.2']), about: addressBook(known) };
const eventFrom = (fields: Record<string, string>): Event =>
  Object.assign(newFields(), {
    '@timestamp': 1,
    'event.ingested': 1,
    'host.name': 'h',
    'agent.id': 'a',
    ...fields,
  }) as Event;

const CASES: readonly (readonly [given: Record<string, string>, expected: Record<string, unknown>])[] = [
  [
    { 'source.ip': '203.0.113.7', 'destination.ip': '192.168.1.10' },
    {
      'source.geo.country_iso_code': 'DE',
      'source.geo.country_name': 'Germany',
      'source.as.number': 64_500,
      'source.as.organization.name': 'Example',
      'destination.domain': 'nas',
      'labels.destination_device': 'nas',
      'labels.known_scanner': 'true',
    },
  ],
  [{ 'source.ip': '203.0.113.8' }, { 'labels.known_scanner': undefined, 'source.geo.country_iso_code': 'DE' }],
  [{ 'source.ip': '::ffff:203.0.113.7' }, { 'labels.known_scanner': 'true', 'source.geo.country_iso_code': 'DE' }],
  [{ 'source.ip': '2001:db8::10' }, { 'source.domain': 'six', 'labels.source_device': 'six' }],
  [{ 'source.ip': '198.51.100.7' }, { 'labels.known_scanner': 'true', 'source.geo.country_iso_code': undefined }],
  // A destination that is on the list is nobody's visit.
  [
    { 'destination.ip': '203.0.113.7' },
    { 'labels.known_scanner': undefined, 'destination.geo.country_iso_code': 'DE' },
  ],
  // Own, private and loopback are no scanners and in no country, whatever lists and databases say; nor does a sender's word count.
  [{ 'source.ip': '203.0.113.2' }, { 'labels.known_scanner': undefined, 'source.geo.country_iso_code': undefined }],
  [{ 'source.ip': '192.168.7.7' }, { 'labels.known_scanner': undefined, 'source.geo.country_iso_code': undefined }],
  [{ 'source.ip': '127.0.0.1', 'labels.known_scanner': 'true' }, { 'labels.known_scanner': undefined }],
  [{ 'labels.known_scanner': 'true' }, { 'labels.known_scanner': undefined }],
];

test('what is known of both ends is added', () => {
  for (const [given, expected] of CASES) {
    const event = enrich(eventFrom(given), context);
    for (const [field, value] of Object.entries(expected))
      assert.deepEqual(event[field], value, `${JSON.stringify(given)} ${field}`);
  }
});

test('nothing to add leaves the event as it is', () => {
  const event = eventFrom({ 'destination.ip': '10.0.0.1' });
  assert.equal(enrich(event, context), event);
});

test('a list of networks', () => {
  const list = networksOf(known.scanners);
  assert.equal(list.size, 2);
  assert.equal(list.refused, 3);
  const six = networksOf(['2001:db8:1::/47', '2001:db8:ffff::1', '::1', 'fd00::/8', '2001::/8', '203.0.113.1/33']);
  assert.equal(six.size, 2);
  assert.equal(six.has('2001:db8:0:1::1'), true);
  assert.equal(six.has('2001:db8:2::1'), false);
  assert.equal(six.has('2001:db8:ffff::1'), true);
  assert.equal(six.has('nonsense'), false);
});

test('a range holds exactly the addresses with its first bits', () => {
  const four = fc.tuple(fc.constantFrom(198, 203, 8), fc.nat(255), fc.nat(255), fc.nat(255));
  const number = (octets: readonly number[]): number => octets.reduce((sum, octet) => sum * 256 + octet, 0);
  fc.assert(
    fc.property(four, fc.integer({ min: 8, max: 32 }), four, (base, length, other) => {
      const divisor = 2 ** (32 - length);
      const inside = Math.floor(number(base) / divisor) === Math.floor(number(other) / divisor);
      const list = networksOf([`${base.join('.')}/${length}`]);
      if (list.size === 1) assert.equal(list.has(other.join('.')), inside);
    }),
    { seed: 1, numRuns: 1000 },
  );
});

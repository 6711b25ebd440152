import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { type Event, newFields } from '#contract';
import { enrich } from './index.ts';

const context = { ownAddresses: new Set(['192.0.2.10', '2001:db8::10', '127.0.0.1', 'fe80::10']) };

function eventFrom(ip: unknown): Event {
  return Object.assign(newFields(), { '@timestamp': 1, 'event.ingested': 1, 'source.ip': ip }) as Event;
}

const CASES: readonly (readonly [address: unknown, scope: string | undefined])[] = [
  ['127.0.0.1', 'loopback'],
  ['127.9.9.9', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['10.0.0.7', 'private'],
  ['172.16.4.1', 'private'],
  ['172.32.4.1', 'public'],
  ['192.168.1.20', 'private'],
  ['::ffff:192.168.1.20', 'private'],
  ['100.64.1.1', 'private'],
  ['fd12:3456::1', 'private'],
  ['169.254.3.4', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['fe80::10', 'own'],
  ['192.0.2.10', 'own'],
  ['::ffff:192.0.2.10', 'own'],
  ['2001:db8::10', 'own'],
  ['203.0.113.7', 'public'],
  ['198.51.100.10', 'public'],
  ['2001:db8::99', 'public'],
  ['0.0.0.0', undefined],
  ['224.0.0.1', undefined],
  ['', undefined],
  ['127', undefined],
  ['0x7f.1', undefined],
  ['1.2.3.4.5', undefined],
  ['999.1.1.1', undefined],
  ['<script>', undefined],
  [`${'1'.repeat(10_000)}.1.1.1`, undefined],
  [42, undefined],
  [['203.0.113.7'], undefined],
  [undefined, undefined],
];

test('the peer’s address gets its scope', () => {
  for (const [address, scope] of CASES) {
    const enriched = enrich(eventFrom(address), context);
    assert.equal(enriched['labels.source_scope'], scope, String(address).slice(0, 40));
    assert.deepEqual(enriched['source.ip'], address);
  }
});

test('what is known is added to the event itself, and adding it again changes nothing', () => {
  const event = eventFrom('203.0.113.7');
  assert.equal(enrich(event, context), event);
  const once = { ...event };
  assert.deepEqual({ ...enrich(event, context) }, once);
});

test('a sender cannot name its own scope', () => {
  const event = Object.assign(newFields(), eventFrom('203.0.113.7'), { 'labels.source_scope': 'loopback' });
  assert.equal(enrich(event as Event, context)['labels.source_scope'], 'public');
  const nowhere = Object.assign(newFields(), eventFrom(undefined), { 'labels.source_scope': 'own' });
  assert.equal('labels.source_scope' in enrich(nowhere as Event, context), false);
});

test('four decimal parts are read and judged as ipaddr.js does', () => {
  const part = fc.oneof(
    fc.integer({ min: 0, max: 300 }).map(String),
    fc.constantFrom(
      '',
      '00',
      '01',
      '100',
      '169',
      '254',
      '10',
      '172',
      '16',
      '192',
      '168',
      '127',
      '224',
      '255',
      'x',
      ' 1',
    ),
  );
  const parts = fc.oneof({ weight: 9, arbitrary: fc.tuple(part, part, part, part) }, fc.array(part, { maxLength: 6 }));
  const ranges: Readonly<Record<string, string | undefined>> = {
    loopback: 'loopback',
    private: 'private',
    carrierGradeNat: 'private',
    linkLocal: 'link-local',
    unspecified: undefined,
    multicast: undefined,
    broadcast: undefined,
  };
  const scope = (text: string): string | undefined => {
    if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
    const range = ipaddr.IPv4.parse(text).range();
    return range in ranges ? ranges[range] : 'public';
  };
  fc.assert(
    fc.property(parts, (each) => {
      const text = each.join('.');
      assert.equal(enrich(eventFrom(text), { ownAddresses: new Set() })['labels.source_scope'], scope(text), text);
    }),
    { seed: 1, numRuns: 20_000 },
  );
});

test('no address makes it throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.ipV4(),
    fc.ipV6(),
    fc.stringMatching(/^[0-9a-fA-F:.%]{0,40}$/),
  );
  fc.assert(
    fc.property(text, (address) => {
      const scope = enrich(eventFrom(address), context)['labels.source_scope'];
      assert.ok(scope === undefined || typeof scope === 'string');
    }),
    { seed: 1, numRuns: 2000 },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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

test('the event that came in is not changed', () => {
  const event = eventFrom('203.0.113.7');
  const enriched = enrich(event, context);
  assert.equal(event['labels.source_scope'], undefined);
  assert.notEqual(enriched, event);
  assert.equal(enrich(enriched, context), enriched);
});

test('a sender cannot name its own scope', () => {
  const event = Object.assign(newFields(), eventFrom('203.0.113.7'), { 'labels.source_scope': 'loopback' });
  assert.equal(enrich(event as Event, context)['labels.source_scope'], 'public');
  const nowhere = Object.assign(newFields(), eventFrom(undefined), { 'labels.source_scope': 'own' });
  assert.equal('labels.source_scope' in enrich(nowhere as Event, context), false);
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

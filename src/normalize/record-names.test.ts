import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromDocker } from './container.ts';
import { hasValues } from './dispatch/dispatcher.ts';
import { dispatcher } from './dispatch/recognise.ts';
import { flatten } from './flatten.ts';
import { isJournalEntry } from './journal.ts';
import { named } from './named.ts';
import { PARSERS } from './parsers/index.ts';
import { namesOf, namesOfFlat, type RecordNames } from './record-names.ts';
import { sourceOf } from './told/index.ts';
import { windowsEvent } from './windows/index.ts';
import { UTC_CLOCK } from './zone.ts';

const NAMES = [
  ...'host hostname host.name message msg log.level level severity source path file service logger pid process.pid'.split(
    ' ',
  ),
  ...'user.name user src_port source.port ip client_ip source.ip event.category event.type agent.id event.id labels.product'.split(
    ' ',
  ),
  ...'timestamp time date ts log stream __REALTIME_TIMESTAMP __CURSOR EventID Channel CommandLine Image event_id data'.split(
    ' ',
  ),
  ...PARSERS.flatMap(({ records = [] }) => records.flatMap(({ keys }) => keys)),
];
const WANTED = PARSERS.flatMap(({ records = [] }) =>
  records.flatMap(({ values = {} }) => Object.values(values)),
).filter((value) => !(value instanceof RegExp));
const scalar = fc.oneof(
  fc.constantFrom('198.51.100.7', '2026-02-03T04:05:06Z', '/var/log/x.log', 'x', '', '42', ...WANTED.map(String)),
  fc.constantFrom<string | number | boolean | null>(null, true, 42, -1, 1.5),
);
const records = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 6 })), scalar, {
  maxKeys: 12,
});
/** What comes once is not worked out. */
const known = (record: Record<string, unknown>): RecordNames | undefined => namesOf(record) ?? namesOf(record);
const context = { timezone: 'UTC', count: () => undefined };

test('what a record’s names say beforehand is what the record itself says', () => {
  fc.assert(
    fc.property(records, (record) => {
      const flat = flatten(record, () => undefined);
      const names = known(record);
      if (names === undefined) return;
      assert.deepEqual(namesOfFlat(flat) ?? namesOfFlat(flat) ?? names, names);
      for (const trusted of [true, false])
        assert.deepEqual(
          named(flat, names.meanings, undefined, context, trusted),
          named(flat, undefined, undefined, context, trusted),
        );
      const bySignature = names.signatures.filter((one) => hasValues(one, flat)).map(({ parser }) => parser);
      assert.deepEqual([...new Set(bySignature)], dispatcher.byKeys(flat));
      if (isJournalEntry(record)) assert.ok(names.mayBeJournal);
      if (fromDocker(record) !== undefined) assert.ok(names.mayBeDocker);
      if (windowsEvent(record, UTC_CLOCK, () => undefined) !== undefined) assert.ok(names.mayBeTaken);
      if (sourceOf(record, flat, undefined, undefined) !== undefined) assert.ok(names.mayBeTold);
    }),
    { seed: 1, numRuns: 4000 },
  );
});

const TOLD: readonly (readonly [name: string, record: Record<string, unknown>, flag: 'mayBeTold' | 'mayBeTaken'])[] = [
  ['a cloud’s record', { eventVersion: '1.08', awsRegion: 'eu', eventName: 'ConsoleLogin' }, 'mayBeTold'],
  ['an event of Windows without its log', { EventID: 4625, TargetUserName: 'x', IpAddress: 'y' }, 'mayBeTaken'],
];
for (const [name, record, flag] of TOLD) {
  test(`${name} has the names for it`, () => {
    assert.equal(known(record)?.[flag], true);
    assert.equal(known({ message: 'x' })?.[flag], false);
  });
}

const NOT_LOOKED_AT: readonly (readonly [name: string, record: Record<string, unknown>])[] = [
  ['nested', { a: { b: 1 } }],
  ['a list', { a: [1] }],
  ['a number that JSON cannot write', { a: Number.POSITIVE_INFINITY }],
  ['a reserved name', JSON.parse('{"__proto__":"x"}') as Record<string, unknown>],
  ['a reserved part of a name', { 'a.constructor': 'x' }],
  ['a long name', { ['x'.repeat(65)]: 1 }],
  ['many names', Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`n${at}`, 1]))],
];
for (const [name, record] of NOT_LOOKED_AT) {
  test(`is left to the slow way: ${name}`, () => assert.equal(known(record), undefined));
}

test('a sender who makes up names fills nothing for good', () => {
  const usual = { host: 'nas', message: 'x' };
  const before = known(usual);
  assert.ok(before);
  for (let at = 0; at < 20_000; at++) namesOf({ [`made-up-${at}`]: 1, host: 'nas' });
  const after = known(usual);
  assert.notEqual(after, before, 'all was forgotten');
  assert.deepEqual(after, before);
});

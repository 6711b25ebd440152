import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RawRecord, SourceTag, StreamTag } from '#contract';
import { buffersOf, packRecords, unpackRecords } from './record-batch.ts';

const sources: SourceTag[] = [
  { id: 'file:/var/log/auth.log', agent: 'local', host: 'nas', path: '/var/log/auth.log' },
  { id: 'honeypot', agent: 'local', host: 'nas', type: 'honeypot' },
];
const streams: StreamTag[] = [
  { key: 'file:a@1', detail: '{}' },
  { key: 'file:b@2', detail: '{"inode":7}' },
];

const record: fc.Arbitrary<RawRecord> = fc
  .record({
    source: fc.constantFrom(...sources),
    text: fc.string({ unit: 'grapheme', maxLength: 40 }),
    received: fc.integer({ min: 0, max: 2 ** 45 }),
    stream: fc.option(fc.constantFrom(...streams), { nil: undefined }),
    from: fc.integer({ min: 0, max: 2 ** 50 }),
    flags: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ source, text, received, stream, from, flags }) => ({
    source,
    text,
    received,
    ...(stream === undefined ? {} : { position: { stream, from, to: from + text.length } }),
    ...((flags & 1) === 1 ? { backfill: true } : {}),
    ...((flags & 2) === 2 ? { cut: true } : {}),
  }));

test('unpack gives back what was packed, through a real transfer', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 50 }), (records) => {
      const packed = packRecords(records);
      const moved = structuredClone(packed, { transfer: buffersOf(packed) });
      assert.deepEqual([...unpackRecords(moved)], records);
    }),
    { seed: 1 },
  );
});

test('a lone surrogate becomes one replacement character and disturbs no neighbour', () => {
  const source = sources[0] as SourceTag;
  const texts = ['\ufeffbefore', 'a\ud800b', 'after'];
  const unpacked = [...unpackRecords(packRecords(texts.map((text) => ({ source, text, received: 1 }))))];
  assert.deepEqual(
    unpacked.map((one) => one.text),
    ['\ufeffbefore', 'a\ufffdb', 'after'],
  );
});

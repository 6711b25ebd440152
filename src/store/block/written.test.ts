/**
 * Bytes as the first release of each form wrote them. They must read the same for ever: a change that fails here needs a new version number,
 * and readers for both.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import { viewBatch } from '../encoded-batch.ts';
import { parseQuery } from '../query/parse.ts';
import { search } from '../query/search.ts';
import { viewBlock } from './block.ts';
import { verifyFilter } from './filter.ts';
import type { BatchView } from './view.ts';

const WRITTEN = {
  rows:
    'AQAAAAIAAAAsU/GB+7W/FhgAAABiAQAAAABAsgq8eUIAQEGyCrx5Qq8AAACxAAAAeyJAdGltZXN0YW1wIjoxNzY4NDY0MDAwMDAwLCJldmVudC5p' +
    'bmdlc3RlZCI6MTc2ODQ2NDAwMDMwMCwidXNlci5uYW1lIjoicm9vdCIsIm9kZCI6bnVsbCwic291cmNlLmlwIjoiMTkyLjAuMi4wIiwibWVzc2Fn' +
    'ZSI6IjA6IDIwMjYtMDEtMTVUMDg6MDA6MDAuMDIwWiBmcm9tIDE5Mi4wLjIuMCBrZXkgYTAifQp7IkB0aW1lc3RhbXAiOjE3Njg0NjQwMDAwMjAs' +
    'ImV2ZW50LmluZ2VzdGVkIjoxNzY4NDY0MDAwMzAwLCJ1c2VyLm5hbWUiOiJncsO2w59lIiwib2RkIjowLjUsInNvdXJjZS5pcCI6IjE5Mi4wLjIu' +
    'MSIsIm1lc3NhZ2UiOiIxOiAyMDI2LTAxLTE1VDA4OjAwOjAwLjAyMVogZnJvbSAxOTIuMC4yLjEga2V5IGExIn0K',
  batch:
    'AgADAAIAAACRHih3cQAAAHEAAABiP/bSAAAAAAsAAAALAAAAtg74HwAAAADHAAAAxwAAAEEC844AAAAAR1siQHRpbWVzdGFtcCIsImV2ZW50Lmlu' +
    'Z2VzdGVkIiwidXNlci5uYW1lIiwib2RkIiwic291cmNlLmlwIiwibWVzc2FnZSJdAQIBCwECAgkAAgIaAAICEgACAiEAAgJxAQYAAQIDBAUAAAAA' +
    'AAAAAAACAIDIrIW8MwAAFAAAwFKyCrx5QgISWyJyb290IiwiZ3LDtsOfZSJdAgAAAAABAgpbbnVsbCwwLjVdAgAAAAABAhlbIjE5Mi4wLjIuMCIs' +
    'IjE5Mi4wLjIuMSJdAgAAAAABAmlbIjA6IDIwMjYtMDEtMTVUMDg6MDA6MDAuMDIwWiBmcm9tIDE5Mi4wLjIuMCBrZXkgYTAiLCIxOiAyMDI2LTAx' +
    'LTE1VDA4OjAwOjAwLjAyMVogZnJvbSAxOTIuMC4yLjEga2V5IGExIl0CAAAAAAE=',
  block:
    'AgEGAEYAAACF95b2cgAAAHIAAAB+QZ7RAAAAABwAAAAcAAAAF8Z0ywAAAAALAAAACwAAALYO+B8AAAAATQAAAMUAAACMDuq5AQAAACwAAABCAAAA' +
    'nttsJgEAAACzAAAASgEAAFruOeYBAAAAR1siQHRpbWVzdGFtcCIsImV2ZW50LmluZ2VzdGVkIiwidXNlci5uYW1lIiwib2RkIiwic291cmNlLmlw' +
    'IiwibWVzc2FnZSJdAUYCCwFGAwkARgNeAEYDXgJGBEICRgXKAgEGAAECAwQFAAAAAAAAAAAAAQAAAAAAAAAcQAAAAAAAAAAAAAAAAAAAAIBRQAIA' +
    'gMishbwzAAAUKLUv/SDFJQIAdAMAAMBSsgq8eUICElsicm9vdCIsImdyw7bDn2UiXQEBAAAAAQMSW251bGwsMC41LFsiYSIsMl0CAwCgIzEMbliE' +
    'OjIotS/9IEIdAQCwAQEAHEAHAC7wPwBoQABAAAIAAAAAAQUAwA9ABiTINY2BISi1L/1gSgBNBQASjyUhkCdJB/9/fXd3d2vS/z9cjZ3nghEhZO8t' +
    'dxtwsVQOso2QKUf5yTPH/PLmlldu8oQj/OCJI354ccMLN3i60X3uvPG+u7fddZs7ddRPz479erv16qYnG9nHThvts2ubXbaxU43qU2eN9dWtra7a' +
    '1Gn0OcfvbtdmwkAIKcgIGAQhxhhoKAsFB2UAHApCgoJBIYrAKAg6CAkGAABScAPInMMSdKAIG8AQ',
  filter:
    'LEp2owoAAAD3WkPI6M9MMws6fLYg++KyzuB/mlc10phL+lFc3VyD45R+QTo7ZAmSESH94QqroPM3HspQwQ47eIhTlCXlsbwlTbgsO1lcJSm8IraO' +
    '7pFuZeEpOVoE6uknIy3DwoVHI2ajS6D9Xmmhnsk0b/epWgv8vfXqlLVCv1VaVvV0lsEzhaRMJAcNYwHcKHmAMVoQMKFLjqAYgMWsBl/BECiAQTcC' +
    'wP3jCwp2TqaXaMZQ9xCwsxQ0t+moI92ZDyLU7xsfLw9G+Au5e2YB6mPBgM8uEQruIXE9ToOJE3GMYzzQJm+8weFQkzQogf8aKVNDn5o1MdZCOgRV' +
    '2niCq7EemZCqHG0ibigwXIpDEdlSHAYPmRFBmKvhAHwmaAWrDEgimZuwlhgvzSV4FuY79xw+95zuV3HsKzvtFIr437NvR5UziK1N3Q==',
};

const EVENTS = Array.from(
  { length: 70 },
  (_, n) =>
    Object.assign(newFields(), {
      '@timestamp': 1_768_464_000_000 + n * 20,
      'event.ingested': 1_768_464_000_300,
      'user.name': ['root', 'größe'][n % 2],
      odd: [null, 0.5, ['a', 2]][n % 3],
      'source.ip': `192.0.2.${n}`,
      message: `${n}: 2026-01-15T08:00:00.0${20 + n}Z from 192.0.2.${n} key a${n}`,
    }) as Event,
);

const bytesOf = (form: keyof typeof WRITTEN): Uint8Array => new Uint8Array(Buffer.from(WRITTEN[form], 'base64'));

const forms: readonly (readonly [string, () => BatchView, number])[] = [
  ['rows, version 1', () => viewBatch(bytesOf('rows')), 2],
  ['a batch, version 2', () => viewBatch(bytesOf('batch')), 2],
  ['a block, version 2', () => viewBlock(bytesOf('block')), 70],
];
for (const [form, open, count] of forms) {
  test(`${form}, reads as it did`, () => {
    const view = open();
    view.verify();
    const read = Array.from({ length: view.count }, (_, ordinal) => view.event(ordinal));
    assert.deepEqual(read, EVENTS.slice(0, count));
  });
}

test('a block knows its ids, and its filter the words, as they did', () => {
  assert.deepEqual(viewBlock(bytesOf('block')).place(69), { batch: 7, ordinal: 69 });
  const filter = bytesOf('filter');
  verifyFilter(filter);
  const mayFind = (q: string): boolean => search(parseQuery(q, 0)).mayFind(filter);
  for (const q of ['source.ip:192.0.2.69', '192.0.2.33', '"key a12 "', 'user.name:root', 'odd:a', 'message:" from "'])
    assert.ok(mayFind(q), q);
  for (const q of ['source.ip:192.0.2.70', '198.51.100.7', '" nowhere "', 'host.name:nas']) assert.ok(!mayFind(q), q);
});

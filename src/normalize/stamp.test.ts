import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Head, readHead } from './head.ts';
import { readStamp } from './stamp.ts';
import { zoneOf } from './zone.ts';

const zone = zoneOf('Europe/Berlin');
assert.ok(zone);
const clock = { zone, received: Date.UTC(2026, 0, 15, 12) };
/** 11:25:10 in Berlin. */
const LOCAL = '2025-11-30T10:25:10.000Z';
const WORLD = '2025-11-30T11:25:10.000Z';

/** `¦` marks where the stamp ends. */
const STAMPS: readonly (readonly [text: string, time: string])[] = [
  ['2025-11-30T11:25:10Z¦', WORLD],
  ['2025-11-30T11:25:10.250+01:00¦ x', '2025-11-30T10:25:10.250Z'],
  ['2025-11-30 11:25:10,250¦ INFO', '2025-11-30T10:25:10.250Z'],
  ['2025-11-30 11:25:10 +0000¦ x', WORLD],
  ['2025-11-30 11:25:10 UTC¦]', WORLD],
  ['2025-11-30 11:25:10 CET¦ x', LOCAL],
  ['2025-11-30 11:25:10 IST¦ x', LOCAL],
  ['2025-11-30 11:25:10¦ GET', LOCAL],
  ['2025-11-30 11:25:10¦ - x', LOCAL],
  ['2025-11-30 11:25:10¦ -5', LOCAL],
  ['2025/11/30 11:25:10¦ [error] 7#7', LOCAL],
  ['2025/11/30 11:25:10.123456¦ x', '2025-11-30T10:25:10.123Z'],
  ['2025/11/30 - 11:25:10¦ |', LOCAL],
  ['20251130 11:25:10¦', LOCAL],
  ['20251130-11:25:10¦:x', LOCAL],
  ['251130 11:25:10¦ [Note]', LOCAL],
  ['30/Nov/2025:11:25:10 +0100¦]', LOCAL],
  ['30/Nov/2025:11:25:10.5 -0000¦]', '2025-11-30T11:25:10.500Z'],
  ['30/Nov/2025 11:25:10¦]', LOCAL],
  ['30-Nov-2025 11:25:10.250¦ client', '2025-11-30T10:25:10.250Z'],
  ['30 Nov 2025 11:25:10.250¦ # x', '2025-11-30T10:25:10.250Z'],
  ['1/Nov/2025 11:25:10¦', '2025-11-01T10:25:10.000Z'],
  ['Nov 30 11:25:10¦ nas', LOCAL],
  ['Nov 30 11:25:10 2025¦]', LOCAL],
  ['Sun Nov 30 11:25:10.250000 2025¦]', '2025-11-30T10:25:10.250Z'],
  ['Sun, 30 Nov 2025 11:25:10 GMT¦', WORLD],
  ['Nov 30, 2025 11:25:10 AM¦ x', LOCAL],
  ['Nov 3, 2025 1:05:10 PM¦ x', '2025-11-03T12:05:10.000Z'],
  ['11/30/2025, 11:25:10 PM¦    WARN', '2025-11-30T22:25:10.000Z'],
  ['11/30/2025, 12:25:10 AM¦', '2025-11-29T23:25:10.000Z'],
  ['11/30/2025, 12:25:10 PM¦', '2025-11-30T11:25:10.000Z'],
  ['11/30/2025, 7:25:10 AM¦', '2025-11-30T06:25:10.000Z'],
  ['11/30/25-11:25:10.250¦  [**]', '2025-11-30T10:25:10.250Z'],
  ['30/11/2025 11:25:10¦', LOCAL],
  ['1764501910.250¦ 12 192.0.2.1', '2025-11-30T11:25:10.250Z'],
  ['1764501910250¦,x', '2025-11-30T11:25:10.250Z'],
];

test('a stamp in any usual form, and where it ends', () => {
  for (const [marked, time] of STAMPS) {
    const text = marked.replace('¦', '');
    const read = readStamp(text, 0, clock);
    assert.equal(read === undefined ? 'none' : new Date(read.time).toISOString(), time, marked);
    assert.equal(read?.end, marked.indexOf('¦'), marked);
    const inside = readStamp(`[${text}`, 1, clock);
    assert.equal(inside?.time, read?.time, `${marked} elsewhere`);
    assert.equal(inside?.end, (read?.end ?? 0) + 1, `${marked} elsewhere`);
  }
});

const NO_STAMPS = [
  '',
  'x',
  '192.0.2.1 - -',
  '2025',
  '2025-11-30',
  '2025-13-30 11:25:10',
  '2025/02/30 11:25:10',
  '31/Nov/2025:11:25:10',
  '12/13/14/15',
  '99/99/2025 11:25:10',
  '1764501910',
  '20251130',
  '251130',
  'Nov',
  'November 30',
  'Sun',
  'May I ask',
  '11/30/2025, 13:25:10 PM',
  '2025/11/30x11:25:10',
];

test('what is no stamp is none', () => {
  for (const text of NO_STAMPS) assert.equal(readStamp(text, 0, clock), undefined, text);
});

test('a yearless stamp is never in the future', () => {
  const hours = Array.from({ length: 24 * 3 }, (_, hour) => Date.UTC(2025, 11, 30) + hour * 3_600_000);
  for (const received of hours) {
    for (const written of hours) {
      const [, day, month, , time] = new Date(written).toUTCString().split(' ');
      const read = readStamp(`${month} ${day} ${time}`, 0, { zone, received });
      assert.ok(
        read !== undefined && read.time <= received,
        `${new Date(received).toISOString()} ${month} ${day} ${time}`,
      );
    }
  }
});

const HEADS: readonly (readonly [
  message: string,
  head: Omit<Head, 'end' | 'time'> & { rest: string; time?: string },
])[] = [
  ['2025-11-30 11:25:10,250 INFO x', { level: undefined, rest: 'INFO x', time: '2025-11-30T10:25:10.250Z' }],
  [
    '[2025-11-30 11:25:10.250][core][ERROR] x',
    { level: undefined, rest: '[core][ERROR] x', time: '2025-11-30T10:25:10.250Z' },
  ],
  ['2025/11/30 11:25:10 [error] 7#7: x', { level: undefined, rest: '[error] 7#7: x', time: LOCAL }],
  ['[Sun Nov 30 11:25:10 2025] [error] x', { level: undefined, rest: '[error] x', time: LOCAL }],
  ['ERROR    2025-11-30T11:25:10 - x', { level: 'error', rest: '- x', time: LOCAL }],
  ['WARN: [Nov 30 11:25:10.000] x', { level: 'warn', rest: 'x', time: LOCAL }],
  ['[notice] 2025-11-30T11:25:10Z x', { level: 'notice', rest: 'x', time: WORLD }],
  ['(W) 2025-11-30T11:25:10 - x', { level: 'w', rest: '- x', time: LOCAL }],
  ['2025-11-30 11:25:10: [error] x', { level: undefined, rest: '[error] x', time: LOCAL }],
  ['  [11:25:10] [INF] x', { level: undefined, rest: '[INF] x' }],
];

test('a message’s own stamp is taken off, with a level in front of it', () => {
  for (const [message, { level, rest, time }] of HEADS) {
    const head = readHead(message, clock);
    assert.ok(head, message);
    assert.equal(message.slice(head.end), rest, message);
    assert.equal(head.level, level, message);
    assert.equal(head.time === undefined ? undefined : new Date(head.time).toISOString(), time, message);
  }
});

test('a message without a stamp has no head', () => {
  const messages = [
    'Failed password',
    'x',
    '',
    '[',
    '[error] x',
    'ERROR x',
    'ERROR: x',
    '(root) CMD (x)',
    'May 1st',
    '[11:25:10',
    '7 of 9',
  ];
  for (const message of messages) assert.equal(readHead(message, clock), undefined, message);
});

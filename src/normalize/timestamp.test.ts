import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readIsoStamp, readSyslogStamp } from './timestamp.ts';
import { zoneOf } from './zone.ts';

function clock(zone: string, received: string) {
  const found = zoneOf(zone);
  assert.ok(found, zone);
  return { zone: found, received: Date.parse(received) };
}

const shown = (time: number | undefined): string => (time === undefined ? 'none' : new Date(time).toISOString());

const SYSLOG: readonly (readonly [stamp: string, zone: string, received: string, time: string])[] = [
  ['Feb  2 16:45:20', 'UTC', '2026-03-01T00:00:00Z', '2026-02-02T16:45:20.000Z'],
  ['Feb 2 16:45:20', 'UTC', '2026-03-01T00:00:00Z', '2026-02-02T16:45:20.000Z'],
  ['Feb 02 16:45:20.250', 'UTC', '2026-03-01T00:00:00Z', '2026-02-02T16:45:20.250Z'],
  ['Feb 02 2019 16:45:20', 'UTC', '2026-03-01T00:00:00Z', '2019-02-02T16:45:20.000Z'],
  ['Dec 31 23:59:59', 'UTC', '2026-01-01T00:00:01Z', '2025-12-31T23:59:59.000Z'],
  ['Jan  1 00:30:00', 'UTC', '2025-12-31T23:59:59Z', '2025-12-31T23:59:59.000Z'],
  ['Jan  1 00:30:00', 'Pacific/Auckland', '2025-12-31T12:00:00Z', '2025-12-31T11:30:00.000Z'],
  ['Mar  2 11:59:59', 'UTC', '2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
  ['Mar  2 12:00:01', 'UTC', '2026-03-01T12:00:00Z', '2025-03-02T12:00:01.000Z'],
  ['Feb 29 10:00:00', 'UTC', '2026-03-01T00:00:00Z', '2024-02-29T10:00:00.000Z'],
  ['Jul  1 12:00:00', 'Europe/Berlin', '2026-07-01T12:00:00Z', '2026-07-01T10:00:00.000Z'],
  ['Jan 10 12:00:00', 'Europe/Berlin', '2026-01-11T12:00:00Z', '2026-01-10T11:00:00.000Z'],
  ['Jan 10 12:00:00', 'Asia/Kathmandu', '2026-01-11T12:00:00Z', '2026-01-10T06:15:00.000Z'],
  // Spring: 02:30 does not exist on 29 March 2026 in Berlin.
  ['Mar 29 01:59:59', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-29T00:59:59.000Z'],
  ['Mar 29 02:30:00', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-29T01:30:00.000Z'],
  ['Mar 29 03:00:00', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-29T01:00:00.000Z'],
  // Autumn: 02:30 exists twice on 25 October 2026; which one is told by when the line arrived.
  ['Oct 25 02:30:00', 'Europe/Berlin', '2026-10-25T00:30:01Z', '2026-10-25T00:30:00.000Z'],
  ['Oct 25 02:30:00', 'Europe/Berlin', '2026-10-25T01:29:58Z', '2026-10-25T01:29:58.000Z'],
  ['Oct 25 02:30:00', 'Europe/Berlin', '2026-10-26T00:00:00Z', '2026-10-25T01:30:00.000Z'],
  ['Nov  1 01:30:00', 'America/New_York', '2026-11-01T05:30:01Z', '2026-11-01T05:30:00.000Z'],
  ['Nov  1 01:30:00', 'America/New_York', '2026-11-01T06:30:01Z', '2026-11-01T06:30:00.000Z'],
  ['Feb 30 10:00:00', 'UTC', '2026-03-01T00:00:00Z', 'none'],
  ['Feb  0 10:00:00', 'UTC', '2026-03-01T00:00:00Z', 'none'],
  ['Fxb  2 10:00:00', 'UTC', '2026-03-01T00:00:00Z', 'none'],
  ['Feb  2 24:00:00', 'UTC', '2026-03-01T00:00:00Z', 'none'],
  ['Feb  2 10:00', 'UTC', '2026-03-01T00:00:00Z', 'none'],
];

test('syslog stamps: the year nearest to when the line arrived, the zone of the sender', () => {
  for (const [stamp, zone, received, time] of SYSLOG) {
    const read = readSyslogStamp(stamp, 0, clock(zone, received));
    assert.equal(shown(read?.time), time, `${stamp} ${zone} ${received}`);
    if (read !== undefined) assert.equal(read.end, stamp.length);
  }
});

const ISO: readonly (readonly [stamp: string, time: string])[] = [
  ['2025-11-30T11:25:10Z', '2025-11-30T11:25:10.000Z'],
  ['2025-11-30T11:25:10.123456+01:00', '2025-11-30T10:25:10.123Z'],
  ['2025-11-30T11:25:10,999999-0330', '2025-11-30T14:55:10.999Z'],
  ['2025-11-30T11:25:10+01', '2025-11-30T10:25:10.000Z'],
  ['2025-11-30 11:25:10', '2025-11-30T10:25:10.000Z'],
  ['1986-04-26T01:23:45.101+0400', '1986-04-25T21:23:45.101Z'],
  ['2025-02-29T11:25:10Z', 'none'],
  ['2025-13-01T11:25:10Z', 'none'],
  ['2025-11-30x11:25:10Z', 'none'],
  ['2025-11-30T11:25', 'none'],
];

test('ISO stamps: any offset, or the sender’s zone', () => {
  for (const [stamp, time] of ISO) {
    const read = readIsoStamp(stamp, 0, clock('Europe/Berlin', '2025-12-01T00:00:00Z'));
    assert.equal(shown(read?.time), time, stamp);
    if (read !== undefined) assert.equal(read.end, stamp.length, stamp);
  }
});

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Africa/Casablanca',
  'UTC',
  '-02:00',
];

test('a time written in a zone is read back as itself, the doubled hour as one of its two', () => {
  const years = { min: new Date('1990-01-01'), max: new Date('2037-01-01'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(years), fc.constantFrom(...ZONES), (date, name) => {
      const zone = zoneOf(name);
      assert.ok(zone);
      const utc = date.getTime();
      const local = utc + zone.offsetAt(utc);
      const back = zone.toUtc(local, utc);
      assert.equal(back + zone.offsetAt(back), local, 'it shows the same wall clock');
      assert.ok(Math.abs(back - utc) <= 3_600_000);
    }),
    { seed: 1, numRuns: 3000 },
  );
});

test('a yearless stamp of the last 363 days gets its year back', () => {
  const days = { min: new Date('2021-01-01'), max: new Date('2030-01-01'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(days), fc.nat(363 * 86_400), (date, secondsAgo) => {
      const received = date.getTime();
      const written = Math.floor(received / 1000) * 1000 - secondsAgo * 1000;
      const [, day = '', month = '', , time = ''] = new Date(written).toUTCString().split(' ');
      const zone = zoneOf('UTC');
      assert.ok(zone);
      const read = readSyslogStamp(`${month} ${day} ${time}`, 0, { zone, received });
      assert.equal(shown(read?.time), shown(written));
    }),
    { seed: 1, numRuns: 3000 },
  );
});

test('a zone that nobody knows is undefined', () => {
  assert.equal(zoneOf('Mars/Olympus'), undefined);
  assert.equal(zoneOf(''), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closed, type Ending, opened, refused, said, type Visit, type VisitRecord } from './visit-record.ts';

const visit: Visit = {
  session: 'abc-1',
  source: { ip: '203.0.113.7', port: 40001 },
  destination: { ip: '192.0.2.10', port: 2323 },
};
const at = Date.UTC(2026, 4, 6, 7, 8, 9);
const stay = (ending: Ending, received: number): VisitRecord =>
  closed(at, visit, { ending, duration: 1540, received, sent: 80, attempts: 1 });

const cases: readonly (readonly [VisitRecord, string])[] = [
  [opened(at, visit), '203.0.113.7 connected to the Telnet honeypot'],
  [
    said(at, visit, { kind: 'attempt', user: 'root', password: 'vizxv', cut: false }),
    '203.0.113.7 tried root with vizxv over Telnet',
  ],
  [
    said(at, visit, { kind: 'attempt', user: 'root', password: '', cut: false }),
    '203.0.113.7 tried root with an empty password over Telnet',
  ],
  [said(at, visit, { kind: 'input', text: 'adm', cut: false, protocol: undefined }), '203.0.113.7 typed adm'],
  [
    said(at, visit, { kind: 'input', text: 'GET /', cut: false, protocol: 'http' }),
    '203.0.113.7 spoke HTTP to the Telnet honeypot: GET /',
  ],
  [stay('left', 13), '203.0.113.7 left after 1.5 s'],
  [stay('left', 0), '203.0.113.7 left after 1.5 s without a word'],
  [stay('attempts', 13), '203.0.113.7 was sent away after too many attempts after 1.5 s'],
  [
    refused(at, { count: 9, reasons: { total: 0, address: 9, busy: 0 }, addresses: ['203.0.113.7'] }),
    'The Telnet honeypot refused 9 connections from 203.0.113.7: too many at once',
  ],
  [
    refused(at, { count: 1, reasons: { total: 1, address: 0, busy: 0 }, addresses: ['203.0.113.7', '203.0.113.8'] }),
    'The Telnet honeypot refused 1 connection from several addresses: too many at once',
  ],
];

for (const [record, message] of cases) {
  test(`visit record: ${message}`, () => {
    assert.equal(record['message'], message);
    assert.equal(record['@timestamp'], '2026-05-06T07:08:09.000Z');
    assert.equal(record['event.dataset'], 'porchlight.honeypot');
  });
}

test('visit record: a duration is in nanoseconds, a cut is said, one address is a source', () => {
  assert.equal(stay('left', 1)['event.duration'], 1_540_000_000);
  assert.equal(
    said(at, visit, { kind: 'attempt', user: 'a', password: 'b', cut: true })['porchlight.honeypot.cut'],
    true,
  );
  const sum = { count: 9, reasons: { total: 0, address: 9, busy: 0 }, addresses: ['203.0.113.7'] };
  assert.equal(refused(at, sum)['source.ip'], '203.0.113.7');
});

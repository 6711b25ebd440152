import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalize } from '../index.ts';

const received = Date.UTC(2026, 2, 1, 12);
const context = { timezone: 'Europe/Berlin', count: () => undefined };

function reader(type: string, id = type): (text: string) => ReturnType<typeof normalize> {
  const source = { id, agent: 'local', host: 'web', type };
  return (text) => normalize({ source, received, text }, context);
}

const FIELDS =
  '#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip sc-status sc-substatus sc-win32-status cs(User-Agent)';
const ROW = '2026-02-28 10:00:06 GET /a b=c 203.0.113.7 401 1 1909 curl/8.5.0';

test('columns that the file names hold for its rows, and their times are UTC', () => {
  const read = reader('iis');
  read(FIELDS);
  const event = read(ROW);
  assert.equal(event?.['@timestamp'], Date.UTC(2026, 1, 28, 10, 0, 6));
  assert.equal(event?.['source.ip'], '203.0.113.7');
  assert.equal(event?.['url.original'], '/a');
  assert.equal(event?.['url.query'], 'b=c');
  assert.equal(event?.['event.outcome'], 'failure');
  assert.equal(event?.['event.reason'], 'account locked out');
});

test('columns of one file say nothing of another', () => {
  reader('iis', 'first')(FIELDS);
  assert.equal(reader('iis', 'second')(ROW)?.['source.ip'], undefined);
});

test('fourteen columns are told by where the client stands', () => {
  const read = reader('iis', 'fourteen');
  const seven = '2026-02-28 10:00:00 192.0.2.5 GET / - 80 - 203.0.113.7 curl 404 502 0 15';
  const six = '2026-02-28 10:00:00 W3SVC1 192.0.2.5 GET / - 80 - 203.0.113.8 curl 200 0 0';
  assert.equal(read(seven)?.['source.ip'], '203.0.113.7');
  assert.equal(read(six)?.['source.ip'], '203.0.113.8');
});

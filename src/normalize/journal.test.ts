import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalize } from './index.ts';

const received = Date.UTC(2026, 2, 1, 12);
const ADDRESS = { __CURSOR: 's=1', __REALTIME_TIMESTAMP: '1772352000000000' };

function read(entry: Readonly<Record<string, unknown>>, type?: string) {
  const counted: string[] = [];
  const source = { id: 'test', agent: 'local', host: 'nas', ...(type === undefined ? {} : { type }) };
  const record = { source, received, text: JSON.stringify({ ...ADDRESS, ...entry }) };
  const event = normalize(record, { timezone: 'UTC', count: (reason) => counted.push(reason) });
  assert.ok(event);
  return { event, counted };
}

/** Entries of one message each, and the sender's user id beside what the message says. */
const users: readonly (readonly [what: string, message: string, id: string | undefined])[] = [
  ['a message about nobody', 'hello', '1000'],
  ['a message about somebody', 'Failed password for root from 203.0.113.7 port 1 ssh2', undefined],
];
for (const [what, message, id] of users) {
  test(`whose id it is: ${what}`, () => {
    const { event } = read({ SYSLOG_IDENTIFIER: 'sshd', _UID: '1000', MESSAGE: message });
    assert.equal(event['user.id'], id);
    assert.equal(event['process.user.id'], '1000');
  });
}

test('a program cannot write fields of its choice', () => {
  const claims = {
    'event.action': 'x',
    'agent.id': 'y',
    'source.ip': '203.0.113.1',
    LABELS: 'z',
    HOST: 'w',
    USER: 'v',
  };
  const { event } = read({ SYSLOG_IDENTIFIER: 'app', MESSAGE: '{"event.action":"x"}', ...claims });
  assert.equal(event['agent.id'], 'local');
  assert.equal(event['host.name'], 'nas');
  for (const field of ['event.action', 'source.ip', 'user.name', 'LABELS'])
    assert.equal(event[field], undefined, field);
});

test('the honeypot is not mistaken for a journal', () => {
  const { event } = read({ MESSAGE: 'hello', message: 'visit' }, 'honeypot');
  assert.equal(event['message'], 'visit');
});

test('more fields than a record may have are left out and counted', () => {
  const many = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`F${i}`, 'x']));
  const { event, counted } = read({ MESSAGE: 'm', ...many });
  assert.deepEqual(counted, ['too_many_fields']);
  assert.ok(Object.keys(event).length < 1100);
});

test('no entry makes it throw, and every event holds what the rest relies on', () => {
  const names =
    'MESSAGE PRIORITY SYSLOG_IDENTIFIER SYSLOG_PID _PID _HOSTNAME _UID _COMM CODE_LINE TAG __proto__ constructor';
  const program = fc.constantFrom('sshd', 'sudo', 'su', 'CRON', 'app');
  const value = fc.oneof(program, fc.string(), fc.array(fc.nat(300)), fc.jsonValue());
  const entry = fc.dictionary(fc.constantFrom(...names.split(' ')), value);
  const law = fc.property(entry, fc.constantFrom('__REALTIME_TIMESTAMP', 'X'), fc.string(), (fields, name, text) => {
    const { event } = read({ ...fields, [name]: text });
    for (const field of ['message', 'host.name', 'event.dataset']) assert.equal(typeof event[field], 'string', field);
    for (const [field, item] of Object.entries(event)) {
      assert.notEqual(item, undefined, field);
      assert.ok(item === null || typeof item !== 'object' || Array.isArray(item), field);
    }
    const own =
      /^(@timestamp|agent|container|error|event|host|journald|labels|log|message|porchlight|process|source|system|systemd|user|group|related)\b/;
    for (const field of Object.keys(event)) assert.match(field, own);
  });
  fc.assert(law, { seed: 1, numRuns: 2000 });
});

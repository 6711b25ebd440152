import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginQuery, loginsFromEvents } from './login.ts';

const login = (outcome: string, user = 'backup') => ({
  '@timestamp': '2026-03-01T12:00:00.000Z',
  'event.category': ['authentication'],
  'event.outcome': outcome,
  'user.name': user,
  'source.ip': '203.0.113.7',
});

test('logins from the log: those that succeeded, with a name', () => {
  const session = { ...login('success'), 'event.category': ['session'] };
  assert.deepEqual(loginsFromEvents([login('failure'), login('success'), login('success', ''), session]), [
    { user: 'backup', from: '203.0.113.7', at: Date.UTC(2026, 2, 1, 12), until: undefined },
  ]);
});

test('a host name with blanks and quotes is one value', () => {
  assert.match(loginQuery('my "nas"'), / host\.name:"my \\"nas\\""$/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authSentence, loginEnd } from './machine.ts';

const auth = { lines: 300, failed: 0, failedBy: [], sudo: 0 };
test('authentication is one or two sentences', () => {
  assert.equal(authSentence({ ...auth, lines: 0 }), 'No authentication line was seen yet.');
  assert.equal(authSentence(auth), 'No failed login in the last 300 authentication lines.');
  assert.equal(
    authSentence({ ...auth, lines: 1, failed: 1, sudo: 1 }),
    '1 failed login in the one authentication line seen. sudo was used once.',
  );
  assert.equal(
    authSentence({ ...auth, failed: 212, sudo: 4 }),
    '212 failed logins in the last 300 authentication lines. sudo was used 4 times.',
  );
});

test('a login lasts or lasted', () => {
  assert.equal(loginEnd({ at: 0, until: null }), 'still in');
  assert.equal(loginEnd({ at: 0, until: 3_900_000 }), '1 h 5 min');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldValue, WireEvent } from '#contract';
import { authLines } from './auth-line.ts';
import { plainAlert } from './state.fixture.ts';

let made = 0;
const event = (fields: Record<string, FieldValue>): WireEvent => ({
  '@timestamp': '2025-11-30T20:00:00.000Z',
  'event.id': `1-${made++}`,
  'process.name': 'sshd',
  ...fields,
});
const login = (outcome: string, user = 'backup'): WireEvent =>
  event({
    'event.category': ['authentication'],
    'event.outcome': outcome,
    'user.name': user,
    'source.ip': '203.0.113.7',
  });

const SAID: readonly (readonly [name: string, event: WireEvent, said: string])[] = [
  ['refused', login('failure'), 'backup refused from 203.0.113.7'],
  ['let in', login('success'), 'backup let in from 203.0.113.7'],
  [
    'sudo',
    event({
      'event.category': 'process',
      'event.action': 'sudo_command',
      'user.name': 'anna',
      'process.command_line': 'apt',
    }),
    'anna ran apt',
  ],
  [
    'a session',
    event({ 'event.category': ['session'], 'event.action': 'session_closed', 'user.name': 'anna' }),
    'session of anna closed',
  ],
  [
    'no user: the log’s own words',
    event({ 'event.category': ['authentication'], message: 'too many failures' }),
    'too many failures',
  ],
  [
    'iam: the log’s own words',
    event({ 'event.category': ['iam'], 'user.name': 'x', message: 'new user: x' }),
    'new user: x',
  ],
];
for (const [name, one, said] of SAID)
  test(`auth line: ${name}`, () => assert.equal(authLines([one], [])[0]?.sentence, said));

test('what happens again at once is told once, with how often', () => {
  const lines = authLines([login('failure'), login('failure'), login('failure', 'root'), login('failure')], []);
  assert.deepEqual(
    lines.map(({ sentence }) => sentence),
    ['backup refused 2 times from 203.0.113.7', 'root refused from 203.0.113.7', 'backup refused from 203.0.113.7'],
  );
});

test('connections say nothing about who got in', () => {
  assert.deepEqual(
    authLines([event({ 'event.category': ['network'], 'user.name': 'x' }), event({ message: 'x' })], []),
    [],
  );
});

test('an event that is evidence of an alert has its level, the worst of several', () => {
  const one = login('failure');
  const low = { ...plainAlert('1', 'low'), evidence: [structuredClone(one) as never] };
  const high = { ...plainAlert('2', 'high'), evidence: [structuredClone(one) as never] };
  assert.equal(authLines([one, login('success')], [low, high])[0]?.level, 'high');
  assert.equal(authLines([login('success')], [low, high])[0]?.level, undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, type FieldValue, newFields } from '#contract';
import { authWindow } from './auth-window.ts';

function event(fields: Readonly<Record<string, FieldValue>>): Event {
  return Object.assign(newFields(), { '@timestamp': 0, 'event.ingested': 0, 'host.name': 'nas' }, fields);
}

const AUTH = { 'event.dataset': 'system.auth' };
const FAILED = { ...AUTH, 'event.category': ['authentication'], 'event.outcome': 'failure', 'process.name': 'sshd' };
const SSH = { ...FAILED, 'event.action': 'ssh_login', 'system.auth.ssh.event': 'Failed', 'source.ip': '203.0.113.7' };

const ROWS: readonly (readonly [what: string, fields: Record<string, FieldValue>, lines: 0 | 1, failed: number])[] = [
  ['a wrong password', { ...SSH, 'system.auth.ssh.method': 'password' }, 1, 1],
  ['a line that stands for six', { ...SSH, 'porchlight.repeat': 6 }, 1, 6],
  ['a count that is none', { ...SSH, 'porchlight.repeat': 'many' }, 1, 1],
  ['a count below one', { ...SSH, 'porchlight.repeat': -3 }, 1, 1],
  ['a count beyond belief', { ...SSH, 'porchlight.repeat': 1e15 }, 1, 10_000],
  ['the user is announced as unknown', { ...SSH, 'system.auth.ssh.event': 'Invalid' }, 1, 0],
  ['a key that did not fit', { ...SSH, 'system.auth.ssh.method': 'publickey' }, 1, 0],
  ['what a client asks first', { ...SSH, 'system.auth.ssh.method': 'none' }, 1, 0],
  ['PAM beside sshd', { ...FAILED, 'event.action': 'pam_authentication' }, 1, 0],
  ['PAM at the console', { ...FAILED, 'event.action': 'pam_authentication', 'process.name': 'login' }, 1, 1],
  ['locked out', { ...FAILED, 'event.action': 'account_locked' }, 1, 0],
  ['sudo, wrong password', { ...FAILED, 'event.action': 'sudo_authentication', 'process.name': 'sudo' }, 1, 1],
  ['sudo -n in a script', { ...FAILED, 'event.reason': 'a password is required' }, 1, 0],
  ['may not use sudo', { ...AUTH, 'event.category': ['process'], 'event.outcome': 'failure' }, 1, 0],
  ['let in', { ...SSH, 'event.outcome': 'success' }, 1, 0],
  ['a session of cron', { ...AUTH, 'event.category': ['session'] }, 1, 0],
  ['an application of their own', { 'event.category': 'authentication', 'event.outcome': 'failure' }, 1, 1],
  ['a web server', { 'event.category': ['web'], 'event.outcome': 'failure', 'event.dataset': 'nginx.access' }, 0, 0],
  ['the honeypot', { ...SSH, 'event.dataset': 'porchlight.honeypot' }, 0, 0],
];

for (const [what, fields, lines, failed] of ROWS) {
  test(`authWindow: ${what}`, () => {
    const window = authWindow();
    window.take(event(fields));
    const summary = window.summary('nas');
    assert.deepEqual([summary.lines, summary.failed], [lines, failed]);
    const address = fields['source.ip'];
    assert.deepEqual(summary.failedBy, failed > 0 && address !== undefined ? [{ address, count: failed }] : []);
  });
}

test('sudo is counted where it was allowed; each host has its own lines', () => {
  const window = authWindow();
  for (let n = 0; n < 3; n++)
    window.take(event({ ...AUTH, 'event.action': 'sudo_command', 'event.outcome': 'success' }));
  window.take(event({ ...SSH, 'host.name': 'media' }));
  assert.deepEqual(window.summary('nas'), { lines: 3, failed: 0, failedBy: [], sudo: 3 });
  assert.deepEqual(window.summary('media').failed, 1);
  assert.deepEqual(window.summary('nobody'), { lines: 0, failed: 0, failedBy: [], sudo: 0 });
});

test('failedBy: at most five, most first; what is no address is left out', () => {
  const window = authWindow();
  for (let n = 1; n <= 7; n++) {
    window.take(event({ ...SSH, 'source.ip': `203.0.113.${n}`, 'porchlight.repeat': n }));
  }
  window.take(event({ ...SSH, 'source.ip': 'x'.repeat(101), 'porchlight.repeat': 99 }));
  const { failed, failedBy } = window.summary('nas');
  assert.equal(failed, 28 + 99);
  assert.deepEqual(
    failedBy.map(({ address, count }) => `${address} ${count}`),
    [7, 6, 5, 4, 3].map((n) => `203.0.113.${n} ${n}`),
  );
});

test('host names that are made up do not fill the memory, and a host that speaks is kept', () => {
  const window = authWindow();
  window.take(event(SSH));
  for (let n = 0; n < 2000; n++) {
    window.take(event({ ...SSH, 'host.name': `host-${n}` }));
    if (n % 400 === 0) window.take(event(SSH));
  }
  assert.equal(window.summary('nas').lines, 6);
  assert.equal(window.summary('host-1500').lines, 0);
  assert.equal(window.summary('host-1999').lines, 1);
});

test('law: a window says what a list of the last lines says', () => {
  const line = fc.record({ failed: fc.boolean(), from: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (lines, size) => {
      const window = authWindow(size);
      for (const { failed, from } of lines) {
        window.take(event({ ...SSH, 'event.outcome': failed ? 'failure' : 'success', 'source.ip': `192.0.2.${from}` }));
      }
      const last = lines.slice(-size);
      const summary = window.summary('nas');
      assert.equal(summary.lines, last.length);
      assert.equal(summary.failed, last.filter(({ failed }) => failed).length);
      for (const { address, count } of summary.failedBy) {
        assert.equal(count, last.filter(({ failed, from }) => failed && address === `192.0.2.${from}`).length);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError } from '#contract';
import { readAgentSettings } from './settings.ts';

const read = (text: string, environment: NodeJS.ProcessEnv = {}) =>
  readAgentSettings({ path: '/etc/agent.yaml', text }, environment);

test('the YAML that people have works unchanged', () => {
  const settings = read(`
api_url: http://localhost:5000/api/logs
interval: 5
log_candidates:
  - /var/log/auth.log
  - /var/log/syslog
windows_log: Security
retry_attempts: 3
retry_delay: 5
use_realtime_monitoring: true
`);
  assert.equal(settings.api_url, 'http://localhost:5000/api/logs');
  assert.deepEqual(settings.log_candidates, ['/var/log/auth.log', '/var/log/syslog']);
  assert.deepEqual(settings.windows_log, ['Security']);
  assert.deepEqual(
    [settings.interval, settings.retry_attempts, settings.retry_delay, settings.use_realtime_monitoring],
    [5, 3, 5, true],
  );
});

test('everything has a default: no file, an empty one, keys without a value', () => {
  const standard = readAgentSettings(undefined, {});
  assert.deepEqual(read(''), standard);
  assert.deepEqual(read('# nothing\napi_url:\nspool:\n'), standard);
  assert.deepEqual(standard.spool, { max_bytes: 1024 ** 3, max_age: 30 * 86_400_000, when_full: 'wait' });
  assert.equal(standard.api_url, 'http://localhost:5000/api/logs');
});

const UNITS: readonly (readonly [text: string, bytes: number, age: number])[] = [
  ['{ max_bytes: 1048576, max_age: 60000s }', 1024 ** 2, 60_000_000],
  ['{ max_bytes: 2 MiB, max_age: 12h }', 2 * 1024 ** 2, 12 * 3_600_000],
  ['{ max_bytes: 1.5GiB, max_age: 2w }', 1.5 * 1024 ** 3, 14 * 86_400_000],
  ['{ max_bytes: 5 MB, max_age: 90 min }', 5e6, 90 * 60_000],
];
for (const [text, bytes, age] of UNITS) {
  test(`spool: ${text}`, () => {
    const { max_bytes, max_age } = read(`spool: ${text}`).spool;
    assert.deepEqual([max_bytes, max_age], [bytes, age]);
  });
}

const FAULTS: readonly (readonly [text: string, says: RegExp])[] = [
  [
    'log_candidate: [/a]',
    /^\/etc\/agent\.yaml:1: unknown key "log_candidate"\. Did you mean "log_candidates"\?\n {4}log_candidate/,
  ],
  ['interval: 5\nspool:\n  max_byte: 1 GiB', /:3: unknown key "max_byte"\. Did you mean "max_bytes"\?/],
  ['frobnicate: 1', /:1: unknown key "frobnicate"\n/],
  ['interval: soon', /:1: interval: wants a number from 1 to 86400/],
  ['\n\nretry_delay: 0', /:3: retry_delay: wants a number/],
  ['api_url: localhost:5000', /:1: api_url: wants an address that begins with http/],
  ['spool: 1 GiB', /:1: spool: wants keys of its own/],
  ['spool: { max_bytes: 10 KiB }', /:1: spool\.max_bytes: wants a size/],
  ['spool: { when_full: panic }', /when_full: wants one of wait, drop_oldest/],
  ['log_candidates: 7', /log_candidates: wants a list/],
  ['use_realtime_monitoring: maybe', /wants true or false/],
  ['timezone: Mars/Olympus', /wants a time zone/],
  ['- a list', /:1: settings are keys/],
  ['api_url: [http://a', /:1: |:2: /],
  ['api_url: http://${NOWHERE}/', /NOWHERE is not set/],
];
for (const [text, says] of FAULTS) {
  test(`refused: ${text.trim().split('\n').at(-1)}`, () => {
    assert.throws(
      () => read(text),
      (error) => error instanceof CodedError && error.code === 'CONFIG' && says.test(error.detail),
    );
  });
}

/**
 * Real lines of many applications, each with what a good parser reads from it.
 *
 * Envelopes are read for every program. What a message says is read for the programs in `PARSED`; a program joins the
 * list in the commit that brings its parser.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalize } from '#normalize';
import { needsCorpus, read } from './corpus.ts';

const PARSED = new Set([
  'sshd',
  'sshd-session',
  'sudo',
  'su',
  'useradd',
  'usermod',
  'userdel',
  'groupadd',
  'passwd',
  'cron',
  'dropbear',
  'pam',
]);
/** A declared type that names a program stands for its tag, which such lines lack. */
const TYPES = new Set(['syslog', ...PARSED]);
const MESSAGE_KEYS = ['source.ip', 'user.name'];
const ENVELOPE_KEYS = ['process.name', 'process.pid', 'host.name'];

/** Lines whose expected process is not the one in their envelope: it is read from the message, by parsers to come. */
const FROM_MESSAGE = new Set(['pfsense-rfc5424-nginx#0', 'segfault-logs#0']);

interface Row {
  readonly case: string;
  readonly type: string;
  readonly line: string;
  readonly expect: Readonly<Record<string, string>>;
}

function rows(): Row[] {
  const lines = read('normalize', 'services.jsonl').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
}

function differences(row: Row, keys: readonly string[]): string[] {
  const source = { id: 'corpus', agent: 'local', host: 'reader', type: row.type };
  const record = { source, received: Date.UTC(2026, 5, 1), text: row.line };
  const event = normalize(record, { timezone: 'UTC', count: (reason) => assert.fail(`${row.case}: ${reason}`) });
  assert.ok(event, row.case);
  return keys
    .filter((key) => row.expect[key] !== undefined && String(event[key]) !== row.expect[key])
    .map((key) => `${row.case} ${key}: ours ${String(event[key])}, theirs ${row.expect[key]}\n  ${row.line}`);
}

test('programs with a parser: user, address, process', needsCorpus, (t) => {
  const inScope = rows().filter((row) => TYPES.has(row.type) && PARSED.has(row.expect['process.name'] ?? ''));
  assert.ok(inScope.length >= 20, `${inScope.length} rows in scope`);
  assert.deepEqual(
    inScope.flatMap((row) => differences(row, [...MESSAGE_KEYS, ...ENVELOPE_KEYS])),
    [],
  );
  t.diagnostic(
    `${inScope.length} lines of ${[...new Set(inScope.map((row) => row.expect['process.name']))].join(', ')}`,
  );
});

test('every program that writes syslog: host, process and pid', needsCorpus, (t) => {
  const syslog = rows().filter((row) => row.type === 'syslog' && !FROM_MESSAGE.has(row.case));
  assert.ok(syslog.length >= 100, `${syslog.length} rows of syslog`);
  assert.deepEqual(
    syslog.flatMap((row) => differences(row, ENVELOPE_KEYS)),
    [],
  );
  t.diagnostic(`${syslog.length} lines`);
});

test('every line of every application becomes an event with its text', needsCorpus, (t) => {
  const all = rows();
  for (const row of all) assert.deepEqual(differences(row, []), []);
  t.diagnostic(`${all.length} lines`);
});

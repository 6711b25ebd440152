/** What holds for every text and every object, and what no text may cost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RawRecord, SourceTag } from '#contract';
import { normalize, PARSERS } from './index.ts';
import type { Line } from './parsers/parser.ts';
import { UTC_CLOCK } from './zone.ts';

const received = Date.UTC(2026, 2, 1, 12);
const source: SourceTag = { id: 'test', agent: 'local', host: 'nas' };
const TEN_YEARS_AND_A_BIT = 11 * 366 * 86_400_000;

const run = (record: Partial<RawRecord>, tag: Partial<SourceTag> = {}) =>
  normalize(
    { source: { ...source, ...tag }, received, text: '', ...record },
    { timezone: 'Europe/Berlin', count: () => undefined },
  );

/** What parsers look for, so that chance gets far into them; `¦` parts the pieces. */
const PIECES = [
  'Feb 28 09:15:02 ¦2026-02-28T09:00:00Z ¦2026/02/28 09:00:00 [error] ¦<34>1 ¦<34>¦stdout F ¦CEF:0|¦type=EXECVE msg=audit(1.123:4): ¦nas ¦sshd[1]: ¦sudo: ¦su: ¦useradd[1]: ¦cron: ¦{"¦":¦}¦__proto__',
  'Failed ¦Accepted ¦password for ¦invalid user ¦ from ¦203.0.113.7¦ port ¦22¦ ssh2¦ [preauth]¦Disconnecting ¦User ',
  'Too many authentication failures¦message repeated 3 times: [ ¦]¦[¦(¦)¦pam_unix(sshd:auth): ¦PAM 2 more ',
  'authentication failure; ¦ rhost=¦ user=¦ : ¦ ; ¦TTY=¦COMMAND=¦new user: name=¦, UID=¦"¦\\¦="¦- ¦: ¦ ¦\n¦\0¦\u001b[2J¦\ud800',
].flatMap((line) => line.split('¦'));

const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 6 }));
const text = fc.oneof(
  fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
  fc.json(),
);

/** What the rest of the pipeline relies on. */
function holds(record: Partial<RawRecord>, tag: Partial<SourceTag>): void {
  const event = run(record, tag);
  if (event === undefined) {
    assert.equal(record.text?.trim(), '');
    return;
  }
  assert.ok(Math.abs(event['@timestamp'] - received) < TEN_YEARS_AND_A_BIT);
  assert.equal(event['event.ingested'], received);
  assert.equal(event['agent.id'], 'local');
  for (const field of ['message', 'host.name', 'event.dataset']) assert.equal(typeof event[field], 'string', field);
  for (const field of ['event.category', 'event.type']) assert.equal(typeof (event[field] ?? null), 'object', field);
  // A record is told by its fields; of any other line each character is kept.
  const { text: line } = record;
  if (line !== undefined && !line.startsWith('{')) assert.equal(event['event.original'] ?? event['message'], line);
  for (const value of Object.values(event)) {
    assert.ok(value === null || typeof value !== 'object' || Array.isArray(value), 'one level');
  }
}

test('no line makes it throw, and every event holds what the rest relies on', () => {
  const type = fc.constantFrom(
    undefined,
    'syslog',
    'json',
    'honeypot',
    'sshd',
    'sudo',
    'cron',
    'auditd',
    'kernel',
    'access',
  );
  fc.assert(
    fc.property(text, type, (line, name) => holds({ text: line }, name === undefined ? {} : { type: name })),
    { seed: 1, numRuns: 5000 },
  );
});

test('no object makes it throw, and every event holds what the rest relies on', () => {
  const names =
    'message host host.name timestamp @timestamp source level pid user ip event.category __proto__ constructor agent.id ' +
    'event.id event.ingested event.dataset program a.b';
  const value = fc.oneof(
    text,
    fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('', ...names.split(' ')), value), (fields) => holds({ fields }, {})),
    { seed: 1, numRuns: 3000 },
  );
});

test('the same record gives the same event', () => {
  fc.assert(
    fc.property(text, (line) => assert.deepEqual(run({ text: line }), run({ text: line }))),
    { seed: 1, numRuns: 1000 },
  );
});

/** Each would take hours in an engine that tries every split; the test ends because none does. */
const line: Line = {
  program: undefined,
  pid: undefined,
  host: undefined,
  time: undefined,
  message: '',
  clock: UTC_CLOCK,
  memory: { source: 'test' },
};
const HUGE = 300_000;
const PROVOCATIONS = [
  `sshd: Failed password for invalid user ${' from x port '.repeat(HUGE / 10)}`,
  `sshd: Disconnecting ${'Too many authentication failures for '.repeat(HUGE / 30)}\n`,
  `sshd: Disconnecting ${'a port 1: '.repeat(HUGE / 10)}`,
  `sshd: Connection closed by invalid user ${'a port 1 '.repeat(HUGE / 10)}x`,
  `sshd: reverse mapping checking ${'['.repeat(HUGE)}`,
  `sshd: drop connection ${'from ['.repeat(HUGE / 6)}`,
  `sshd: pam_unix(sshd:auth): authentication failure; ${' ruser=a rhost='.repeat(HUGE / 10)}`,
  `sudo: x : ${'TTY= ; '.repeat(HUGE / 7)}`,
  `sudo: ${' '.repeat(HUGE)}`,
  `sudo: ${'message repeated 3 times: [ '.repeat(HUGE / 28)}`,
  `su: ${'a to '.repeat(HUGE / 5)}`,
  `useradd: new user: name=${','.repeat(HUGE)}`,
  `cron: (${'('.repeat(HUGE)}`,
  `[${'a '.repeat(HUGE)}`,
  `${' '.repeat(HUGE)}x`,
];

test('no text takes more than one look', () => {
  for (const body of PROVOCATIONS) {
    const message = body.slice(body.indexOf(': ') + 2);
    assert.ok(run({ text: `Feb 28 09:15:02 nas ${body}` }));
    assert.ok(run({ text: `<34>1 2026-02-28T09:00:00Z nas ${body.replace(':', ' - - -')}` }));
    assert.ok(run({ fields: { message } }));
    for (const parser of PARSERS) parser.parse?.(message, line);
  }
});

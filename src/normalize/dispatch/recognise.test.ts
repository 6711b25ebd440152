/** Which evidence wins, through the room's door. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SourceTag } from '#contract';
import { explain } from '../index.ts';

const context = { timezone: 'UTC', count: () => undefined };
const FAILED = 'Failed password for root from 203.0.113.7 port 40022 ssh2';
const ACCESS = '203.0.113.7 - - [28/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5.0"';
const AUDIT = 'type=SYSCALL msg=audit(1772265600.123:1): arch=c000003e syscall=59 pid=7 comm="id" exe="/usr/bin/id"';

interface Row {
  readonly text: string;
  readonly tag?: Partial<SourceTag>;
  readonly parser: string;
  readonly evidence: string;
  readonly process?: string;
}

const ROWS: readonly Row[] = [
  { text: `Feb 28 10:00:00 nas sshd[1]: ${FAILED}`, parser: 'sshd', evidence: 'program', process: 'sshd' },
  { text: `Feb 28 10:00:00 nas sshd[1]: ${FAILED}`, tag: { type: 'cron' }, parser: 'sshd', evidence: 'program' },
  { text: FAILED, tag: { type: 'sshd' }, parser: 'sshd', evidence: 'type', process: 'sshd' },
  { text: FAILED, parser: 'sshd', evidence: 'text', process: 'sshd' },
  { text: `Feb 28 10:00:00 nas app[1]: ${FAILED}`, parser: 'generic', evidence: 'none', process: 'app' },
  { text: `Feb 28 10:00:00 nas sshd[1]: ${ACCESS}`, parser: 'sshd', evidence: 'program' },
  { text: ACCESS, parser: 'access-log', evidence: 'text' },
  { text: ACCESS, tag: { path: '/var/log/x/access.log' }, parser: 'access-log', evidence: 'path' },
  { text: ACCESS, tag: { type: 'My Web Server' }, parser: 'access-log', evidence: 'text', process: 'My Web Server' },
  { text: ACCESS, tag: { type: 'syslog' }, parser: 'access-log', evidence: 'text' },
  { text: ACCESS, tag: { type: 'cron' }, parser: 'access-log', evidence: 'text', process: 'cron' },
  { text: AUDIT, tag: { path: '/var/log/audit/audit.log' }, parser: 'auditd', evidence: 'path', process: 'id' },
  { text: AUDIT, parser: 'auditd', evidence: 'text', process: 'id' },
  { text: 'who knows', tag: { type: 'cron' }, parser: 'cron', evidence: 'type', process: 'cron' },
  { text: 'who knows', tag: { type: 'Own App' }, parser: 'generic', evidence: 'none', process: 'Own App' },
  { text: 'who knows', parser: 'generic', evidence: 'none' },
];

test('the strongest evidence wins', () => {
  for (const { text, tag, parser, evidence, process } of ROWS) {
    const source = { id: 'test', agent: 'local', host: 'nas', ...tag };
    const explained = explain({ source, received: Date.UTC(2026, 2, 1), text }, context);
    const about = `${JSON.stringify(tag)} ${text}`;
    assert.equal(explained?.parser, parser, about);
    assert.equal(explained.evidence, evidence, about);
    assert.equal(explained.event['process.name'], process ?? explained.event['process.name'], about);
  }
});

test('explain names who was considered, and the first thing that ruled each out', () => {
  const source = { id: 'test', agent: 'local', host: 'nas' };
  const of = (text: string): readonly string[] =>
    explain({ source, received: 0, text }, context)?.considered.map((one) => `${one.parser}: ${one.reason}`) ?? [];
  assert.deepEqual(of(`Feb 28 10:00:00 nas app[1]: ${FAILED}`), ['sshd: writes under its own name, never as app']);
  assert.deepEqual(of('say: Failed from here port 1 ssh2'), ['sshd: does not begin with "Failed "']);
  assert.deepEqual(of('Invalid user x from y port z'), ['sshd: is not shaped as / from \\S+ port \\d{1,5}$/']);
  assert.deepEqual(of('Feb 28 10:00:00 nas cron[1]: something'), ['cron: knows no such message']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, RuleDocument } from '#contract';
import { understanding } from '../pipeline/understand.ts';
import { inspector } from './inspect.ts';
import { understood } from './understood.ts';

type Tree = Readonly<Record<string, unknown>>;

const understand = understanding({ timezone: 'UTC', historic: true, ownAddresses: [] }, () => undefined);
const source = { id: 'hunt:0', agent: 'local', host: 'here' };

function eventOf(fields: Tree): Event {
  const event = understood({ source, received: Date.UTC(2026, 1, 3), text: '', fields }, understand);
  assert.ok(event);
  return event;
}

function labelsOf(fields: Tree): string {
  const event = eventOf(fields);
  return ['product', 'category', 'service'].map((part) => String(event[`labels.${part}`] ?? '')).join('|');
}

const TOLD: readonly (readonly [labels: string, record: Tree])[] = [
  ['aws||cloudtrail', { eventSource: 'iam.amazonaws.com', eventName: 'CreateUser' }],
  ['okta||okta', { eventType: 'user.session.start', outcome: { result: 'SUCCESS' } }],
  ['okta||okta', { eventType: 'user.session.start', 'outcome.result': 'SUCCESS' }],
  ['kubernetes|application|audit', { kind: 'Event', apiVersion: 'audit.k8s.io/v1', verb: 'get' }],
  ['gcp||gcp.audit,google_workspace.admin,google_workspace.login', { protoPayload: { methodName: 'x' } }],
  ['gcp||google_workspace.login', { protoPayload: { serviceName: 'login.googleapis.com' } }],
  ['azure||auditlogs', { category: 'AuditLogs', operationName: 'Add member to role' }],
  ['azure||signinlogs', { category: 'SignInLogs', resourceId: '/tenants/1' }],
  ['azure||activitylogs', { operationName: 'MICROSOFT.COMPUTE/DISKS/WRITE', resourceId: '/subscriptions/1' }],
  ['azure||riskdetection,pim', { riskEventType: 'anonymizedIPAddress' }],
  ['bitbucket||audit', { auditType: { category: 'Users', action: 'x' } }],
  ['github||audit', { action: 'repo.destroy', actor: 'anna', org: 'home' }],
  ['m365||audit,exchange,threat_management,threat_detection', { Workload: 'Exchange', Operation: 'New-InboxRule' }],
  ['opencanary|application|opencanary', { logtype: 4002, node_id: 'canary', src_host: '203.0.113.7', dst_port: 22 }],
  ['zeek|dns|zeek,dns', { ts: 1770091506, uid: 'C1', 'id.orig_h': '192.0.2.1', 'id.resp_h': '192.0.2.2', query: 'x' }],
  ['linux||auditd', { type: 'EXECVE', a0: 'cat', a1: '/etc/shadow' }],
  ['windows|process_creation|', { Image: 'C:\\Windows\\System32\\cmd.exe', CommandLine: 'cmd' }],
  ['linux,macos|process_creation|', { Image: '/usr/bin/id', CommandLine: 'id' }],
  ['windows,linux,macos|process_creation|', { Image: 'id', CommandLine: 'id' }],
  ['windows,linux,macos|process_creation|', { CommandLine: 'id -u' }],
  ['windows|registry_delete|', { TargetObject: 'HKLM\\Software\\x', EventType: 'DeleteValue' }],
  ['windows|registry_set|', { TargetObject: 'HKLM\\Software\\x', Details: '1' }],
  ['generic|webserver|', { 'cs-uri-stem': '/', 'sc-status': 200 }],
  ['generic|proxy|', { 'c-uri': 'http://x.example/', 'cs-method': 'GET' }],
  ['generic|dns|', { query: 'x.example', record_type: 'TXT' }],
  ['generic|firewall|', { src_ip: '192.0.2.1', dst_ip: '203.0.113.7', action: 'deny' }],
  ['windows|process_creation|sysmon', { EventID: 1, Image: 'C:\\x.exe', CommandLine: 'x' }],
  ['windows|process_creation|sysmon', { EventID: 1, CommandLine: 'whoami /all' }],
  ['windows|process_creation|security', { EventID: '4688', NewProcessName: 'C:\\x.exe', SubjectUserName: 'anna' }],
  ['windows||security', { event_id: 4624, TargetUserName: 'anna', LogonType: 3 }],
  ['windows|ps_script|powershell', { EventID: 4104, ScriptBlockText: 'x' }],
  ['windows||system', { EventID: 7045, ServiceName: 'x', ImagePath: 'C:\\x.exe' }],
  // What tells nothing stays what it was.
  ['generic||generic', { level: 'info', message: 'started', action: 'start' }],
  ['generic||generic', { EventID: 1, message: 'started' }],
  ['generic||generic', { user: 'anna', action: 'repo.create' }],
];

test('a record that nobody names is told by its fields', () => {
  for (const [labels, record] of TOLD) assert.equal(labelsOf(record), labels, JSON.stringify(record));
});

test('its fields are there under their own names, those of lists of objects as lists', () => {
  const event = eventOf({
    category: 'AuditLogs',
    user: 'anna',
    targetResources: [
      { modifiedProperties: [{ newValue: 'a' }, { newValue: 'b' }] },
      { modifiedProperties: [{ newValue: 'c' }] },
    ],
  });
  assert.equal(event['user'], 'anna');
  assert.deepEqual(event['targetResources.modifiedProperties.newValue'], ['a', 'b', 'c']);
  assert.match(String(event['targetResources']), /"newValue":"b"/);
});

test('names that would change an object are only names', () => {
  const record = JSON.parse('{"category":"AuditLogs","__proto__":{"polluted":"yes"},"constructor":1}') as Tree;
  const event = eventOf(record);
  assert.equal(event['__proto__.polluted'], 'yes');
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
});

test('a rule of a cloud hits a record as the cloud exports it', () => {
  const content = {
    title: 'A rule',
    id: '00000000-0000-4000-8000-000000000001',
    logsource: { product: 'okta', service: 'okta' },
    detection: {
      selection: { eventType: 'policy.lifecycle.update', 'outcome.result': 'SUCCESS' },
      condition: 'selection',
    },
  };
  const rules: readonly RuleDocument[] = [{ file: 'a.yml', line: 1, content }];
  const { inspect } = inspector({
    rules,
    correlated: [],
    placeholders: {},
    mapping: true,
    host: 'h',
    timezone: 'UTC',
    now: 0,
  });
  const hits = (record: Tree): number => {
    const bytes = new TextEncoder().encode(JSON.stringify(record));
    return inspect({ format: 'jsonl', bytes }, { file: 0, name: 'x', modified: undefined }).found.length;
  };
  const record = { eventType: 'policy.lifecycle.update', outcome: { result: 'SUCCESS' }, actor: { id: '1' } };
  assert.equal(hits(record), 1);
  assert.equal(hits({ ...record, outcome: { result: 'FAILURE' } }), 0);
});

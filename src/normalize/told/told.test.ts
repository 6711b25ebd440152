import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, SourceTag } from '#contract';
import { normalize } from '../index.ts';

type Tree = Readonly<Record<string, unknown>>;

const context = { timezone: 'UTC', count: () => undefined };

function eventOf(fields: Tree, more: Partial<SourceTag> = {}): Event {
  const source = { id: 'http', agent: 'local', host: 'here', ...more };
  const event = normalize({ source, received: Date.UTC(2026, 1, 3), text: '', fields }, context);
  assert.ok(event);
  return event;
}

const labelsOf = (event: Event): string =>
  ['product', 'category', 'service'].map((part) => String(event[`labels.${part}`] ?? '')).join('|');

const K8S = 'kubernetes|application|audit';
const M365 = 'm365||audit,exchange,threat_management,threat_detection';
const SYSMON = { Image: 'C:\\Windows\\System32\\cmd.exe', CommandLine: 'cmd /c dir' };
const OKTA = { eventType: 'user.session.start', legacyEventType: 'core.x', actor: { id: '1' }, published: 'x' };

/** What nobody else writes. */
const SURE: readonly (readonly [labels: string, record: Tree])[] = [
  ['okta||okta', OKTA],
  [K8S, { kind: 'Event', apiVersion: 'audit.k8s.io/v1', verb: 'get' }],
  [K8S, { auditID: '1', stage: 'ResponseComplete', verb: 'get', objectRef: { resource: 'secrets' } }],
  ['gcp||google_workspace.login', { protoPayload: { serviceName: 'login.googleapis.com' } }],
  [
    'gcp||gcp.audit,google_workspace.admin,google_workspace.login',
    { protoPayload: { methodName: 'x' }, logName: 'projects/x/logs/cloudaudit.googleapis.com%2Factivity' },
  ],
  ['gcp||google_workspace.admin', { eventService: 'admin.googleapis.com', eventName: 'x' }],
  ['bitbucket||audit', { auditType: { category: 'Users', action: 'x' }, author: { name: 'anna' } }],
  ['github||audit', { action: 'repo.destroy', actor: 'anna', org: 'home', _document_id: 'x' }],
  [M365, { Workload: 'Exchange', Operation: 'New-InboxRule', RecordType: 1 }],
  [M365, { eventSource: 'SecurityComplianceCenter', eventName: 'x', status: 'success' }],
  ['onelogin||onelogin.events', { event_type_id: 72, account_id: 1, created_at: 'x' }],
  ['cisco||duo', { access_device: { ip: '192.0.2.1' }, auth_device: { name: 'x' }, txid: '1' }],
  ['azure||riskdetection,pim', { riskEventType: 'anonymizedIPAddress', riskState: 'atRisk' }],
  ['azure||auditlogs', { category: 'AuditLogs', operationName: 'Add member to role' }],
  ['azure||signinlogs', { category: 'SignInLogs', operationName: 'Sign-in activity' }],
  ['azure||activitylogs', { operationName: 'MICROSOFT.COMPUTE/DISKS/WRITE', resourceId: '/subscriptions/1/x' }],
  ['linux||auditd', { type: 'EXECVE', a0: 'cat', a1: '/etc/shadow' }],
  ['linux||auditd', { type: 'PATH', msg: 'audit(1770091506.000:1)', name: '/etc/shadow' }],
  ['windows|process_creation|', SYSMON],
  ['linux,macos|process_creation|', { Image: '/usr/bin/id', CommandLine: 'id' }],
  ['windows|process_creation|sysmon', { EventID: 1, ...SYSMON }],
  ['windows|process_creation|security', { EventID: '4688', NewProcessName: 'C:\\x.exe', SubjectUserName: 'anna' }],
  ['windows||system', { EventID: 7045, ServiceName: 'x', ImagePath: 'C:\\x.exe' }],
  ['windows|process_access|', { SourceImage: 'C:\\a\\b.exe', TargetImage: 'C:\\c.exe', GrantedAccess: '0x10' }],
  ['windows|registry_set|', { TargetObject: 'HKLM\\Software\\x', Details: '1' }],
  ['windows|ps_script|', { ScriptBlockText: 'x', ScriptBlockId: '1' }],
  ['rpc_firewall|application|', { EventLog: 'RPCFW', EventID: 3, InterfaceUuid: 'x', OpNum: 1 }],
  ['generic|antivirus|', { Signature: 'HackTool:Win32/Mimikatz.D', Filename: 'C:\\x.exe' }],
  ['generic|webserver|', { 'cs-uri-stem': '/', 'sc-status': 200 }],
  ['generic|proxy|', { 'c-uri': 'http://x.example/', 'cs-method': 'GET' }],
  ['generic|dns|', { query: 'x.example', record_type: 'TXT' }],
  ['generic|firewall|', { src_ip: '192.0.2.1', dst_ip: '203.0.113.7', dst_port: 22, action: 'deny' }],
];

for (const [labels, record] of SURE)
  test(`${labels} is told by ${Object.keys(record).join(' ')}`, () => assert.equal(labelsOf(eventOf(record)), labels));

test('as JSON in a line, too', () => {
  const source = { id: 'file', agent: 'local', host: 'here' };
  const event = normalize({ source, received: Date.UTC(2026, 1, 3), text: JSON.stringify(OKTA) }, context);
  assert.equal(event?.['labels.product'], 'okta');
});

/** What a house's own programs might post. */
const THEIRS: readonly Tree[] = [
  { level: 'info', message: 'started', action: 'start' },
  { action: 'repo.create', actor: 'anna', org: 'home' },
  { action: 'user.login', actor: 'anna', user: 'anna' },
  { eventType: 'order.created', actor: 'anna', outcome: 'ok', published: '2026-02-03' },
  { eventName: 'CreateUser', eventSource: 'billing', status: 'ok' },
  { verb: 'get', stage: 'done', requestURI: '/x' },
  { apiVersion: 'v1', kind: 'Event' },
  { protoPayload: { a: 1 } },
  { category: 'Security', operationName: 'open door', resourceId: 'door-7' },
  { category: 'AuditLogs', user: 'anna' },
  { type: 'USER', name: 'anna', key: 'x' },
  { type: 'PATH', name: '/home', unit: 'm' },
  { userPrincipalName: 'anna@example.org', appDisplayName: 'wiki' },
  { riskEventType: 'burglar' },
  { access_device: 'front door' },
  { event_type_id: 7 },
  { Workload: 'night', Operation: 'backup' },
  { Image: 'nginx:1.27', CommandLine: 'nginx -g' },
  { Image: 'avatar.png', TargetFilename: '/srv/avatar.png' },
  { CommandLine: 'make all' },
  { TargetObject: 'lamp', Details: 'on' },
  { QueryName: 'monthly' },
  { EventID: 1, message: 'started' },
  { EventID: 1, CommandLine: 'make' },
  { event_id: 4624, TargetUserName: 'anna', LogonType: 3 },
  { Signature: 'Anna', Filename: 'letter.pdf' },
  { query: 'SELECT 1', rows: 3 },
  { query: 'select a', record_type: 'invoice' },
  { src_ip: '192.0.2.1', dst_ip: '203.0.113.7', action: 'ping' },
  { ScriptBlockText: 'x' },
  { 'c-ip': '192.0.2.1', 'sc-status': 200 },
];

for (const record of THEIRS)
  test(`${JSON.stringify(record)} is nobody's but its own`, () =>
    assert.match(labelsOf(eventOf(record)), /^generic\|\|generic$/));

test('what the record says of itself wins', () => {
  const hints: readonly Tree[] = [
    { 'labels.product': 'mine' },
    { labels: { service: 'mine' } },
    { 'event.dataset': 'mine.log' },
    { ecs: { version: '8.11' } },
    { program: 'mine' },
    { service: 'mine' },
    { logger: 'mine.Main' },
  ];
  for (const hint of hints)
    assert.notEqual(eventOf({ ...OKTA, ...hint })['labels.product'], 'okta', JSON.stringify(hint));
  assert.equal(eventOf({ ...OKTA, host: 'x' })['labels.product'], 'okta');
});

test('so does what its source is declared to be, and a program in front of it', () => {
  assert.equal(eventOf(OKTA, { type: 'myapp' })['labels.product'], 'generic');
  assert.equal(eventOf({ EventID: 1, ...SYSMON }, { type: 'myapp' })['labels.product'], 'generic');
  assert.equal(eventOf(OKTA, { type: 'json' })['labels.product'], 'okta');
  assert.equal(labelsOf(eventOf({ eventType: 'x', outcome: 'y' }, { type: 'okta' })), 'okta||okta');
  assert.equal(
    labelsOf(eventOf({ EventID: 1, CommandLine: 'x' }, { type: 'sysmon' })),
    'windows|process_creation|sysmon',
  );
  const source = { id: 'file', agent: 'local', host: 'here' };
  const text = `Feb  3 04:05:06 nas myapp[1]: ${JSON.stringify(OKTA)}`;
  assert.notEqual(normalize({ source, received: Date.UTC(2026, 1, 3), text }, context)?.['labels.product'], 'okta');
});

test('a record that is told keeps its own names, and cannot speak for us', () => {
  const event = eventOf({
    ...OKTA,
    severity: 'WARN',
    event: { id: 'forged', ingested: 1 },
    agent: { id: 'forged' },
    porchlight: { x: 1 },
    target: [{ type: 'User' }, { type: 'App' }],
  });
  assert.equal(event['severity'], 'WARN');
  assert.deepEqual(event['target.type'], ['User', 'App']);
  assert.equal(event['agent.id'], 'local');
  assert.equal(event['event.id'], undefined);
  assert.equal(event['event.ingested'], Date.UTC(2026, 1, 3));
});

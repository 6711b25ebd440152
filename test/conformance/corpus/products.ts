/**
 * What is not Windows: a rule's fields → records and lines as its log source writes them, each with the fields that rules see in it.
 *
 * A record of a cloud is the rule's fields, nested where their names have dots, in what that cloud's records always have. Which fields those are
 * is in the clouds' own references. Where a log cannot hold a value (a blank in a request line), nothing is made.
 */
import type { Draft, Rule } from './synthesis.ts';
import { isTree, type RuleSource, type Tree } from './windows-source.ts';

type Value = string | number | boolean | null;
export type Seen = Readonly<Record<string, Value | readonly Value[]>>;

export interface Natural {
  /** Which way it is written. */
  readonly shape: string;
  /** One record as JSON, or lines. */
  readonly text: string;
  readonly fields: Seen;
}

const TIME = '2026-02-03T04:05:06Z';

const KUBERNETES_AUDIT = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: '1',
  stage: 'ResponseComplete',
  verb: 'get',
  requestReceivedTimestamp: TIME,
};

/** What every record of the log has; fields of rules are put over it. */
const AROUND: Readonly<Record<string, Tree>> = {
  'aws||cloudtrail': {
    eventVersion: '1.08',
    userIdentity: { type: 'IAMUser', userName: 'anna' },
    eventTime: TIME,
    eventSource: 'iam.amazonaws.com',
    eventName: 'ListUsers',
    awsRegion: 'eu-central-1',
    sourceIPAddress: '203.0.113.7',
  },
  'azure||auditlogs': {
    time: TIME,
    resourceId: '/tenants/1/providers/Microsoft.aadiam',
    category: 'AuditLogs',
    operationName: 'Update user',
    activityDisplayName: 'Update user',
  },
  'azure||activitylogs': {
    time: TIME,
    resourceId: '/SUBSCRIPTIONS/1/RESOURCEGROUPS/X',
    category: 'Administrative',
    operationName: 'MICROSOFT.X/READ',
  },
  'azure||signinlogs': {
    time: TIME,
    resourceId: '/tenants/1/providers/Microsoft.aadiam',
    category: 'SignInLogs',
    operationName: 'Sign-in activity',
  },
  'azure||riskdetection': {
    id: '1',
    riskEventType: 'generic',
    riskState: 'atRisk',
    riskLevel: 'low',
    detectedDateTime: TIME,
  },
  'azure||pim': { id: '1', riskEventType: 'generic', riskState: 'atRisk', riskLevel: 'low', detectedDateTime: TIME },
  'gcp||gcp.audit': { insertId: 'a', timestamp: TIME, logName: 'projects/x/logs/cloudaudit.googleapis.com%2Factivity' },
  'gcp||google_workspace.admin': { insertId: 'a', timestamp: TIME },
  'gcp||google_workspace.login': { insertId: 'a', timestamp: TIME },
  'okta||okta': {
    uuid: '1',
    published: TIME,
    eventType: 'user.session.start',
    version: '0',
    severity: 'INFO',
    legacyEventType: 'core.x',
    displayMessage: 'x',
    actor: { id: '1', type: 'User', alternateId: 'anna@example.org' },
    outcome: { result: 'SUCCESS' },
  },
  'github||audit': {
    '@timestamp': 1770091506000,
    _document_id: 'x',
    action: 'repo.access',
    actor: 'anna',
    org: 'home',
    created_at: 1770091506000,
  },
  'bitbucket||audit': {
    timestamp: TIME,
    author: { name: 'anna' },
    auditType: { category: 'x', action: 'y' },
    affectedObjects: [],
  },
  'm365||threat_management': { eventSource: 'SecurityComplianceCenter', eventName: 'x', status: 'success' },
  'm365||threat_detection': { eventSource: 'SecurityComplianceCenter', eventName: 'x', status: 'success' },
  'm365||exchange': { eventSource: 'Exchange', eventName: 'x', status: 'success' },
  'm365||audit': {
    CreationTime: TIME,
    Id: '1',
    Operation: 'FileAccessed',
    OrganizationId: '1',
    RecordType: 6,
    Workload: 'SharePoint',
    UserId: 'anna@example.org',
  },
  'kubernetes|application|audit': KUBERNETES_AUDIT,
  'kubernetes||audit': KUBERNETES_AUDIT,
  'onelogin||onelogin.events': { id: 1, created_at: TIME, event_type_id: 1, account_id: 1 },
  'cisco||duo': {
    timestamp: 1770091506,
    access_device: { ip: '203.0.113.7' },
    auth_device: { name: 'x' },
    factor: 'duo_push',
    event_type: 'authentication',
    reason: 'user_approved',
    txid: '1',
  },
  'opencanary|application|': {
    dst_host: '192.0.2.1',
    dst_port: 22,
    local_time: '2026-02-03 04:05:06.000001',
    logdata: {},
    logtype: 1001,
    node_id: 'canary',
    src_host: '203.0.113.7',
    src_port: 4000,
    utc_time: '2026-02-03 04:05:06.000001',
  },
  'rpc_firewall|application|': { EventLog: 'RPCFW', EventID: 3, InterfaceUuid: 'x', OpNum: 1 },
  '|antivirus|': { Signature: 'x', Filename: 'C:\\x' },
  '|dns|': { query: 'x.example', record_type: 'A' },
  '|firewall|': { src_ip: '192.0.2.1', dst_ip: '203.0.113.7', dst_port: 1, action: 'forward' },
  '|webserver|': {
    'c-ip': '203.0.113.7',
    'cs-method': 'GET',
    'cs-uri-stem': '/',
    'cs-uri-query': '-',
    'sc-status': 200,
  },
  '|proxy|': { 'c-ip': '192.0.2.1', 'c-uri': 'http://x.example/', 'cs-method': 'GET', 'cs-host': 'x.example' },
  'linux|process_creation|': { Image: '/usr/bin/true', CommandLine: 'true' },
  'linux|file_event|': { Image: '/usr/bin/true', TargetFilename: '/tmp/x' },
  'linux|network_connection|': { Image: '/usr/bin/true', DestinationIp: '203.0.113.7', Initiated: 'true' },
  'macos|process_creation|': { Image: '/usr/bin/true', CommandLine: 'true' },
  'macos|file_event|': { Image: '/usr/bin/true', TargetFilename: '/tmp/x' },
  'linux||auditd': { type: 'SYSCALL', msg: 'audit(1770091506.000:1)' },
};
const ZEEK: Tree = {
  ts: 1770091506.5,
  uid: 'CHhAvVGS1DHFjwGM9',
  'id.orig_h': '192.0.2.10',
  'id.orig_p': 50000,
  'id.resp_h': '203.0.113.7',
  'id.resp_p': 80,
};

export const keyOf = ({ product = '', category = '', service = '' }: RuleSource): string =>
  `${product}|${category}|${service}`;

type Nested = { [name: string]: unknown };

function nested(fields: Tree): Tree {
  const root: Nested = {};
  for (const [name, value] of Object.entries(fields)) {
    const parts = name.split('.');
    const last = parts.pop() ?? name;
    let at = root;
    for (const part of parts) {
      const inner = at[part];
      at = isTree(inner) ? inner : (at[part] = {});
    }
    at[last] = isTree(value) ? nested(value) : value;
  }
  return root;
}

/** Fields by names with dots. */
function flat(record: Tree, prefix = '', into: Record<string, Value | readonly Value[]> = {}): Seen {
  for (const [name, value] of Object.entries(record)) {
    if (isTree(value)) flat(value, `${prefix}${name}.`, into);
    else into[prefix + name] = value as Value | readonly Value[];
  }
  return into;
}

function overlaid(around: Tree, draft: Draft): Tree {
  const all = { ...flat(around) } as Record<string, unknown>;
  for (const [name, value] of Object.entries(draft)) {
    for (const other of Object.keys(all))
      if (other.startsWith(`${name}.`) || name.startsWith(`${other}.`)) delete all[other];
    all[name] = value;
  }
  return all;
}

/** Paths of rules that begin anywhere begin at the root. */
const rooted = (draft: Draft): Draft =>
  Object.fromEntries(
    Object.entries(draft).map(([name, value]) => [
      name,
      /Image|TargetFilename/.test(name) && typeof value === 'string' && !value.startsWith('/') ? `/${value}` : value,
    ]),
  );

function asRecord(shape: string, around: Tree, draft: Draft, nest: boolean): Natural {
  const all = overlaid(around, draft);
  const record = nest ? nested(all) : all;
  return { shape, text: JSON.stringify(record), fields: flat(record) };
}

/** A line of a daemon, or of a device, around a text. */
const LINES: Readonly<Record<string, (text: string) => string>> = {
  'linux||': (text) => `Feb  3 04:05:06 nas bash[123]: ${text}`,
  'linux||sshd': (text) => `Feb  3 04:05:06 nas sshd[123]: ${text}`,
  'linux||cron': (text) => `Feb  3 04:05:06 nas CRON[123]: ${text}`,
  'linux||vsftpd': (text) => `Feb  3 04:05:06 nas vsftpd[123]: ${text}`,
  'linux||syslog': (text) => `Feb  3 04:05:06 nas kernel: ${text}`,
  'linux||auth': (text) => `Feb  3 04:05:06 nas pkexec[123]: anna: ${text}`,
  'linux||sudo': (text) => `Feb  3 04:05:06 nas sudo: ${text}`,
  '||apache': (text) => `[Tue Feb 03 04:05:06.000000 2026] [core:error] [pid 12:tid 34] ${text}`,
  '||nginx': (text) => `2026/02/03 04:05:06 [error] 12#12: *1 ${text}`,
  '|webserver|': (text) =>
    `203.0.113.7 - - [03/Feb/2026:04:05:06 +0000] "GET /x?${text} HTTP/1.1" 404 153 "-" "curl/8.5.0"`,
};

const isOneWord = (value: unknown): boolean => /^[^\s"\\\u0080-\uffff]*$/.test(String(value));
const isQuotable = (value: unknown): boolean => /^[^"\\\r\n\u0080-\uffff]*$/.test(String(value));

/** Apache's and nginx's combined log. */
function accessLine(draft: Draft): Natural | undefined {
  const known = new Set(
    'c-ip cs-method cs-uri-stem cs-uri-query cs-uri sc-status cs-referer cs-user-agent cs-username Keyword'.split(' '),
  );
  const names = Object.keys(draft);
  if (!names.every((name) => known.has(name)) || draft['Keyword'] !== undefined) return undefined;
  if (draft['cs-uri'] !== undefined && (draft['cs-uri-stem'] !== undefined || draft['cs-uri-query'] !== undefined))
    return undefined;
  const text = (name: string, usual: string): string => String(draft[name] ?? usual);
  const path = draft['cs-uri-stem'] ?? '/';
  const target =
    draft['cs-uri'] ??
    (draft['cs-uri-query'] === undefined ? path : `${String(path)}?${String(draft['cs-uri-query'])}`);
  if (
    !isOneWord(target) ||
    !String(target).startsWith('/') ||
    String(path).includes('?') ||
    String(target).includes('#')
  )
    return undefined;
  if (!isOneWord(text('cs-username', '-')) || !isOneWord(text('cs-method', 'GET'))) return undefined;
  const [referrer, agent] = [text('cs-referer', '-'), text('cs-user-agent', 'curl/8.5.0')];
  if (!isQuotable(referrer) || !isQuotable(agent) || agent === '' || !/^\d{3}$/.test(text('sc-status', '200')))
    return undefined;
  const fields: Record<string, Value> = {
    'c-ip': '203.0.113.7',
    'cs-method': text('cs-method', 'GET'),
    'sc-status': Number(text('sc-status', '200')),
    'cs-user-agent': agent,
    'cs-uri': String(target),
  };
  const [stem = '', ...rest] = String(target).split('?');
  fields['cs-uri-stem'] = stem;
  if (rest.length > 0) fields['cs-uri-query'] = rest.join('?');
  if (referrer !== '-') fields['cs-referer'] = referrer;
  if (draft['cs-username'] !== undefined) fields['cs-username'] = text('cs-username', '-');
  const line = `203.0.113.7 - ${text('cs-username', '-')} [03/Feb/2026:04:05:06 +0000] "${fields['cs-method']} ${String(target)} HTTP/1.1" ${fields['sc-status']} 153 "${referrer}" "${agent}"`;
  return { shape: 'access log', text: line, fields };
}

const AUDIT_TEXTS = /^(?:a\d+|exe|comm|name|key|nametype|SYSCALL|unit)$/;
const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex').toUpperCase();

/** A record of auditd as the kernel writes it: texts in quotes, in hex where they have blanks or quotes. */
function auditLine(draft: Draft): Natural | undefined {
  const { type, Keyword: keyword, ...rest } = draft;
  if (typeof type !== 'string' || keyword !== undefined) return undefined;
  const fields: Record<string, Value> = { type };
  const words: string[] = [];
  for (const [name, value] of Object.entries(rest)) {
    const text = String(value);
    fields[name] = text;
    if (name === 'nametype' || name === 'euid') words.push(`${name}=${text}`);
    else if (name === 'unit' || name === 'SYSCALL') return undefined;
    else if (AUDIT_TEXTS.test(name)) words.push(`${name}=${/^[!#-~]+$/.test(text) ? `"${text}"` : hex(text)}`);
    else return undefined;
  }
  return { shape: 'audit.log', text: `type=${type} msg=audit(1770091506.000:77): ${words.join(' ')}`, fields };
}

/** Sysmon for Linux, in evtx_dump's shape. */
function linuxSysmon(id: number, draft: Draft): Natural {
  const record = {
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Linux-Sysmon', Guid: '{ff032593-a8d3-4f13-b0d6-01fc615a0f97}' } },
        EventID: id,
        Channel: 'Linux-Sysmon/Operational',
        Computer: 'nas.example',
        EventRecordID: 1,
        TimeCreated: { '#attributes': { SystemTime: TIME } },
      },
      EventData: draft,
    },
  };
  return { shape: 'Sysmon for Linux', text: JSON.stringify(record), fields: draft as Seen };
}

const SYSMON_ID: Readonly<Record<string, number>> = { process_creation: 1, network_connection: 3, file_event: 11 };

/** undefined where the log source is nobody's format. */
export function naturals(rule: Rule, given: Draft): readonly Natural[] {
  let draft = given;
  const key = keyOf(rule.logsource);
  const { product = '', category = '' } = rule.logsource;
  const names = Object.keys(draft);
  const { Keyword: keyword } = draft;
  const line = LINES[key];
  if (keyword !== undefined && names.length === 1 && line !== undefined) {
    const text = String(keyword);
    const said = category === 'webserver' ? { 'cs-method': 'GET', 'sc-status': 404 } : {};
    const fits = !/[\r\n]/.test(text) && (category !== 'webserver' || isOneWord(text.trim()));
    return fits ? [{ shape: 'line', text: line(text.trim()), fields: { Keyword: line(text.trim()), ...said } }] : [];
  }
  if (keyword !== undefined || names.length === 0) return [];
  const made: (Natural | undefined)[] = [];
  if (product === 'zeek')
    made.push(asRecord('zeek', { ...ZEEK, ...zeekOf(rule.logsource.service ?? '') }, draft, false));
  const around = AROUND[key];
  if (/^(?:linux|macos)$/.test(product) && category !== '') draft = rooted(draft);
  if (around !== undefined) made.push(asRecord('JSON', around, draft, true));
  if (around !== undefined && Object.keys(draft).some((name) => name.includes('.')))
    made.push(asRecord('flat JSON', around, draft, false));
  if (category === 'webserver') made.push(accessLine(draft));
  if (key === 'linux||auditd') made.push(auditLine(draft));
  const id = SYSMON_ID[category];
  if (product === 'linux' && id !== undefined) made.push(linuxSysmon(id, draft));
  return made.filter((one) => one !== undefined);
}

/** The columns that tell the logs apart. */
function zeekOf(service: string): Tree {
  const columns: Readonly<Record<string, Tree>> = {
    smb_files: { action: 'SMB::FILE_OPEN', path: '\\\\x\\y', name: 'z' },
    dns: { query: 'x.example', qtype_name: 'A', rejected: false },
    http: { method: 'GET', uri: '/', host: 'x.example', status_code: 200 },
    dce_rpc: { endpoint: 'x', operation: 'y', named_pipe: 'z' },
    x509: { 'certificate.serial': '1', fingerprint: 'x' },
    rdp: { cookie: 'x', result: 'y', security_protocol: 'HYBRID' },
    kerberos: { request_type: 'AS', service: 'x', cipher: 'y', client: 'z' },
  };
  return columns[service] ?? {};
}

/**
 * Records of programs that ship Windows events as JSON of their own → record:
 *
 *   Winlogbeat 7, 8       {"winlog": {"event_id": …, "channel": …, "event_data": {…}}, "host": {…}}
 *   Winlogbeat 5, 6       {"event_id": …, "log_name": …, "source_name": …, "event_data": {…}}
 *   Wazuh                 {"win": {"system": {"eventID": …}, "eventdata": {"targetUserName": …}}}
 *   …, names with dots    {"winlog.event_id": …, "winlog.event_data.TargetUserName": …}
 *   NXLog, Fluent Bit …   {"EventID": …, "Channel": …, "SourceName": …, "TargetUserName": …}     envelope and data side by side
 *   Splunk's fields       {"EventCode": …, "Channel": …, "Name": "'Microsoft-…'", "TargetUserName": …}
 *   Log Analytics         {"EventID": …, "EventLog": …, "Source": …, "EventData": "<DataItem …><EventData …>…"}
 *   Hayabusa              {"EventID": …, "Channel": "Sysmon", "AllFieldInfo": {…}}
 */
import { type Fields, LIMITS } from '#contract';
import { fieldOf } from '../fields.ts';
import { flatten } from '../flatten.ts';
import { channelFor, providerFor } from './channels.ts';
import { guidOf, newData, numberIn, putData, type WindowsRecord } from './record.ts';
import { putSection } from './tree.ts';
import { isTree, keywordsOf, levelOf, type Tree, treeAt, word, wordAt } from './values.ts';
import { xmlEvent } from './xml.ts';

const isCode = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isInteger(value) && value >= 0
    : typeof value === 'string' && /^\d{1,6}$/.test(value);

function dataOf(...sections: readonly unknown[]): Fields {
  const data = newData();
  for (const section of sections) {
    if (!isTree(section)) continue;
    for (const name of Object.keys(section).slice(0, LIMITS.fields + 1)) {
      if (name !== 'xml_name') putData(data, name, section[name]);
    }
  }
  return data;
}

const NO_TREE: Tree = {};

/** What Winlogbeat says of the event beside its own part; labels and the like are not a sender's to set. */
const SAID = 'process user source destination file dll registry dns network group service'.split(' ');

function saidBy(object: Tree): Fields | undefined {
  const groups: Record<string, Tree> = {};
  let found = false;
  for (const name of SAID) {
    const group = treeAt(object, name);
    if (group === undefined) continue;
    groups[name] = group;
    found = true;
  }
  if (!found) return undefined;
  const flat = flatten(groups, () => undefined);
  const said = newData();
  for (const field in flat) {
    const value = flat[field];
    const isNumber = /\.(?:pid|port)$/.test(field);
    if (isNumber ? typeof value === 'number' : typeof value === 'string' || typeof value === 'object')
      said[field] = value;
  }
  return said;
}

export function fromWinlogbeat(object: Tree): WindowsRecord | undefined {
  const log = treeAt(object, 'winlog') ?? object;
  const code = fieldOf(log, 'event_id');
  const channel = wordAt(log, 'channel', 'log_name');
  const provider = wordAt(log, 'provider_name', 'source_name');
  if (!isCode(code) || (channel === undefined && provider === undefined)) return undefined;
  const process = treeAt(log, 'process') ?? NO_TREE;
  const ownThread = treeAt(process, 'thread');
  const thread = ownThread === undefined ? fieldOf(log, 'thread_id') : fieldOf(ownThread, 'id');
  const user = treeAt(log, 'user') ?? NO_TREE;
  const ownLog = treeAt(object, 'log');
  const level = ownLog === undefined ? fieldOf(log, 'level') : fieldOf(ownLog, 'level');
  return {
    code: Number(code),
    provider: provider ?? '',
    channel: channel ?? channelFor(provider ?? ''),
    computer: wordAt(log, 'computer_name') ?? hostOf(fieldOf(object, 'host')),
    time: fieldOf(object, '@timestamp'),
    data: dataOf(fieldOf(log, 'event_data'), fieldOf(log, 'user_data')),
    rendered: word(fieldOf(object, 'message')),
    level: levelOf(level),
    keywords: keywordsOf(fieldOf(log, 'keywords')),
    envelope: {
      'winlog.record_id': wordAt(log, 'record_id', 'record_number'),
      'winlog.provider_guid': guidOf(word(fieldOf(log, 'provider_guid'))),
      'winlog.opcode': word(fieldOf(log, 'opcode')),
      'winlog.task': word(fieldOf(log, 'task')),
      'winlog.version': word(fieldOf(log, 'version')),
      'winlog.activity_id': guidOf(word(fieldOf(log, 'activity_id'))),
      'winlog.process.pid': numberIn(word(fieldOf(process, 'pid') ?? fieldOf(log, 'process_id'))),
      'winlog.process.thread.id': numberIn(word(thread)),
      'winlog.user.identifier': word(fieldOf(user, 'identifier')),
    },
    said: log === object ? undefined : saidBy(object),
  };
}

/** The same as an export with one level of names. */
export function fromDotted(object: Tree): WindowsRecord | undefined {
  const around: Record<string, unknown> = {};
  for (const name of Object.keys(object).slice(0, LIMITS.fields + 1)) {
    const [first = '', ...rest] = name.split('.');
    if (first === '__proto__') continue;
    const path = first === 'winlog' ? rest : [first, ...rest];
    put(first === 'winlog' ? inside(around, 'winlog') : around, path, fieldOf(object, name));
  }
  return treeAt(around, 'winlog') !== undefined ? fromWinlogbeat(around) : undefined;
}

/** The data's own names may have dots: below `event_data` no name is taken apart. */
function put(into: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) into[first] = value;
  else if (first.endsWith('_data')) inside(into, first)[rest.join('.')] = value;
  else put(inside(into, first), rest, value);
}

function inside(into: Record<string, unknown>, name: string): Record<string, unknown> {
  const before = Object.hasOwn(into, name) ? into[name] : undefined;
  if (isTree(before)) return before;
  const made = Object.create(null) as Record<string, unknown>;
  into[name] = made;
  return made;
}

const hostOf = (host: unknown): string | undefined => (isTree(host) ? word(fieldOf(host, 'name')) : word(host));

/** Providers that write the names of their data small, as programs do, and not as Windows does. */
const SMALL = /^(?:Microsoft-Windows-(?:Bits-Client|AppxPackaging(?:-?OM)?)|OpenSSH)$/i;
const PARAM = /^param\d{1,3}$/;

/**
 * `targetUserName` was `TargetUserName`. What the provider itself may have written small is there under both names, but for Windows' own
 * `param1`, which nobody writes otherwise.
 */
function capitalised(section: unknown, provider: string | undefined): Tree {
  if (!isTree(section)) return {};
  const small = provider !== undefined && SMALL.test(provider);
  return Object.fromEntries(
    Object.entries(section).flatMap(([name, value]): [string, unknown][] => {
      if (PARAM.test(name)) return [[name, value]];
      const large = name.charAt(0).toUpperCase() + name.slice(1);
      return small && large !== name
        ? [
            [large, value],
            [name, value],
          ]
        : [[large, value]];
    }),
  );
}

export function fromWazuh(object: Tree): WindowsRecord | undefined {
  const around = treeAt(object, 'data');
  const win = fieldOf(object, 'win') ?? (around === undefined ? undefined : fieldOf(around, 'win'));
  const system = isTree(win) ? fieldOf(win, 'system') : undefined;
  if (!isTree(win) || !isTree(system) || !isCode(fieldOf(system, 'eventID'))) return undefined;
  const provider = word(fieldOf(system, 'providerName'));
  const agent = fieldOf(object, 'agent');
  return {
    code: Number(fieldOf(system, 'eventID')),
    provider: provider ?? '',
    channel: word(fieldOf(system, 'channel')) ?? channelFor(provider ?? ''),
    computer: word(fieldOf(system, 'computer')) ?? (isTree(agent) ? word(fieldOf(agent, 'name')) : undefined),
    time: fieldOf(system, 'systemTime') ?? fieldOf(object, 'timestamp'),
    data: dataOf(capitalised(fieldOf(win, 'eventdata'), provider), capitalised(fieldOf(win, 'userdata'), provider)),
    rendered: word(fieldOf(system, 'message'))?.replace(/^"|"$/g, ''),
    level: levelOf(fieldOf(system, 'level')),
    keywords: keywordsOf(fieldOf(system, 'keywords')),
    envelope: {
      'winlog.record_id': word(fieldOf(system, 'eventRecordID')),
      'winlog.provider_guid': guidOf(word(fieldOf(system, 'providerGuid'))),
      'winlog.opcode': word(fieldOf(system, 'opcode')),
      'winlog.task': word(fieldOf(system, 'task')),
      'winlog.version': word(fieldOf(system, 'version')),
      'winlog.process.pid': numberIn(word(fieldOf(system, 'processID'))),
      'winlog.process.thread.id': numberIn(word(fieldOf(system, 'threadID'))),
      'winlog.activity_id': undefined,
      'winlog.user.identifier': undefined,
    },
    said: undefined,
  };
}

/** The envelope's names where it stands beside the data. Event data wins a name that both have: NXLog lets it, too. */
const ENVELOPE: ReadonlySet<string> = new Set(
  [
    'EventID EventId EventCode Channel LogName EventLog EventChannel SourceName ProviderName Provider_Name EventSourceName ProviderGuid ProviderID Hostname Computer',
    'ComputerName MachineName EventTime TimeCreated TimeGenerated SystemTime @timestamp @version Timestamp EventReceivedTime Message message',
    'Level LevelValue LevelDisplayName Severity SeverityValue Keywords KeywordsDisplayNames Version Task TaskDisplayName Category Opcode OpcodeValue',
    'OpcodeDisplayName RecordNumber EventRecordID RecordID RecordId ProcessID ExecutionProcessID ExecutionThreadID ThreadID UserID ActivityID RelatedActivityID',
    'Qualifiers SourceModuleName SourceModuleType SourceSystem TenantId MG ManagementGroupName Activity StringInserts host port tags type',
    '_ResourceId EventOriginId EventData UserData ERROR_EVT_UNRESOLVED',
  ].flatMap((names) => names.split(' ')),
);

/** NXLog's own `EventType`; Sysmon's is data: `SetValue`. */
const AUDIT_TYPE = /^(?:AUDIT_(?:SUCCESS|FAILURE)|INFO(?:RMATION)?|WARNING|ERROR|CRITICAL|VERBOSE)$/;

export function fromFlat(record: Tree): WindowsRecord | undefined {
  const code = fieldOf(record, 'EventID') ?? fieldOf(record, 'EventId') ?? fieldOf(record, 'EventCode');
  const provider = wordAt(record, 'ProviderName', 'Provider_Name', 'SourceName', 'EventSourceName') ?? quoted(record);
  const channel = wordAt(record, 'Channel', 'LogName', 'EventLog');
  if (!isCode(code) || (channel === undefined && provider?.startsWith('Microsoft-') !== true)) return undefined;
  const type = fieldOf(record, 'EventType');
  const audit = typeof type === 'string' && AUDIT_TYPE.test(type);
  const keywords = keywordsOf(fieldOf(record, 'Keywords') ?? fieldOf(record, 'KeywordsDisplayNames'));
  const outcome = type === 'AUDIT_FAILURE' ? 'Audit Failure' : type === 'AUDIT_SUCCESS' ? 'Audit Success' : undefined;
  return {
    code: Number(code),
    provider: provider ?? '',
    channel: channel ?? channelFor(provider ?? ''),
    computer: wordAt(record, 'Computer', 'Hostname', 'ComputerName', 'MachineName'),
    time: timeIn(record),
    data: flatData(record, audit, provider),
    rendered: wordAt(record, 'Message', 'message'),
    level:
      levelOf(fieldOf(record, 'Level')) ?? levelOf(fieldOf(record, 'LevelDisplayName') ?? fieldOf(record, 'Severity')),
    keywords: outcome === undefined || keywords.includes(outcome) ? keywords : [...keywords, outcome],
    envelope: {
      'winlog.record_id': wordAt(record, 'EventRecordID', 'RecordNumber', 'RecordID', 'RecordId'),
      'winlog.provider_guid': guidOf(wordAt(record, 'ProviderGuid', 'ProviderID')),
      'winlog.opcode': wordAt(record, 'OpcodeValue', 'Opcode'),
      'winlog.task': wordAt(record, 'Task', 'Category'),
      'winlog.version': word(fieldOf(record, 'Version')),
      'winlog.activity_id': guidOf(word(fieldOf(record, 'ActivityID'))),
      'winlog.process.pid': numberIn(wordAt(record, 'ExecutionProcessID', 'ProcessID')),
      'winlog.process.thread.id': numberIn(wordAt(record, 'ExecutionThreadID', 'ThreadID')),
      'winlog.user.identifier': word(fieldOf(record, 'UserID')),
    },
    said: undefined,
  };
}

/** `EventTime` is mostly the machine's local time, without a zone: anything that names its zone is better. */
function timeIn(record: Tree): unknown {
  const local = fieldOf(record, 'EventTime');
  const utc = fieldOf(record, 'UtcTime');
  const zoned = typeof local === 'string' && /(?:Z|[+-]\d\d:?\d\d)$/.test(local) ? local : undefined;
  const own =
    fieldOf(record, 'TimeCreated') ?? fieldOf(record, 'SystemTime') ?? fieldOf(record, 'TimeGenerated') ?? zoned;
  return own ?? (typeof utc === 'string' ? `${utc}Z` : undefined) ?? fieldOf(record, '@timestamp') ?? local;
}

/** Splunk keeps the XML's quotes: `Name='Microsoft-Windows-Sysmon'`. */
function quoted(record: Tree): string | undefined {
  const own = wordAt(record, 'Name');
  if (own !== undefined && /^'.{1,200}'$/.test(own)) return own.slice(1, -1);
  return fieldOf(record, 'EventLog') === undefined ? undefined : wordAt(record, 'Source');
}

/** NXLog says who logged the event beside the data; a service's `AccountName` is data. */
const LOGGED_BY: ReadonlySet<string> = new Set(['AccountName', 'AccountType', 'Domain']);

function flatData(record: Tree, audit: boolean, provider: string | undefined): Fields {
  const data = newData();
  for (const name of Object.keys(record).slice(0, LIMITS.fields + 1)) {
    if (ENVELOPE.has(name) || (audit && name === 'EventType')) continue;
    if (
      LOGGED_BY.has(name) &&
      provider !== 'Service Control Manager' &&
      fieldOf(record, 'SourceModuleName') !== undefined
    )
      continue;
    const value = record[name];
    if (!isTree(value)) putData(data, name, value);
  }
  for (const section of [fieldOf(record, 'EventData'), fieldOf(record, 'UserData')]) {
    if (isTree(section) || Array.isArray(section)) putSection(data, section);
    else if (typeof section === 'string' && section.startsWith('<')) putSection(data, dataInXml(section));
  }
  const inserts = fieldOf(record, 'StringInserts');
  if (Array.isArray(inserts) && data['Data'] === undefined) putData(data, 'Data', inserts);
  return data;
}

/** `<EventData>…</EventData>`, whatever stands around it. */
function dataInXml(text: string): unknown {
  for (const name of ['EventData', 'UserData']) {
    const from = text.indexOf(`<${name}`);
    const to = text.lastIndexOf(`</${name}>`);
    if (from === -1 || to < from) continue;
    const event = xmlEvent(`<Event>${text.slice(from, to)}</${name}></Event>`)?.['Event'];
    if (isTree(event)) return fieldOf(event, name);
  }
  return undefined;
}

/** What Hayabusa calls the channels. */
const CHANNELS: Readonly<Record<string, string>> = {
  Sec: 'Security',
  Sys: 'System',
  App: 'Application',
  Sysmon: 'Microsoft-Windows-Sysmon/Operational',
  PwSh: 'Microsoft-Windows-PowerShell/Operational',
  PwShClassic: 'Windows PowerShell',
  Defender: 'Microsoft-Windows-Windows Defender/Operational',
  TaskSch: 'Microsoft-Windows-TaskScheduler/Operational',
  WMI: 'Microsoft-Windows-WMI-Activity/Operational',
  BitsCli: 'Microsoft-Windows-Bits-Client/Operational',
  Firewall: 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
  CodeInteg: 'Microsoft-Windows-CodeIntegrity/Operational',
  NTLM: 'Microsoft-Windows-NTLM/Operational',
};

/** Its own names of what it shows first. */
const DETAILS: Readonly<Record<string, string>> = {
  Cmdline: 'CommandLine',
  Proc: 'Image',
  ParentCmdline: 'ParentCommandLine',
  ParentProc: 'ParentImage',
  ScriptBlock: 'ScriptBlockText',
  Query: 'QueryName',
  Svc: 'ServiceName',
};

/** With all fields (`AllFieldInfo`), the event as it was; else what its details and the rest of the fields say. */
export function fromHayabusa(record: Tree): WindowsRecord | undefined {
  const { AllFieldInfo: all, Details: details, ExtraFieldInfo: extra, Channel: channel, Timestamp: time } = record;
  const named = isTree(details)
    ? Object.fromEntries(Object.entries(details).map(([name, value]) => [DETAILS[name] ?? name, value]))
    : {};
  const found = fromFlat({
    ...record,
    Channel: typeof channel === 'string' && Object.hasOwn(CHANNELS, channel) ? CHANNELS[channel] : channel,
    ProviderName: wordAt(record, 'Provider', 'ProviderName'),
    Level: undefined,
  });
  if (found === undefined) return undefined;
  const provider = found.provider === '' ? providerFor(found.channel) : found.provider;
  const data = isTree(all) ? dataOf(all) : dataOf(named, extra);
  return { ...found, provider, data, time: typeof time === 'string' ? time.replace(/ (?=[+-]\d\d:)/, '') : time };
}

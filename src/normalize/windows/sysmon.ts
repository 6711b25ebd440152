/** Sysmon, all its events (https://learn.microsoft.com/sysinternals/downloads/sysmon). */
import type { Fields } from '#contract';
import { type Entries, type Entry, entry, type Provider, sentence, tail, textOf } from './entry.ts';
import { setAnswers, setFile, setHashes, setRegistry, setRegistryValue } from './places.ts';
import { addressIn, baseName, type Data, either, has, numberIn, set, setAccount, short } from './record.ts';

const MOVES = {
  Image: 'process.executable',
  CommandLine: 'process.command_line',
  CurrentDirectory: 'process.working_directory',
  ProcessId: 'process.pid',
  ProcessGuid: 'process.entity_id',
  ParentImage: 'process.parent.executable',
  ParentCommandLine: 'process.parent.command_line',
  ParentProcessId: 'process.parent.pid',
  ParentProcessGuid: 'process.parent.entity_id',
  TargetFilename: 'file.path',
  TargetObject: 'registry.path',
  Protocol: 'network.transport',
  SourceHostname: 'source.domain',
  DestinationHostname: 'destination.domain',
  QueryName: 'dns.question.name',
  PipeName: 'file.name',
} as const;

const name = (draft: Fields): string => textOf(draft, 'process.name') ?? 'A process';
const path = (draft: Fields): string => textOf(draft, 'file.path') ?? 'a file';
const inImage = (data: Data, field: string): string => baseName(has(data, field) ?? 'a process');

const portable = (field: 'process' | 'file'): Readonly<Record<string, string>> => ({
  OriginalFileName: `${field}.pe.original_file_name`,
  Description: `${field}.pe.description`,
  Product: `${field}.pe.product`,
  Company: `${field}.pe.company`,
  FileVersion: `${field}.pe.file_version`,
});

function setStarted(draft: Fields, data: Data): void {
  setHashes(draft, 'process', has(data, 'Hashes'));
  set(draft, 'winlog.logon.id', has(data, 'LogonId'));
  const parent = has(data, 'ParentImage');
  if (parent !== undefined) draft['process.parent.name'] = baseName(parent);
  setAccount(draft, 'process.parent.user', has(data, 'ParentUser'));
}

/** Drivers and libraries: their own hashes and signature. */
function setLoaded(draft: Fields, data: Data): void {
  const loaded = has(data, 'ImageLoaded');
  if (loaded !== undefined) setFile(draft, loaded);
  setHashes(draft, 'file', has(data, 'Hashes'));
  const signed = has(data, 'Signed');
  if (signed !== undefined) draft['file.code_signature.exists'] = signed === 'true';
  set(draft, 'file.code_signature.subject_name', has(data, 'Signature'));
  set(draft, 'file.code_signature.status', has(data, 'SignatureStatus'));
}

function setFileHash(draft: Fields, data: Data): void {
  setHashes(draft, 'file', either(data, 'Hashes', 'Hash'));
}

function setNetwork(draft: Fields, data: Data): void {
  for (const side of ['source', 'destination'] as const) {
    const from = side === 'source' ? 'Source' : 'Destination';
    set(draft, `${side}.ip`, addressIn(has(data, `${from}Ip`)));
    set(draft, `${side}.port`, numberIn(has(data, `${from}Port`)));
  }
  const initiated = has(data, 'Initiated');
  if (initiated !== undefined) draft['network.direction'] = initiated === 'true' ? 'egress' : 'ingress';
  const v6 = has(data, 'SourceIsIpv6');
  if (v6 !== undefined) draft['network.type'] = v6 === 'true' ? 'ipv6' : 'ipv4';
}

const endpoint = (draft: Fields, side: string): string | undefined => {
  const address = textOf(draft, `${side}.ip`);
  const port = textOf(draft, `${side}.port`);
  if (address === undefined) return port;
  return port === undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;
};

function connection(data: Data, draft: Fields): string {
  const incoming = has(data, 'Initiated') === 'false';
  const peer = incoming ? 'source' : 'destination';
  const known = textOf(draft, `${peer}.domain`);
  return sentence(
    name(draft),
    incoming ? 'was reached from' : 'connected to',
    endpoint(draft, peer),
    known === undefined ? undefined : `(${known})`,
  );
}

/** 8 and 10: one process reaches into another. */
function setReach(draft: Fields, data: Data): void {
  const source = has(data, 'SourceImage');
  if (source !== undefined) {
    draft['process.executable'] = source;
    draft['process.name'] = baseName(source);
  }
  set(draft, 'process.pid', numberIn(has(data, 'SourceProcessId')));
  set(draft, 'process.entity_id', either(data, 'SourceProcessGuid', 'SourceProcessGUID'));
  set(draft, 'process.thread.id', numberIn(has(data, 'SourceThreadId')));
  setAccount(draft, 'user', has(data, 'SourceUser'));
}

function setKey(draft: Fields, data: Data): void {
  const object = has(data, 'TargetObject');
  if (object !== undefined) setRegistry(draft, object);
}

function setValue(draft: Fields, data: Data): void {
  const object = has(data, 'TargetObject');
  if (object !== undefined) setRegistryValue(draft, object);
  set(draft, 'registry.data.strings', has(data, 'Details'));
}

function setQuery(draft: Fields, data: Data): void {
  draft['network.protocol'] = 'dns';
  setAnswers(draft, has(data, 'QueryResults'));
}

const created = (data: Data): string =>
  has(data, 'EventType')?.startsWith('Delete') === true ? 'registry_delete' : 'registry_add';

const file = (action: string, type: string, label: string | undefined, done: string): Entry =>
  entry(action, 'file', type, (_, draft) => `${name(draft)} ${done} ${path(draft)}`, {
    ...(label === undefined ? {} : { label }),
    set: setFileHash,
  });

const wmi = (action: string, type: string, what: string): Entry =>
  entry(
    action,
    'process',
    type,
    (data, draft) =>
      sentence(
        textOf(draft, 'user.name') ?? 'Somebody',
        has(data, 'Operation') === 'Deleted' ? 'removed' : 'made',
        what,
        either(data, 'Name', 'Consumer'),
        tail('that runs ', has(data, 'Destination')),
      ),
    { label: 'wmi_event' },
  );

const EVENTS: Entries = {
  1: entry(
    'Process creation',
    'process',
    'start',
    (data, draft) => {
      const command = has(data, 'CommandLine');
      const started = sentence(
        textOf(draft, 'user.name') ?? 'Somebody',
        'started',
        name(draft),
        tail('from ', textOf(draft, 'process.parent.name')),
      );
      return command === undefined ? started : `${started}: ${short(command)}`;
    },
    { label: 'process_creation', moves: portable('process'), set: setStarted },
  ),
  2: file('File creation time changed', 'change', 'file_change', 'changed the time of'),
  3: entry('Network connection', 'network', 'start connection protocol', connection, {
    label: 'network_connection',
    set: setNetwork,
  }),
  4: entry(
    'Sysmon service state changed',
    'process',
    'change',
    (data) => sentence('Sysmon is', has(data, 'State')?.toLowerCase()),
    { label: 'sysmon_status' },
  ),
  5: entry('Process terminated', 'process', 'end', (_, draft) => `${name(draft)} ended`, {
    label: 'process_termination',
  }),
  6: entry('Driver loaded', 'driver', 'start', (_, draft) => `The driver ${path(draft)} was loaded`, {
    label: 'driver_load',
    set: setLoaded,
  }),
  7: entry('Image loaded', 'process', 'change', (_, draft) => `${name(draft)} loaded ${path(draft)}`, {
    label: 'image_load',
    set: setLoaded,
  }),
  8: entry(
    'CreateRemoteThread',
    'process',
    'change',
    (data, draft) => `${name(draft)} started a thread in ${inImage(data, 'TargetImage')}`,
    { label: 'create_remote_thread', set: setReach },
  ),
  9: entry(
    'RawAccessRead',
    'process',
    'access',
    (data, draft) => `${name(draft)} read the disk ${has(data, 'Device') ?? ''} directly`,
    { label: 'raw_access_thread' },
  ),
  10: entry(
    'ProcessAccess',
    'process',
    'access',
    (data, draft) =>
      sentence(
        name(draft),
        'opened',
        inImage(data, 'TargetImage'),
        tail('with the rights ', has(data, 'GrantedAccess')),
      ),
    { label: 'process_access', set: setReach },
  ),
  11: file('FileCreate', 'creation', 'file_event', 'made'),
  12: entry(
    'RegistryEvent (Object create and delete)',
    'configuration registry',
    'change',
    (data, draft) =>
      `${name(draft)} ${created(data) === 'registry_add' ? 'made' : 'deleted'} ${textOf(draft, 'registry.path') ?? 'a registry key'}`,
    { label: created, set: setKey },
  ),
  13: entry(
    'RegistryEvent (Value Set)',
    'configuration registry',
    'change',
    (data, draft) => sentence(name(draft), 'set', textOf(draft, 'registry.path'), tail('to ', has(data, 'Details'))),
    { label: 'registry_set', set: setValue },
  ),
  14: entry(
    'RegistryEvent (Key and Value Rename)',
    'configuration registry',
    'change',
    (data, draft) =>
      sentence(name(draft), 'renamed', textOf(draft, 'registry.path'), tail('to ', has(data, 'NewName'))),
    { label: 'registry_rename', set: setKey },
  ),
  15: file('FileCreateStreamHash', 'access', 'create_stream_hash', 'wrote the stream'),
  16: entry(
    'ServiceConfigurationChange',
    'configuration',
    'change',
    (data) => sentence('The configuration of Sysmon was changed:', has(data, 'Configuration')),
    { label: 'sysmon_status' },
  ),
  17: entry(
    'PipeEvent (Pipe Created)',
    'file',
    'creation',
    (_, draft) => `${name(draft)} made the pipe ${textOf(draft, 'file.name') ?? ''}`,
    { label: 'pipe_created' },
  ),
  18: entry(
    'PipeEvent (Pipe Connected)',
    'file',
    'access',
    (_, draft) => `${name(draft)} opened the pipe ${textOf(draft, 'file.name') ?? ''}`,
    { label: 'pipe_created' },
  ),
  19: wmi('WmiEvent (WmiEventFilter activity detected)', 'info', 'the WMI filter'),
  20: wmi('WmiEvent (WmiEventConsumer activity detected)', 'change', 'the WMI consumer'),
  21: wmi('WmiEvent (WmiEventConsumerToFilter activity detected)', 'access', 'the WMI binding of'),
  22: entry(
    'DNSEvent (DNS query)',
    'network',
    'connection protocol info',
    (_, draft) => `${name(draft)} asked for ${textOf(draft, 'dns.question.name') ?? 'a name'}`,
    { label: 'dns_query', set: setQuery },
  ),
  23: file('FileDelete (File Delete archived)', 'deletion', 'file_delete', 'deleted'),
  24: entry(
    'ClipboardChange (New content in the clipboard)',
    'process',
    'change',
    (_, draft) => `${name(draft)} changed the clipboard`,
    { label: 'clipboard_capture' },
  ),
  25: entry(
    'ProcessTampering (Process image change)',
    'process',
    'change',
    (data, draft) => sentence(name(draft), 'was tampered with:', has(data, 'Type')),
    { label: 'process_tampering' },
  ),
  26: file('FileDeleteDetected (File Delete logged)', 'deletion', 'file_delete', 'deleted'),
  27: {
    ...file('FileBlockExecutable', 'creation denied', 'file_block_executable', 'was kept from making'),
    outcome: 'failure',
  },
  28: {
    ...file('FileBlockShredding', 'deletion denied', 'file_block_shredding', 'was kept from shredding'),
    outcome: 'failure',
  },
  29: file('FileExecutableDetected', 'creation', 'file_executable_detected', 'made the program'),
  255: entry('Error', 'process', 'error', (data) => sentence('Sysmon failed:', has(data, 'Description')), {
    label: 'sysmon_error',
  }),
};

function setCommon(draft: Fields, data: Data): void {
  const image = has(data, 'Image');
  if (image !== undefined) draft['process.name'] = baseName(image);
  setAccount(draft, 'user', has(data, 'User'));
  set(draft, 'rule.name', has(data, 'RuleName'));
  const target = has(data, 'TargetFilename');
  if (target !== undefined) setFile(draft, target);
}

export const sysmon: Provider = {
  names: ['Microsoft-Windows-Sysmon'],
  moves: MOVES,
  events: EVENTS,
  set: setCommon,
};

/** Sysmon for Linux writes the same events into syslog, as XML. */
export const sysmonForLinux: Provider = { ...sysmon, names: ['Linux-Sysmon'], product: 'linux' };

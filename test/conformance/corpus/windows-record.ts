/**
 * A Windows event in the shape that evtx_dump prints, as an event. Only what these tests need of a parser: ECS names for
 * what has one, `winlog.event_data.*` for the rest, and the Sigma log sources of Sysmon, Security and System.
 */
import { type Event, type Fields, newFields } from '#contract';

type Mapping = Readonly<Record<string, unknown>>;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const mapping = (value: unknown): Mapping => (isMapping(value) ? value : {});

const SYSMON: Readonly<Record<number, readonly string[]>> = {
  1: ['process_creation'],
  2: ['file_change'],
  3: ['network_connection'],
  6: ['driver_load'],
  7: ['image_load'],
  8: ['create_remote_thread'],
  10: ['process_access'],
  11: ['file_event'],
  12: ['registry_add', 'registry_delete', 'registry_event'],
  13: ['registry_set', 'registry_event'],
  14: ['registry_rename', 'registry_event'],
  15: ['create_stream_hash'],
  17: ['pipe_created'],
  18: ['pipe_created'],
  22: ['dns_query'],
  23: ['file_delete'],
  26: ['file_delete'],
};

const ECS: Readonly<Record<string, string>> = {
  Image: 'process.executable',
  NewProcessName: 'process.executable',
  CommandLine: 'process.command_line',
  CurrentDirectory: 'process.working_directory',
  ParentImage: 'process.parent.executable',
  ParentProcessName: 'process.parent.executable',
  ParentCommandLine: 'process.parent.command_line',
  OriginalFileName: 'process.pe.original_file_name',
  TargetFilename: 'file.path',
  TargetObject: 'registry.path',
  ImageLoaded: 'dll.path',
  DestinationIp: 'destination.ip',
  DestinationHostname: 'destination.domain',
  QueryName: 'dns.question.name',
};
const CHANNELS: Readonly<Record<string, string>> = {
  'Microsoft-Windows-Sysmon/Operational': 'sysmon',
  Security: 'security',
  System: 'system',
  Application: 'application',
};

function account(fields: Fields, user: string): void {
  const [domain, name] = user.split('\\');
  fields['user.name'] = name ?? user;
  if (name !== undefined) fields['user.domain'] = domain;
}

export function windowsEvent(record: unknown): Event {
  const { System, EventData } = mapping(mapping(record)['Event']);
  const system = mapping(System);
  const attributes = (key: string): Mapping => mapping(mapping(system[key])['#attributes']);
  const code = Number(isMapping(system['EventID']) ? system['EventID']['#text'] : system['EventID']);
  const service = CHANNELS[String(system['Channel'])] ?? String(system['Channel']);
  const category =
    service === 'sysmon' ? SYSMON[code] : service === 'security' && code === 4688 ? ['process_creation'] : undefined;
  const fields = newFields();
  fields['event.code'] = String(code);
  fields['winlog.provider_name'] = String(attributes('Provider')['Name']);
  fields['winlog.channel'] = String(system['Channel']);
  fields['host.name'] = String(system['Computer']);
  fields['labels.product'] = 'windows';
  fields['labels.service'] = service;
  if (category !== undefined) fields['labels.category'] = category;
  for (const [name, value] of Object.entries(mapping(EventData))) {
    if (name === '#attributes' || value === null) continue;
    const field = ECS[name] ?? `winlog.event_data.${name}`;
    if (name === 'User') account(fields, String(value));
    else fields[field] = typeof value === 'number' ? value : typeof value === 'string' ? value : JSON.stringify(value);
  }
  const time = Date.parse(String(attributes('TimeCreated')['SystemTime']));
  return Object.assign(fields, { '@timestamp': time, 'event.ingested': time });
}

/** evtx_dump prints one record, or a list, or one after the other. */
export function recordsOf(text: string): readonly unknown[] {
  const whole = text.trim();
  if (whole.startsWith('[')) {
    const list: unknown = JSON.parse(whole);
    return Array.isArray(list) ? list : [];
  }
  return whole.split(/\n(?=\{)/).map((part): unknown => JSON.parse(part));
}

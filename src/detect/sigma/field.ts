/**
 * Sigma's field names and where our events keep them. Names with an ECS equivalent are looked up there first; the name
 * itself always counts as well, because a record that came over HTTP keeps its own keys, and Windows data without an
 * ECS name lies under `winlog.event_data`.
 */
import type { Event, FieldValue } from '#contract';

export type Read = (event: Event) => FieldValue | undefined;

const ECS: Readonly<Record<string, string>> = {
  CommandLine: 'process.command_line',
  Image: 'process.executable',
  OriginalFileName: 'process.pe.original_file_name',
  ParentCommandLine: 'process.parent.command_line',
  ParentImage: 'process.parent.executable',
  ProcessId: 'process.pid',
  CurrentDirectory: 'process.working_directory',
  User: 'user.name',
  TargetFilename: 'file.path',
  ComputerName: 'host.name',
  Computer: 'host.name',
  EventID: 'event.code',
  SourceIp: 'source.ip',
  SourcePort: 'source.port',
  src_ip: 'source.ip',
  src_port: 'source.port',
  DestinationIp: 'destination.ip',
  DestinationPort: 'destination.port',
  DestinationHostname: 'destination.domain',
  dst_ip: 'destination.ip',
  dst_port: 'destination.port',
  QueryName: 'dns.question.name',
  query: 'dns.question.name',
  'c-ip': 'source.ip',
  'c-uri': 'url.original',
  'c-useragent': 'user_agent.original',
  'cs-host': 'url.domain',
  'cs-method': 'http.request.method',
  'cs-referer': 'http.request.referrer',
  'cs-user-agent': 'user_agent.original',
  'cs-username': 'user.name',
  'sc-status': 'http.response.status_code',
};

export function reader(field: string): Read {
  if (field.includes('.') || field.startsWith('@')) return (event) => event[field];
  const ecs = Object.hasOwn(ECS, field) ? (ECS[field] ?? field) : field;
  const windows = `winlog.event_data.${field}`;
  return (event) => event[ecs] ?? event[field] ?? event[windows];
}

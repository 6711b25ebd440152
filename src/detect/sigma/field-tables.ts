/** The table that `fields.ts` reads: Sigma's field names by log source, and the places of our events for each. */

export interface Table {
  readonly source: {
    readonly product?: string;
    readonly category?: readonly string[];
    readonly service?: readonly string[];
  };
  /** Sigma's name → where the event may have it, best first. Windows data is looked up by its own name before these. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** Every field that such an event can have is named: in `fields` here, in a table without `closed`, or in `more`. */
  readonly closed?: true;
  /** Fields that Windows writes under their own name. */
  readonly more?: readonly string[];
}

const words = (text: string): readonly string[] => text.split(/\s+/);

/** What Sysmon says of every event, and the envelope of Windows Event Log. */
const SYSMON = words('RuleName UtcTime ProcessGuid ProcessId Image User');
const IMAGE = {
  Image: ['process.executable'],
  ProcessId: ['process.pid'],
  ProcessGuid: ['process.entity_id'],
  User: ['user.domain + user.name'],
};
/** Data of Sysmon for Linux that ECS has no name for. */
const DATA = 'winlog.event_data.';
const sysmonsOwn = (names: string): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(words(names).map((name) => [name, [`${DATA}${name}`]]));
const PARENT = {
  ParentImage: ['process.parent.executable'],
  ParentCommandLine: ['process.parent.command_line'],
  ParentProcessId: ['process.parent.pid'],
  ParentProcessGuid: ['process.parent.entity_id'],
};
const PORTABLE: Readonly<Record<string, readonly [string]>> = {
  OriginalFileName: ['process.pe.original_file_name'],
  Description: ['process.pe.description'],
  Product: ['process.pe.product'],
  Company: ['process.pe.company'],
  FileVersion: ['process.pe.file_version'],
};
const REGISTRY = ['registry_add', 'registry_delete', 'registry_set', 'registry_rename', 'registry_event'];
const FILES = [
  ...words('file_event file_delete file_change file_rename file_access create_stream_hash'),
  ...words('file_executable_detected file_block_executable file_block_shredding'),
];

export const TABLES: readonly Table[] = [
  {
    source: { product: 'windows' },
    fields: {
      EventID: ['event.code', 'winlog.event_id'],
      Provider_Name: ['winlog.provider_name', 'event.provider'],
      Channel: ['winlog.channel'],
      Level: ['winlog.level', 'log.level'],
      Keywords: ['winlog.keywords'],
      Computer: ['winlog.computer_name', 'host.name'],
      ComputerName: ['winlog.computer_name', 'host.name'],
      EventType: ['winlog.event_data.EventType'],
      Message: ['message'],
    },
  },
  {
    // Sysmon 1 and Security 4688.
    source: { product: 'windows', category: ['process_creation'] },
    closed: true,
    fields: {
      ...IMAGE,
      ...PARENT,
      ...PORTABLE,
      Image: ['process.executable', 'winlog.event_data.NewProcessName'],
      ParentImage: ['process.parent.executable', 'winlog.event_data.ParentProcessName'],
      CommandLine: ['process.command_line'],
      CurrentDirectory: ['process.working_directory'],
      LogonId: ['winlog.logon.id', 'winlog.event_data.SubjectLogonId'],
      IntegrityLevel: ['winlog.event_data.MandatoryLabel'],
      NewProcessName: ['winlog.event_data.NewProcessName', 'process.executable'],
      SubjectUserName: ['user.name'],
      TargetUserName: ['user.target.name'],
    },
    more: [
      ...SYSMON,
      ...words('LogonGuid TerminalSessionId Hashes ParentUser ParentProcessName NewProcessId'),
      ...words('TokenElevationType SubjectUserSid SubjectDomainName SubjectLogonId TargetUserSid TargetDomainName'),
      ...words('TargetLogonId MandatoryLabel'),
    ],
  },
  {
    source: { product: 'windows', category: FILES },
    fields: {
      ...IMAGE,
      TargetFilename: ['file.path'],
      FileName: ['file.path'],
      SourceFilename: ['file.origin_path'],
    },
  },
  {
    // Sysmon 11.
    source: { product: 'windows', category: ['file_event'] },
    closed: true,
    fields: { ...IMAGE, TargetFilename: ['file.path'] },
    more: [...SYSMON, 'CreationUtcTime'],
  },
  {
    // Sysmon 12, 13, 14.
    source: { product: 'windows', category: REGISTRY },
    closed: true,
    fields: {
      ...IMAGE,
      TargetObject: ['registry.path'],
      Details: ['registry.data.strings', 'registry.data'],
      NewName: ['registry.new_path'],
    },
    more: SYSMON,
  },
  {
    // Sysmon 3.
    source: { product: 'windows', category: ['network_connection'] },
    closed: true,
    fields: {
      ...IMAGE,
      Protocol: ['network.transport'],
      SourceIp: ['source.ip'],
      SourcePort: ['source.port'],
      SourceHostname: ['source.domain'],
      DestinationIp: ['destination.ip'],
      DestinationPort: ['destination.port'],
      DestinationHostname: ['destination.domain'],
    },
    more: [...SYSMON, ...words('Initiated SourceIsIpv6 SourcePortName DestinationIsIpv6 DestinationPortName')],
  },
  {
    // Sysmon 7 and 6.
    source: { product: 'windows', category: ['image_load', 'driver_load'] },
    closed: true,
    fields: {
      ...IMAGE,
      ImageLoaded: ['dll.path', 'file.path'],
      OriginalFileName: ['dll.pe.original_file_name', 'file.pe.original_file_name'],
      Description: ['dll.pe.description', 'file.pe.description'],
      Product: ['dll.pe.product', 'file.pe.product'],
      Company: ['dll.pe.company', 'file.pe.company'],
      FileVersion: ['dll.pe.file_version', 'file.pe.file_version'],
    },
    more: [...SYSMON, ...words('Hashes Signed Signature SignatureStatus')],
  },
  {
    // Sysmon 8.
    source: { product: 'windows', category: ['create_remote_thread'] },
    closed: true,
    fields: {},
    more: [
      ...words('RuleName UtcTime SourceProcessGuid SourceProcessId SourceImage TargetProcessGuid TargetProcessId'),
      ...words('TargetImage NewThreadId StartAddress StartModule StartFunction SourceUser TargetUser'),
    ],
  },
  {
    // Sysmon 10.
    source: { product: 'windows', category: ['process_access'] },
    closed: true,
    fields: {},
    more: [
      ...words('RuleName UtcTime SourceProcessGUID SourceProcessId SourceThreadId SourceImage TargetProcessGUID'),
      ...words('TargetProcessId TargetImage GrantedAccess CallTrace SourceUser TargetUser'),
    ],
  },
  {
    // Sysmon 17, 18.
    source: { product: 'windows', category: ['pipe_created'] },
    closed: true,
    fields: { ...IMAGE, PipeName: ['file.name'] },
    more: SYSMON,
  },
  {
    // Sysmon 22.
    source: { product: 'windows', category: ['dns_query'] },
    closed: true,
    fields: { ...IMAGE, QueryName: ['dns.question.name'] },
    more: [...SYSMON, ...words('QueryStatus QueryResults')],
  },
  {
    // Sysmon 5, 9, 24, 25.
    source: {
      product: 'windows',
      category: ['process_termination', 'raw_access_thread', 'clipboard_capture', 'process_tampering'],
    },
    fields: IMAGE,
  },
  {
    // Rules that name an EventID of Sysmon instead of a category.
    source: { product: 'windows', service: ['sysmon'] },
    fields: {
      ...IMAGE,
      ...PARENT,
      ...Object.fromEntries(
        Object.entries(PORTABLE).map(([name, [place]]) => [name, [place, place.replace('process', 'file')]]),
      ),
      CurrentDirectory: ['process.working_directory'],
      TargetFilename: ['file.path'],
      TargetObject: ['registry.path'],
      PipeName: ['file.name'],
      Protocol: ['network.transport'],
      SourceHostname: ['source.domain'],
      DestinationHostname: ['destination.domain'],
    },
  },
  {
    // PowerShell 4104, 4103, and the classic 400, 600, 800.
    source: {
      product: 'windows',
      category: ['ps_script', 'ps_module', 'ps_classic_start', 'ps_classic_provider_start'],
    },
    fields: {
      ScriptBlockText: ['powershell.file.script_block_text'],
      Path: ['file.path'],
      Data: ['winlog.event_data.param3', 'message'],
      Payload: ['winlog.event_data.Payload'],
    },
  },
  {
    source: { product: 'windows', service: ['security'] },
    fields: {
      ProcessName: ['process.executable'],
      SubjectUserName: ['winlog.event_data.SubjectUserName'],
      IpAddress: ['source.ip'],
      IpPort: ['source.port'],
      WorkstationName: ['source.domain'],
      LogonType: ['winlog.logon.type'],
      ServiceName: ['service.name'],
      Status: ['winlog.event_data.Status'],
    },
  },
  {
    source: { product: 'windows', service: ['system'] },
    fields: { ServiceName: ['service.name'] },
  },
  {
    // Names of its data have blanks: 'Feature Name'. Rules write `_`, our events nothing.
    source: { product: 'windows', service: ['windefend'] },
    fields: { Feature_Name: ['winlog.event_data.FeatureName'] },
  },
  {
    // auditd's execve, Sysmon for Linux.
    source: { product: 'linux', category: ['process_creation'] },
    fields: {
      ...IMAGE,
      ...PARENT,
      User: ['user.name'],
      CommandLine: ['process.command_line'],
      CurrentDirectory: ['process.working_directory'],
      LogonId: [`${DATA}LogonId`, 'user.audit.id'],
      ...sysmonsOwn('LogonGuid TerminalSessionId IntegrityLevel Hashes ParentUser RuleName UtcTime'),
    },
  },
  {
    // Sysmon for Linux.
    source: { product: 'linux', category: ['network_connection'] },
    fields: {
      ...IMAGE,
      Protocol: ['network.transport'],
      SourceHostname: ['source.domain'],
      ...sysmonsOwn('Initiated SourceIsIpv6 SourcePortName DestinationIsIpv6 DestinationPortName RuleName UtcTime'),
    },
  },
  {
    source: { product: 'linux', category: FILES },
    fields: { ...IMAGE, ...sysmonsOwn('CreationUtcTime Hashes IsExecutable Archived RuleName UtcTime') },
  },
  {
    source: { product: 'linux', service: ['sysmon'] },
    fields: {
      ...IMAGE,
      ...PARENT,
      CurrentDirectory: ['process.working_directory'],
      TargetFilename: ['file.path'],
      Protocol: ['network.transport'],
      ...sysmonsOwn('Initiated LogonId LogonGuid TerminalSessionId IntegrityLevel Hashes State Version Configuration'),
    },
  },
  {
    source: { product: 'macos', category: ['process_creation'] },
    fields: { ...IMAGE, ...PARENT, ...PORTABLE, User: ['user.name'], CommandLine: ['process.command_line'] },
  },
  {
    source: { category: ['file_event', 'file_delete', 'file_change', 'file_rename', 'file_access'] },
    fields: { Image: ['process.executable'], TargetFilename: ['file.path'] },
  },
  {
    source: { category: ['antivirus'] },
    fields: { Signature: ['rule.name'], Filename: ['file.path'] },
  },
  {
    source: { category: ['network_connection'] },
    fields: {
      Image: ['process.executable'],
      SourceIp: ['source.ip'],
      SourcePort: ['source.port'],
      DestinationIp: ['destination.ip'],
      DestinationPort: ['destination.port'],
      DestinationHostname: ['destination.domain'],
    },
  },
  {
    source: { product: 'linux', service: ['auditd'] },
    fields: {
      type: ['auditd.log.record_type', 'event.action'],
      exe: ['process.executable'],
      comm: ['process.name'],
      name: ['file.path'],
      key: ['auditd.log.key'],
      SYSCALL: ['auditd.log.SYSCALL', 'auditd.data.syscall'],
      syscall: ['auditd.log.syscall', 'auditd.data.syscall'],
      euid: ['user.effective.id'],
      uid: ['user.id'],
      auid: ['user.audit.id'],
      nametype: ['auditd.log.nametype'],
      unit: ['auditd.log.unit', 'service.name'],
      ...Object.fromEntries(Array.from('01234567').map((n) => [`a${n}`, [`auditd.log.a${n}`, `auditd.data.a${n}`]])),
    },
  },
  {
    source: { product: 'linux', service: ['sudo'] },
    fields: { USER: ['user.effective.name', 'user.target.name'], COMMAND: ['process.command_line'] },
  },
  {
    source: { category: ['webserver', 'proxy'] },
    fields: {
      'c-ip': ['source.ip'],
      'c-uri': ['url.original'],
      'c-uri-query': ['url.query'],
      'c-uri-extension': ['url.extension'],
      'c-useragent': ['user_agent.original'],
      'cs-bytes': ['http.request.bytes'],
      'cs-host': ['url.domain'],
      'cs-method': ['http.request.method'],
      'cs-referer': ['http.request.referrer'],
      'cs-referrer': ['http.request.referrer'],
      'cs-uri': ['url.original'],
      'cs-uri-query': ['url.query'],
      'cs-uri-stem': ['url.path'],
      'cs-user-agent': ['user_agent.original'],
      'cs-username': ['user.name'],
      'cs-version': ['http.version'],
      dst_ip: ['destination.ip'],
      'sc-bytes': ['http.response.bytes'],
      'sc-status': ['http.response.status_code'],
    },
  },
  {
    source: { category: ['firewall'] },
    fields: {
      src_ip: ['source.ip'],
      src_port: ['source.port'],
      dst_ip: ['destination.ip'],
      dst_port: ['destination.port'],
      action: ['event.action'],
      username: ['user.name'],
    },
  },
  {
    source: { category: ['dns', 'dns_query'] },
    fields: {
      query: ['dns.question.name'],
      QueryName: ['dns.question.name'],
      record_type: ['dns.question.type'],
      answer: ['dns.answers.data', 'dns.resolved_ip'],
      answers: ['dns.answers.data', 'dns.resolved_ip'],
      src_ip: ['source.ip'],
    },
  },
  {
    source: { product: 'zeek' },
    fields: {
      'id.orig_h': ['source.ip'],
      'id.orig_p': ['source.port'],
      'id.resp_h': ['destination.ip'],
      'id.resp_p': ['destination.port'],
      query: ['dns.question.name'],
      qtype_name: ['dns.question.type'],
      answers: ['dns.answers.data', 'dns.resolved_ip'],
      host: ['url.domain'],
      uri: ['url.original'],
      'c-uri': ['url.original'],
      method: ['http.request.method'],
      user_agent: ['user_agent.original'],
      'c-useragent': ['user_agent.original'],
      status_code: ['http.response.status_code'],
      name: ['file.name'],
      path: ['file.path'],
    },
  },
  {
    source: { service: ['docker'] },
    fields: { container: ['container.name'], image: ['container.image.name'], action: ['event.action'] },
  },
  {
    // Names that are in use everywhere, wherever no table above has them. Some people's Sysmon says more than Sysmon does: an event of a
    // file with the parent of its process.
    source: {},
    fields: {
      ...PARENT,
      CurrentDirectory: ['process.working_directory'],
      CommandLine: ['process.command_line'],
      Image: ['process.executable'],
      User: ['user.name'],
      src_ip: ['source.ip'],
      src_port: ['source.port'],
      dst_ip: ['destination.ip'],
      dst_port: ['destination.port'],
      QueryName: ['dns.question.name'],
      EventID: ['event.code'],
      ComputerName: ['host.name'],
      Computer: ['host.name'],
    },
  },
];

/** `name` is in the closed table or in one of the open ones of the same log source. */
export function isMappedTo(name: string, closed: Table, tables: readonly Table[]): boolean {
  return (
    closed.more?.includes(name) === true ||
    tables.some((table) => Object.keys(table.source).length > 0 && Object.hasOwn(table.fields, name))
  );
}

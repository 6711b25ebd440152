/**
 * Sigma's log sources of Windows by their channels and numbers, and a record's fields by Sigma's names, read straight from the taxonomy
 * (SigmaHQ, sigma-specification, appendix taxonomy): what the product's own tables are held against. No code is shared with them.
 */
export type Tree = Readonly<Record<string, unknown>>;
export type RawFields = Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface RuleSource {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
}

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const POWERSHELL = 'Microsoft-Windows-PowerShell/Operational';
const CLASSIC = 'Windows PowerShell';

export interface Logged {
  readonly channel: string;
  readonly provider: string;
  readonly id?: number;
}

const sysmon = (id: number): Logged => ({ channel: SYSMON, provider: 'Microsoft-Windows-Sysmon', id });

/** Where events of a category are logged; the first is the usual one. */
export const CATEGORIES: Readonly<Record<string, readonly Logged[]>> = {
  process_creation: [sysmon(1), { channel: 'Security', provider: 'Microsoft-Windows-Security-Auditing', id: 4688 }],
  file_change: [sysmon(2)],
  network_connection: [sysmon(3)],
  sysmon_status: [sysmon(4), sysmon(16)],
  process_termination: [sysmon(5)],
  driver_load: [sysmon(6)],
  image_load: [sysmon(7)],
  create_remote_thread: [sysmon(8)],
  raw_access_thread: [sysmon(9)],
  process_access: [sysmon(10)],
  file_event: [sysmon(11)],
  registry_add: [sysmon(12)],
  registry_delete: [sysmon(12)],
  registry_set: [sysmon(13)],
  registry_rename: [sysmon(14)],
  registry_event: [sysmon(13), sysmon(12), sysmon(14)],
  create_stream_hash: [sysmon(15)],
  pipe_created: [sysmon(17), sysmon(18)],
  wmi_event: [sysmon(20), sysmon(19), sysmon(21)],
  dns_query: [sysmon(22)],
  file_delete: [sysmon(23), sysmon(26)],
  clipboard_capture: [sysmon(24)],
  process_tampering: [sysmon(25)],
  file_block_executable: [sysmon(27)],
  file_block_shredding: [sysmon(28)],
  file_executable_detected: [sysmon(29)],
  sysmon_error: [sysmon(255)],
  ps_module: [{ channel: POWERSHELL, provider: 'Microsoft-Windows-PowerShell', id: 4103 }],
  ps_script: [{ channel: POWERSHELL, provider: 'Microsoft-Windows-PowerShell', id: 4104 }],
  ps_classic_start: [{ channel: CLASSIC, provider: 'PowerShell', id: 400 }],
  ps_classic_provider_start: [{ channel: CLASSIC, provider: 'PowerShell', id: 600 }],
  ps_classic_script: [{ channel: CLASSIC, provider: 'PowerShell', id: 800 }],
};

/** Channel and provider of a service, as its logs have them. */
export const SERVICES: Readonly<Record<string, Logged>> = {
  security: { channel: 'Security', provider: 'Microsoft-Windows-Security-Auditing' },
  system: { channel: 'System', provider: 'Service Control Manager' },
  application: { channel: 'Application', provider: 'Application Error' },
  sysmon: { channel: SYSMON, provider: 'Microsoft-Windows-Sysmon' },
  powershell: { channel: POWERSHELL, provider: 'Microsoft-Windows-PowerShell' },
  'powershell-classic': { channel: CLASSIC, provider: 'PowerShell' },
  windefend: {
    channel: 'Microsoft-Windows-Windows Defender/Operational',
    provider: 'Microsoft-Windows-Windows Defender',
  },
  taskscheduler: {
    channel: 'Microsoft-Windows-TaskScheduler/Operational',
    provider: 'Microsoft-Windows-TaskScheduler',
  },
  wmi: { channel: 'Microsoft-Windows-WMI-Activity/Operational', provider: 'Microsoft-Windows-WMI-Activity' },
  'bits-client': { channel: 'Microsoft-Windows-Bits-Client/Operational', provider: 'Microsoft-Windows-Bits-Client' },
  'firewall-as': {
    channel: 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
    provider: 'Microsoft-Windows-Windows Firewall With Advanced Security',
  },
  applocker: { channel: 'Microsoft-Windows-AppLocker/EXE and DLL', provider: 'Microsoft-Windows-AppLocker' },
  'codeintegrity-operational': {
    channel: 'Microsoft-Windows-CodeIntegrity/Operational',
    provider: 'Microsoft-Windows-CodeIntegrity',
  },
  'appxdeployment-server': {
    channel: 'Microsoft-Windows-AppXDeploymentServer/Operational',
    provider: 'Microsoft-Windows-AppXDeployment-Server',
  },
  'appxpackaging-om': {
    channel: 'Microsoft-Windows-AppxPackaging/Operational',
    provider: 'Microsoft-Windows-AppxPackagingOM',
  },
  'appmodel-runtime': {
    channel: 'Microsoft-Windows-AppModel-Runtime/Admin',
    provider: 'Microsoft-Windows-AppModel-Runtime',
  },
  'msexchange-management': { channel: 'MSExchange Management', provider: 'MSExchange CmdletLogs' },
  'dns-client': {
    channel: 'Microsoft-Windows-DNS Client Events/Operational',
    provider: 'Microsoft-Windows-DNS-Client',
  },
  'dns-server': { channel: 'DNS Server', provider: 'Microsoft-Windows-DNS-Server-Service' },
  'iis-configuration': {
    channel: 'Microsoft-IIS-Configuration/Operational',
    provider: 'Microsoft-Windows-IIS-Configuration',
  },
  ntlm: { channel: 'Microsoft-Windows-NTLM/Operational', provider: 'Microsoft-Windows-NTLM' },
  'security-mitigations': {
    channel: 'Microsoft-Windows-Security-Mitigations/KernelMode',
    provider: 'Microsoft-Windows-Security-Mitigations',
  },
  'terminalservices-localsessionmanager': {
    channel: 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
    provider: 'Microsoft-Windows-TerminalServices-LocalSessionManager',
  },
  'smbserver-connectivity': {
    channel: 'Microsoft-Windows-SMBServer/Connectivity',
    provider: 'Microsoft-Windows-SMBServer',
  },
  'smbclient-security': { channel: 'Microsoft-Windows-SmbClient/Security', provider: 'Microsoft-Windows-SMBClient' },
  'shell-core': { channel: 'Microsoft-Windows-Shell-Core/Operational', provider: 'Microsoft-Windows-Shell-Core' },
  openssh: { channel: 'OpenSSH/Operational', provider: 'OpenSSH' },
  'microsoft-servicebus-client': { channel: 'Microsoft-ServiceBus-Client', provider: 'Microsoft-ServiceBus-Client' },
  'lsa-server': { channel: 'Microsoft-Windows-LSA/Operational', provider: 'LsaSrv' },
  ldap: { channel: 'Microsoft-Windows-LDAP-Client/Debug', provider: 'Microsoft-Windows-LDAP-Client' },
  'driver-framework': {
    channel: 'Microsoft-Windows-DriverFrameworks-UserMode/Operational',
    provider: 'Microsoft-Windows-DriverFrameworks-UserMode',
  },
  'diagnosis-scripted': {
    channel: 'Microsoft-Windows-Diagnosis-Scripted/Operational',
    provider: 'Microsoft-Windows-Diagnosis-Scripted',
  },
  'certificateservicesclient-lifecycle-system': {
    channel: 'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
    provider: 'Microsoft-Windows-CertificateServicesClient-Lifecycle-System',
  },
  capi2: { channel: 'Microsoft-Windows-CAPI2/Operational', provider: 'Microsoft-Windows-CAPI2' },
};

const REGISTRY = ['registry_add', 'registry_delete', 'registry_set', 'registry_rename'];

/** The category of a record that was logged there, where it has one. */
function categoryOf({ channel, id }: Logged, fields: RawFields): string | undefined {
  if (channel === SYSMON && id === 12)
    return String(fields['EventType']).startsWith('Delete') ? 'registry_delete' : 'registry_add';
  const found = Object.entries(CATEGORIES).find(
    ([name, places]) =>
      name !== 'registry_event' && places.some((place) => place.channel === channel && place.id === id),
  );
  return found?.[0];
}

/** Is the rule for records that were logged there? */
export function applies(source: RuleSource, logged: Logged, fields: RawFields): boolean {
  if (source.product !== undefined && source.product !== 'windows') return false;
  if (source.category !== undefined) {
    const own = categoryOf(logged, fields);
    const fits = own === source.category || (source.category === 'registry_event' && REGISTRY.includes(own ?? ''));
    if (!fits) return false;
  }
  return source.service === undefined || SERVICES[source.service]?.channel === logged.channel;
}

const scalar = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A record in evtx_dump's shape → its fields as rules name them: those of `System`, then those of `EventData` or `UserData`. */
export function rawFields(record: Tree): { readonly fields: RawFields; readonly logged: Logged } {
  const { Event: event } = record;
  const { System: system, EventData: data, UserData: user } = isTree(event) ? event : {};
  const around = isTree(system) ? system : {};
  const fields: Record<string, RawFields[string]> = {};
  const attribute = (element: string, name: string): unknown => {
    const node = around[element];
    const attributes = isTree(node) ? node['#attributes'] : undefined;
    return isTree(attributes) ? attributes[name] : undefined;
  };
  const id = isTree(around['EventID']) ? around['EventID']['#text'] : around['EventID'];
  fields['EventID'] = scalar(id);
  fields['Channel'] = scalar(around['Channel']);
  fields['Computer'] = scalar(around['Computer']);
  fields['Level'] = scalar(around['Level']);
  fields['Provider_Name'] = scalar(attribute('Provider', 'Name'));
  const inner = isTree(user) ? Object.values(user).find(isTree) : undefined;
  for (const section of [data, inner]) {
    if (!isTree(section)) continue;
    for (const [name, value] of Object.entries(section)) {
      if (name === '#attributes' || value === null) continue;
      const text = isTree(value) ? value['#text'] : value;
      fields[name] = Array.isArray(text) ? text.map(String) : scalar(text);
    }
  }
  const logged = { channel: word(fields['Channel']), provider: word(fields['Provider_Name']), id: Number(id) };
  return { fields, logged };
}

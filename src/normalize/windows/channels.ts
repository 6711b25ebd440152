/**
 * Channels → Sigma's `service` (SigmaHQ, sigma-specification, appendix taxonomy; the same table is in pySigma's Windows pipeline), and the
 * data set's name. A channel that Sigma does not name goes by its own: `Microsoft-Windows-Kernel-PnP/Configuration` is `kernel-pnp-configuration`.
 */
interface Channel {
  readonly service: string;
  readonly dataset: string;
}

const SERVICES: Readonly<Record<string, string>> = {
  security: 'Security',
  system: 'System',
  application: 'Application',
  sysmon: 'Microsoft-Windows-Sysmon/Operational|Linux-Sysmon/Operational',
  powershell: 'Microsoft-Windows-PowerShell/Operational|PowerShellCore/Operational',
  'powershell-classic': 'Windows PowerShell',
  taskscheduler: 'Microsoft-Windows-TaskScheduler/Operational',
  wmi: 'Microsoft-Windows-WMI-Activity/Operational',
  windefend: 'Microsoft-Windows-Windows Defender/Operational',
  'bits-client': 'Microsoft-Windows-Bits-Client/Operational',
  'firewall-as': 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
  applocker:
    'Microsoft-Windows-AppLocker/EXE and DLL|Microsoft-Windows-AppLocker/MSI and Script|Microsoft-Windows-AppLocker/Packaged app-Deployment|Microsoft-Windows-AppLocker/Packaged app-Execution',
  'codeintegrity-operational': 'Microsoft-Windows-CodeIntegrity/Operational',
  'terminalservices-localsessionmanager': 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
  'terminalservices-remoteconnectionmanager': 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational',
  'dns-client': 'Microsoft-Windows-DNS-Client/Operational|Microsoft-Windows-DNS Client Events/Operational',
  'dns-server': 'DNS Server',
  'dns-server-audit': 'Microsoft-Windows-DNS-Server/Audit',
  'dns-server-analytic': 'Microsoft-Windows-DNS-Server/Analytical|Microsoft-Windows-DNSServer/Analytical',
  dhcp: 'Microsoft-Windows-DHCP-Server/Operational',
  'driver-framework': 'Microsoft-Windows-DriverFrameworks-UserMode/Operational',
  ntlm: 'Microsoft-Windows-NTLM/Operational',
  ldap: 'Microsoft-Windows-LDAP-Client/Debug',
  'lsa-server': 'Microsoft-Windows-LSA/Operational',
  capi2: 'Microsoft-Windows-CAPI2/Operational',
  openssh: 'OpenSSH/Operational',
  'printservice-admin': 'Microsoft-Windows-PrintService/Admin',
  'printservice-operational': 'Microsoft-Windows-PrintService/Operational',
  'smbclient-security': 'Microsoft-Windows-SmbClient/Security',
  'smbclient-connectivity': 'Microsoft-Windows-SmbClient/Connectivity',
  'smbserver-connectivity': 'Microsoft-Windows-SMBServer/Connectivity',
  'security-mitigations':
    'Microsoft-Windows-Security-Mitigations/KernelMode|Microsoft-Windows-Security-Mitigations/UserMode|Microsoft-Windows-Security-Mitigations/Kernel Mode|Microsoft-Windows-Security-Mitigations/User Mode',
  'shell-core': 'Microsoft-Windows-Shell-Core/Operational',
  'diagnosis-scripted': 'Microsoft-Windows-Diagnosis-Scripted/Operational',
  'appxdeployment-server':
    'Microsoft-Windows-AppXDeploymentServer/Operational|Microsoft-Windows-AppXDeployment-Server/Operational',
  'appxpackaging-om': 'Microsoft-Windows-AppxPackaging/Operational',
  'appmodel-runtime': 'Microsoft-Windows-AppModel-Runtime/Admin',
  'certificateservicesclient-lifecycle-system':
    'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
  'iis-configuration': 'Microsoft-IIS-Configuration/Operational',
  'microsoft-servicebus-client':
    'Microsoft-ServiceBus-Client/Operational|Microsoft-ServiceBus-Client/Admin|Microsoft-ServiceBus-Client',
  'msexchange-management': 'MSExchange Management',
  vhdmp: 'Microsoft-Windows-VHDMP/Operational|Microsoft-Windows-VHDMP-Operational',
  sense: 'Microsoft-Windows-SENSE/Operational',
};

/** Elastic's integrations call these otherwise; people's saved searches expect their names. */
const DATASETS: Readonly<Record<string, string>> = {
  security: 'system.security',
  system: 'system.system',
  application: 'system.application',
  sysmon: 'windows.sysmon_operational',
  powershell: 'windows.powershell_operational',
  'powershell-classic': 'windows.powershell',
  applocker: 'windows.applocker',
  windefend: 'windows.windows_defender',
};

const byChannel = new Map<string, Channel>();
for (const [service, channels] of Object.entries(SERVICES)) {
  for (const channel of channels.split('|')) byChannel.set(channel.toLowerCase(), described(service));
}

/** Names come from outside: so many are remembered, then all are forgotten. */
const MAX_NAMES = 1024;
const seen = new Map<string, Channel>();

export function channelOf(name: string): Channel {
  const known = seen.get(name);
  if (known !== undefined) return known;
  const found = byChannel.get(name.toLowerCase()) ?? described(slug(name));
  if (seen.size >= MAX_NAMES) seen.clear();
  seen.set(name, found);
  return found;
}

function described(service: string): Channel {
  return { service, dataset: DATASETS[service] ?? `windows.${service.replaceAll('-', '_')}` };
}

const slug = (name: string): string =>
  name
    .slice(0, 128)
    .toLowerCase()
    .replace(/^microsoft-(?:windows-)?/, '')
    .replace(/\/operational$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'eventlog';

/** Where a sender leaves the channel out. */
const CHANNEL_OF: Readonly<Record<string, string>> = {
  'Microsoft-Windows-Security-Auditing': 'Security',
  'Microsoft-Windows-Eventlog': 'System',
  'Microsoft-Windows-Sysmon': 'Microsoft-Windows-Sysmon/Operational',
  'Microsoft-Windows-PowerShell': 'Microsoft-Windows-PowerShell/Operational',
  'Microsoft-Windows-Windows Defender': 'Microsoft-Windows-Windows Defender/Operational',
  'Microsoft-Windows-TaskScheduler': 'Microsoft-Windows-TaskScheduler/Operational',
  PowerShell: 'Windows PowerShell',
  'Service Control Manager': 'System',
};

export const channelFor = (provider: string): string => CHANNEL_OF[provider] ?? provider;

/** Where a sender leaves the provider out; '' where the channel has several. */
export const providerFor = (channel: string): string =>
  channel === 'System' ? '' : (Object.entries(CHANNEL_OF).find(([, own]) => own === channel)?.[0] ?? '');

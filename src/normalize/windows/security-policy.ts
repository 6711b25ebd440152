/** Security: the audit itself, policies, the clock, start and stop, and the filtering platform's firewall. */
import type { Fields } from '#contract';
import { actor, byActor, type Entries, type Entry, entry, sentence, tail, textOf } from './entry.ts';
import { addressIn, baseName, type Data, either, has, numberIn, set } from './record.ts';

const policy = (action: string, what: string, type = 'change'): Entry =>
  entry(action, 'configuration', type, (_, draft) => sentence(what, byActor(draft)));

const audit = (action: string, type: string, what: string): Entry =>
  entry(action, 'iam configuration', `admin ${type}`, (data, draft) =>
    sentence(what, byActor(draft), tail('on ', either(data, 'ObjectName', 'SubcategoryGuid'))),
  );

const state = (action: string, type: string, what: string): Entry => entry(action, 'process', type, () => what);

const TRANSPORTS: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '2': 'igmp',
  '6': 'tcp',
  '17': 'udp',
  '47': 'gre',
  '50': 'esp',
  '58': 'ipv6-icmp',
};

/** %%14592 in, %%14593 out. Source and destination are as the packet's. */
function setPacket(draft: Fields, data: Data): void {
  set(draft, 'source.ip', addressIn(has(data, 'SourceAddress')));
  set(draft, 'source.port', numberIn(has(data, 'SourcePort')));
  set(draft, 'destination.ip', addressIn(has(data, 'DestAddress')));
  set(draft, 'destination.port', numberIn(has(data, 'DestPort')));
  const protocol = has(data, 'Protocol');
  set(draft, 'network.iana_number', protocol);
  set(draft, 'network.transport', TRANSPORTS[protocol ?? '']);
  const direction = has(data, 'Direction');
  if (direction === '%%14592') draft['network.direction'] = 'ingress';
  if (direction === '%%14593') draft['network.direction'] = 'egress';
  const application = has(data, 'Application');
  set(draft, 'process.pid', numberIn(either(data, 'ProcessID', 'ProcessId')));
  if (application === undefined) return;
  draft['process.executable'] = application;
  draft['process.name'] = baseName(application);
}

const at = (draft: Fields, side: string): string | undefined => {
  const address = textOf(draft, `${side}.ip`);
  const port = textOf(draft, `${side}.port`);
  if (address === undefined) return port === undefined ? undefined : `port ${port}`;
  return port === undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`;
};

const packet = (action: string, type: string, what: string, outcome: 'success' | 'failure'): Entry =>
  entry(
    action,
    'network',
    type,
    (_, draft) =>
      sentence(
        'The firewall',
        what,
        tail('for ', textOf(draft, 'process.name')),
        tail('from ', at(draft, 'source')),
        tail('to ', at(draft, 'destination')),
      ),
    { outcome, set: setPacket },
  );

const DENIED = 'connection denied';
const ALLOWED = 'connection allowed';

export const POLICY_EVENTS: Entries = {
  4608: state('windows-started', 'start', 'Windows is starting'),
  4609: state('windows-stopped', 'end', 'Windows is shutting down'),
  4610: entry('authentication-package-loaded', 'configuration', 'access', (data) =>
    sentence('An authentication package was loaded:', has(data, 'AuthenticationPackageName')),
  ),
  4611: entry('trusted-logon-process-registered', 'configuration', 'change', (data) =>
    sentence('A log-on process registered:', has(data, 'LogonProcessName')),
  ),
  4612: entry('audit-events-lost', 'configuration', 'error', () => 'Audit events were lost, for want of memory'),
  4614: entry('notification-package-loaded', 'configuration', 'access', (data) =>
    sentence('A password filter was loaded:', has(data, 'NotificationPackageName')),
  ),
  4615: policy('lpc-port-misused', 'A port was used as it should not be', 'info'),
  4616: entry('system-time-changed', 'configuration', 'change', (data, draft) =>
    sentence(
      'The clock was set',
      tail('from ', has(data, 'PreviousTime')),
      tail('to ', has(data, 'NewTime')),
      byActor(draft),
    ),
  ),
  4618: policy('monitored-event-pattern', 'A watched pattern of events occurred', 'info'),
  4621: policy('crash-on-audit-recovered', 'An administrator lifted the stop on a full audit log'),
  4622: entry('security-package-loaded', 'configuration', 'access', (data) =>
    sentence('A security package was loaded:', has(data, 'SecurityPackageName')),
  ),
  4695: policy('unprotection-of-secrets', 'Protected data was opened', 'access'),
  4706: policy('domain-trust-added', 'A trust to a domain was made', 'creation'),
  4707: policy('domain-trust-removed', 'A trust to a domain was removed', 'deletion'),
  4713: policy('kerberos-policy-changed', 'The Kerberos policy was changed'),
  4714: policy('encrypted-data-recovery-policy-changed', 'The recovery policy for encrypted data was changed'),
  4715: policy('object-audit-policy-changed', 'The audit policy of an object was changed'),
  4716: policy('trusted-domain-information-changed', 'What is known of a trusted domain was changed'),
  4719: audit('changed-audit-config', 'change', 'The audit policy was changed'),
  4739: policy('domain-policy-changed', "The domain's policy was changed"),
  4817: audit('object-audit-changed', 'change', 'The auditing was changed'),
  4826: policy('boot-configuration-loaded', 'The boot configuration was loaded', 'info'),
  4886: policy('certificate-requested', 'A certificate was asked for', 'info'),
  4887: policy('certificate-issued', 'A certificate was issued', 'creation'),
  4888: policy('certificate-denied', 'A certificate was refused', 'denied'),
  4898: policy('certificate-template-loaded', 'A certificate template was loaded', 'info'),
  4899: policy('certificate-template-updated', 'A certificate template was changed'),
  4902: audit('user-audit-policy-created', 'creation', 'The audit policies of users were made'),
  4904: audit('security-event-source-added', 'change', 'A source of security events registered'),
  4905: audit('security-event-source-removed', 'deletion', 'A source of security events was removed'),
  4906: audit('crash-on-audit-changed', 'change', 'Whether to stop on a full audit log was changed'),
  4907: audit('audit-setting-changed', 'change', 'The auditing was changed'),
  4908: audit('special-group-table-changed', 'change', 'The watched groups were changed'),
  4912: audit('per-user-audit-policy-changed', 'change', 'The audit policy of a user was changed'),
  4944: policy('windows-firewall-policy-active', "The firewall's policy as it started", 'info'),
  4945: policy('windows-firewall-rule-listed', 'A firewall rule as the firewall started', 'info'),
  4946: entry('windows-firewall-rule-added', 'configuration', 'creation', (data) =>
    sentence('A firewall rule was added:', has(data, 'RuleName')),
  ),
  4947: entry('windows-firewall-rule-modified', 'configuration', 'change', (data) =>
    sentence('A firewall rule was changed:', has(data, 'RuleName')),
  ),
  4948: entry('windows-firewall-rule-deleted', 'configuration', 'deletion', (data) =>
    sentence('A firewall rule was deleted:', has(data, 'RuleName')),
  ),
  4949: policy('windows-firewall-restored', "The firewall's settings were reset"),
  4950: entry('windows-firewall-setting-changed', 'configuration', 'change', (data) =>
    sentence(
      'A setting of the firewall was changed:',
      has(data, 'SettingType'),
      tail('to ', has(data, 'SettingValue')),
    ),
  ),
  4954: policy('windows-firewall-group-policy-changed', "The firewall's group policy was changed"),
  4956: policy('windows-firewall-profile-changed', "The firewall's profile was changed"),
  4957: entry('windows-firewall-rule-ignored', 'configuration', 'info', (data) =>
    sentence('A firewall rule was not applied:', has(data, 'RuleName')),
  ),
  5024: state('windows-firewall-service-started', 'start', 'The firewall started'),
  5025: state('windows-firewall-service-stopped', 'end', 'The firewall stopped'),
  5027: entry(
    'windows-firewall-policy-unreadable',
    'configuration',
    'error',
    () => 'The firewall could not read its policy',
  ),
  5028: entry(
    'windows-firewall-policy-unreadable',
    'configuration',
    'error',
    () => 'The firewall could not read its new policy',
  ),
  5030: entry('windows-firewall-start-failed', 'process', 'error', () => 'The firewall failed to start', {
    outcome: 'failure',
  }),
  5031: packet('windows-firewall-application-blocked', DENIED, 'blocked incoming connections', 'failure'),
  5033: entry('windows-firewall-driver-started', 'driver', 'start', () => "The firewall's driver started"),
  5034: entry('windows-firewall-driver-stopped', 'driver', 'end', () => "The firewall's driver stopped"),
  5037: entry('windows-firewall-driver-error', 'driver', 'end', () => "The firewall's driver failed and stopped"),
  5038: entry('code-integrity-failed', 'file', 'error', (data) =>
    sentence('The signature of a file is not valid:', either(data, 'param1', 'FileName')),
  ),
  5050: policy('windows-firewall-disable-refused', 'Turning the firewall off was refused', 'denied'),
  5058: entry('key-file-operation', 'iam', 'info', (data, draft) =>
    sentence(actor(draft), 'worked on the key file', has(data, 'KeyName')),
  ),
  5059: entry('key-migration', 'iam', 'info', (data, draft) =>
    sentence(actor(draft), 'moved the key', has(data, 'KeyName')),
  ),
  5061: entry('cryptographic-operation', 'iam', 'info', (data, draft) =>
    sentence(actor(draft), 'used the key', has(data, 'KeyName')),
  ),
  5148: packet('dos-attack-detected', DENIED, 'sees an attack and drops packets', 'failure'),
  5149: policy('dos-attack-subsided', 'The attack on the network is over', 'info'),
  5150: packet('windows-firewall-packet-block', DENIED, 'blocked a packet', 'failure'),
  5151: packet('windows-firewall-packet-block', DENIED, 'blocked a packet', 'failure'),
  5152: packet('windows-firewall-packet-drop', DENIED, 'dropped a packet', 'failure'),
  5153: packet('windows-firewall-packet-drop', DENIED, 'dropped a packet', 'failure'),
  5154: packet('windows-firewall-listen-permitted', 'info allowed', 'let a program listen', 'success'),
  5155: packet('windows-firewall-listen-blocked', 'info denied', 'forbade a program to listen', 'failure'),
  5156: packet('windows-firewall-connection', ALLOWED, 'let a connection through', 'success'),
  5157: packet('windows-firewall-packet-block', DENIED, 'blocked a connection', 'failure'),
  5158: packet('windows-firewall-bind-local-port', 'info allowed', 'let a program take a port', 'success'),
  5159: packet('windows-firewall-bind-blocked', 'info denied', 'forbade a program to take a port', 'failure'),
  5447: entry('windows-filtering-filter-changed', 'configuration', 'change', (data) =>
    sentence('A filter of the network was changed:', has(data, 'FilterName')),
  ),
  5448: entry('windows-filtering-provider-changed', 'configuration', 'change', (data) =>
    sentence('A provider of network filters was changed:', has(data, 'ProviderName')),
  ),
  5449: entry('windows-filtering-context-changed', 'configuration', 'change', (data) =>
    sentence('A context of network filters was changed:', has(data, 'ProviderContextName')),
  ),
  6144: policy('group-policy-applied', 'The security settings of the group policy were applied'),
  6145: entry(
    'group-policy-failed',
    'configuration',
    'error',
    () => 'Security settings of the group policy could not be applied',
  ),
  6281: entry('code-integrity-failed', 'file', 'error', (data) =>
    sentence('The page hashes of a file are not valid:', either(data, 'param1', 'FileName')),
  ),
};

/**
 * Events of the Security log as text, in the words of an English Windows, that agents put into syslog:
 *
 *   WinEvtLog: Security: AUDIT_FAILURE(4625): Microsoft-Windows-Security-Auditing: (no user): no domain: DESK: An account failed to log on. Subject: …
 *   MSWinEventLog⇥1⇥Security⇥77⇥Sat Feb 28 10:15:02 2026⇥4625⇥Microsoft-Windows-Security-Auditing⇥…⇥Failure Audit⇥DESK⇥Logon⇥⇥An account …
 *   Security-Auditing: 4625: AUDIT_FAILURE An account failed to log on. Subject: …
 *   Microsoft-Windows-Security-Auditing[716]: An account failed to log on. Subject: …
 *
 * The text is headings, labels and values, with or without line ends. The names in it are anybody's: a value may hold labels. So labels are
 * looked for from the end of the text, in their order, each in front of the one found before: what Windows writes last counts.
 */
import type { Fields } from '#contract';
import { newData, type WindowsRecord } from './record.ts';
import { keywordsOf } from './values.ts';

interface Section {
  /** Absent: its labels stand between the sections. */
  readonly heading: string | undefined;
  readonly labels: readonly (readonly [label: string, name: string])[];
}
/** In the order of the text. */
type Layout = readonly Section[];

/** `Heading{Label>Name|Label>Name};…` */
const layout = (...sections: readonly string[]): Layout =>
  sections.flatMap((text) =>
    text.split(';').map((section) => {
      const open = section.indexOf('{');
      const labels = section.slice(open + 1, section.length - (open === -1 ? 0 : 1)).split('|');
      return {
        heading: open === -1 ? undefined : `${section.slice(0, open)}:`,
        labels: labels.map((pair) => {
          const at = pair.indexOf('>');
          return [`${pair.slice(0, at)}:`, pair.slice(at + 1)] as const;
        }),
      };
    }),
  );

const who = (side: 'Subject' | 'Target', id = 'UserSid'): string =>
  `Security ID>${side}${id}|Account Name>${side}UserName|Account Domain>${side}DomainName`;
const SUBJECT = `Subject{${who('Subject')}|Logon ID>SubjectLogonId}`;
const NETWORK =
  'Network Information{Workstation Name>WorkstationName|Source Network Address>IpAddress|Source Port>IpPort}';
const DETAILS =
  'Detailed Authentication Information{Logon Process>LogonProcessName|Authentication Package>AuthenticationPackageName|Transited Services>TransmittedServices|Package Name (NTLM only)>LmPackageName|Key Length>KeyLength}';
const about = (heading: string): Layout =>
  layout(
    SUBJECT,
    `${heading}{${who('Target', 'Sid')}}`,
    'Attributes{SAM Account Name>SamAccountName|Display Name>DisplayName}',
  );
const MEMBER = layout(
  SUBJECT,
  'Member{Security ID>MemberSid|Account Name>MemberName}',
  'Group{Security ID>TargetSid|Account Name>TargetUserName|Account Domain>TargetDomainName|Group Name>TargetUserName|Group Domain>TargetDomainName}',
  'Additional Information{Privileges>PrivilegeList}',
);
const TICKET =
  'Network Information{Client Address>IpAddress|Client Port>IpPort};Additional Information{Ticket Options>TicketOptions|Result Code>Status|Failure Code>Status|Ticket Encryption Type>TicketEncryptionType|Pre-Authentication Type>PreAuthType}';

/** The first sentence tells the event where no number does. */
const KNOWN: readonly (readonly [id: number, sentence: string, layout: Layout])[] = [
  [
    4624,
    'An account was successfully logged on',
    layout(
      SUBJECT,
      'Logon Type>LogonType|Restricted Admin Mode>RestrictedAdminMode|Remote Credential Guard>RemoteCredentialGuard|Virtual Account>VirtualAccount|Elevated Token>ElevatedToken|Impersonation Level>ImpersonationLevel',
      `New Logon{${who('Target')}|Logon ID>TargetLogonId|Linked Logon ID>TargetLinkedLogonId|Network Account Name>TargetOutboundUserName|Network Account Domain>TargetOutboundDomainName|Logon GUID>LogonGuid}`,
      'Process Information{Process ID>ProcessId|Process Name>ProcessName}',
      NETWORK,
      DETAILS,
    ),
  ],
  [
    4625,
    'An account failed to log on',
    layout(
      SUBJECT,
      'Logon Type>LogonType',
      `Account For Which Logon Failed{${who('Target')}}`,
      'Failure Information{Failure Reason>FailureReason|Status>Status|Sub Status>SubStatus}',
      'Process Information{Caller Process ID>ProcessId|Caller Process Name>ProcessName}',
      NETWORK,
      DETAILS,
    ),
  ],
  [4634, 'An account was logged off', layout(`Subject{${who('Target')}|Logon ID>TargetLogonId|Logon Type>LogonType}`)],
  [4647, 'User initiated logoff', layout(`Subject{${who('Target')}|Logon ID>TargetLogonId}`)],
  [
    4648,
    'A logon was attempted using explicit credentials',
    layout(
      SUBJECT,
      'Account Whose Credentials Were Used{Account Name>TargetUserName|Account Domain>TargetDomainName|Logon GUID>TargetLogonGuid}',
      'Target Server{Target Server Name>TargetServerName|Additional Information>TargetInfo}',
      'Process Information{Process ID>ProcessId|Process Name>ProcessName}',
      'Network Information{Network Address>IpAddress|Port>IpPort}',
    ),
  ],
  [4672, 'Special privileges assigned to new logon', layout(SUBJECT, 'Privileges>PrivilegeList')],
  [
    4688,
    'A new process has been created',
    layout(
      SUBJECT,
      `Target Subject{${who('Target')}|Logon ID>TargetLogonId}`,
      'Process Information{New Process ID>NewProcessId|New Process Name>NewProcessName|Token Elevation Type>TokenElevationType|Mandatory Label>MandatoryLabel|Creator Process ID>ProcessId|Creator Process Name>ParentProcessName|Process Command Line>CommandLine}',
    ),
  ],
  [4720, 'A user account was created', about('New Account')],
  [4722, 'A user account was enabled', about('Target Account')],
  [4723, "An attempt was made to change an account's password", about('Target Account')],
  [4724, "An attempt was made to reset an account's password", about('Target Account')],
  [4725, 'A user account was disabled', about('Target Account')],
  [4726, 'A user account was deleted', about('Target Account')],
  [4728, 'A member was added to a security-enabled global group', MEMBER],
  [4729, 'A member was removed from a security-enabled global group', MEMBER],
  [4732, 'A member was added to a security-enabled local group', MEMBER],
  [4733, 'A member was removed from a security-enabled local group', MEMBER],
  [4756, 'A member was added to a security-enabled universal group', MEMBER],
  [4757, 'A member was removed from a security-enabled universal group', MEMBER],
  [
    4740,
    'A user account was locked out',
    layout(
      SUBJECT,
      'Account That Was Locked Out{Security ID>TargetSid|Account Name>TargetUserName}',
      'Additional Information{Caller Computer Name>TargetDomainName}',
    ),
  ],
  [
    4768,
    'A Kerberos authentication ticket (TGT) was requested',
    layout(
      'Account Information{Account Name>TargetUserName|Supplied Realm Name>TargetDomainName|User ID>TargetSid}',
      'Service Information{Service Name>ServiceName|Service ID>ServiceSid}',
      TICKET,
    ),
  ],
  [
    4769,
    'A Kerberos service ticket was requested',
    layout(
      'Account Information{Account Name>TargetUserName|Account Domain>TargetDomainName|Logon GUID>LogonGuid}',
      'Service Information{Service Name>ServiceName|Service ID>ServiceSid}',
      'Network Information{Client Address>IpAddress|Client Port>IpPort}',
      'Additional Information{Ticket Options>TicketOptions|Ticket Encryption Type>TicketEncryptionType|Failure Code>Status|Transited Services>TransmittedServices}',
    ),
  ],
  [
    4771,
    'Kerberos pre-authentication failed',
    layout(
      'Account Information{Security ID>TargetSid|Account Name>TargetUserName}',
      'Service Information{Service Name>ServiceName}',
      TICKET,
    ),
  ],
  [
    4776,
    'The computer attempted to validate the credentials for an account',
    layout(
      'Authentication Package>PackageName|Logon Account>TargetUserName|Source Workstation>Workstation|Error Code>Status',
    ),
  ],
];

const byId = new Map(KNOWN.map(([id, , list]) => [id, list]));

function idOf(text: string): number | undefined {
  return KNOWN.find(([, sentence]) => text.startsWith(sentence))?.[0];
}

/** Explanations that Windows puts behind the last value. */
const EXPLANATIONS =
  /\s(?:This event is (?:generated|logged)|Token Elevation Type indicates|Pre-authentication types,|Certificate information is only)[^]*$/;

/** From the last section to the first; a section that is not there has no labels either. */
function dataIn(text: string, sections: Layout): WindowsRecord['data'] {
  const data = newData();
  let end = text.length;
  for (const { heading, labels } of sections.toReversed()) {
    if (end === 0) break;
    const start = heading === undefined ? 0 : text.lastIndexOf(heading, end - 1);
    if (start === -1) continue;
    const first = takeLabels(data, text, start, end, labels);
    end = heading === undefined ? first : start;
  }
  return data;
}

/** Where the first label stands that was found; `end` where there is none. */
function takeLabels(data: Fields, text: string, start: number, end: number, labels: Section['labels']): number {
  let stop = end;
  for (const [label, name] of labels.toReversed()) {
    const at = stop === 0 ? -1 : text.lastIndexOf(label, stop - 1);
    if (at < start) continue;
    const value = text.slice(at + label.length, stop).trim();
    if (value !== '') data[name] ??= value;
    stop = at;
  }
  return stop;
}

interface Head {
  readonly code: number | undefined;
  readonly audit: string | undefined;
  readonly channel: string;
  readonly provider: string;
  readonly computer: string | undefined;
  readonly text: string;
}

const SECURITY = 'Microsoft-Windows-Security-Auditing';
const OSSEC =
  /^(?:\d{4} [A-Z][a-z]{2} [ \d]\d [\d:]{8} )?(?:WinEvtLog: )?([^:]{1,80}): ([A-Z_]{4,20})\((\d{1,5})\): ([^:]{1,120}): [^:]{0,256}: [^:]{0,256}: ([^:]{1,256}): ([^]*)$/;
const EVTSYS = /^(\d{1,5}): (AUDIT_(?:SUCCESS|FAILURE)) ([^]*)$/;

function headOf(message: string): Head | undefined {
  const ossec = OSSEC.exec(message);
  if (ossec !== null) {
    const [, channel = '', audit, code, provider = '', computer, text = ''] = ossec;
    return { code: Number(code), audit, channel, provider, computer, text };
  }
  const evtsys = EVTSYS.exec(message);
  if (evtsys !== null) {
    const [, code, audit, text = ''] = evtsys;
    return { code: Number(code), audit, channel: 'Security', provider: SECURITY, computer: undefined, text };
  }
  if (message.startsWith('MSWinEventLog')) return snare(message);
  const code = idOf(message);
  return code === undefined
    ? undefined
    : { code, audit: undefined, channel: 'Security', provider: SECURITY, computer: undefined, text: message };
}

function snare(message: string): Head | undefined {
  const parts = message.split('\t');
  const [, , channel = '', , , code = '', provider = '', , , audit, computer] = parts;
  if (parts.length < 12 || !/^\d{1,5}$/.test(code)) return undefined;
  return { code: Number(code), audit, channel, provider, computer, text: parts[13] ?? '' };
}

const AUDITS: Readonly<Record<string, string>> = {
  AUDIT_SUCCESS: 'Audit Success',
  AUDIT_FAILURE: 'Audit Failure',
  'Success Audit': 'Audit Success',
  'Failure Audit': 'Audit Failure',
};

/** Only so much is looked at; a command line may be longer. */
const LOOK = 32_768;

/** rsyslog writes control characters as `#011`. */
const withBlanks = (text: string): string =>
  text.includes('#01') ? text.replace(/#01([1-5])/g, (_, digit: string) => (digit === '1' ? '\t' : '\n')) : text;

export function fromText(message: string): WindowsRecord | undefined {
  const head = headOf(withBlanks(message.slice(0, LOOK)));
  if (head?.code === undefined) return undefined;
  const { code, audit = '', channel, provider, computer } = head;
  const text = head.text.trim();
  const list = provider === SECURITY ? byId.get(code) : undefined;
  return {
    code,
    provider,
    channel,
    computer,
    time: undefined,
    data: list === undefined ? newData() : dataIn(text.replace(EXPLANATIONS, ''), list),
    rendered: text === '' ? undefined : text,
    level: undefined,
    keywords: keywordsOf(AUDITS[audit] === undefined ? undefined : [AUDITS[audit]]),
    envelope: NOTHING,
    said: undefined,
  };
}

const NOTHING: WindowsRecord['envelope'] = {
  'winlog.record_id': undefined,
  'winlog.provider_guid': undefined,
  'winlog.opcode': undefined,
  'winlog.task': undefined,
  'winlog.version': undefined,
  'winlog.activity_id': undefined,
  'winlog.process.pid': undefined,
  'winlog.process.thread.id': undefined,
  'winlog.user.identifier': undefined,
};

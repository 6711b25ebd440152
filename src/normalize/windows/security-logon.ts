/** Security: who came, who tried to, who left. */
import type { Fields } from '#contract';
import { actor, type Entries, entry, fromPeer, sentence, tail, textOf } from './entry.ts';
import { addressIn, baseName, type Data, either, has, numberIn, set } from './record.ts';
import { kerberosReason, ntReason } from './status.ts';

interface LogonType {
  /** Elastic's word, `winlog.logon.type`. */
  readonly name: string;
  readonly how: string;
}

const LOGON_TYPES: Readonly<Record<string, LogonType>> = {
  '0': { name: 'System', how: 'as the system' },
  '2': { name: 'Interactive', how: 'at the keyboard' },
  '3': { name: 'Network', how: 'over the network' },
  '4': { name: 'Batch', how: 'for a scheduled job' },
  '5': { name: 'Service', how: 'as a service' },
  '7': { name: 'Unlock', how: 'by unlocking the screen' },
  '8': { name: 'NetworkCleartext', how: 'over the network, with the password in clear text' },
  '9': { name: 'NewCredentials', how: 'with other credentials for the network' },
  '10': { name: 'RemoteInteractive', how: 'by remote desktop' },
  '11': { name: 'CachedInteractive', how: 'at the keyboard, without asking the domain' },
  '12': { name: 'CachedRemoteInteractive', how: 'by remote desktop, without asking the domain' },
  '13': { name: 'CachedUnlock', how: 'by unlocking the screen, without asking the domain' },
};

const how = (data: Data): string | undefined => LOGON_TYPES[has(data, 'LogonType') ?? '']?.how;

/** From where, and by which process. */
export function setPeerOf(draft: Fields, data: Data): void {
  set(draft, 'source.ip', addressIn(either(data, 'IpAddress', 'ClientAddress', 'SourceNetworkAddress')));
  const port = numberIn(either(data, 'IpPort', 'ClientPort'));
  if (port !== undefined && port > 0 && port < 65_536) draft['source.port'] = port;
  const name = either(data, 'WorkstationName', 'Workstation', 'ClientName');
  if (name !== undefined) draft['source.domain'] = name.replace(/^\\\\/, '');
}

function setLogon(draft: Fields, data: Data): void {
  setPeerOf(draft, data);
  set(draft, 'winlog.logon.type', LOGON_TYPES[has(data, 'LogonType') ?? '']?.name);
  const executable = has(data, 'ProcessName');
  if (executable !== undefined) {
    draft['process.executable'] = executable;
    draft['process.name'] = baseName(executable);
  }
  set(draft, 'process.pid', numberIn(has(data, 'ProcessId')));
}

function setRefused(draft: Fields, data: Data): void {
  setLogon(draft, data);
  const sub = has(data, 'SubStatus');
  set(draft, 'event.reason', ntReason(sub === undefined || /^0x0+$/i.test(sub) ? has(data, 'Status') : sub));
}

function setKerberos(draft: Fields, data: Data): void {
  setPeerOf(draft, data);
  set(draft, 'service.name', has(data, 'ServiceName'));
  set(draft, 'event.reason', kerberosReason(has(data, 'Status') ?? has(data, 'FailureCode')));
  if (draft['user.name'] === undefined) set(draft, 'user.name', has(data, 'AccountName'));
}

/** 4776 has no audit keywords of its own in some collections: its status says whether the password was right. */
function setCredential(draft: Fields, data: Data): void {
  setPeerOf(draft, data);
  const status = has(data, 'Status') ?? has(data, 'ErrorCode');
  set(draft, 'event.reason', ntReason(status));
  if (draft['event.outcome'] === undefined && status !== undefined)
    draft['event.outcome'] = /^(?:0x)?0+$/i.test(status) ? 'success' : 'failure';
}

const isFailure = (draft: Fields): boolean => draft['event.outcome'] === 'failure';
const because = (draft: Fields): string | undefined => tail('because of: ', textOf(draft, 'event.reason'));

const kerberos = (what: string) => (data: Data, draft: Fields) =>
  sentence(
    actor(draft),
    isFailure(draft) ? `was refused ${what}` : `got ${what}`,
    tail('for ', has(data, 'ServiceName')),
    fromPeer(draft),
    isFailure(draft) ? because(draft) : undefined,
  );

const AS_ACTOR = { target: 'actor', set: setLogon } as const;

export const LOGON_EVENTS: Entries = {
  4624: entry(
    'logged-in',
    'authentication session',
    'start',
    (data, draft) => sentence(actor(draft), 'logged on', how(data), fromPeer(draft)),
    { ...AS_ACTOR, outcome: 'success' },
  ),
  4625: entry(
    'logon-failed',
    'authentication',
    'start',
    (data, draft) => sentence(actor(draft), 'failed to log on', how(data), fromPeer(draft), because(draft)),
    { target: 'actor', outcome: 'failure', set: setRefused },
  ),
  4626: entry('user-device-claims', 'authentication', 'info', (_, draft) => `Claims of ${actor(draft)}`, AS_ACTOR),
  4627: entry(
    'group-membership-info',
    'iam',
    'group info',
    (_, draft) => `Groups of ${actor(draft)} as they log on`,
    AS_ACTOR,
  ),
  4634: entry('logged-out', 'authentication session', 'end', (_, draft) => `${actor(draft)} logged off`, AS_ACTOR),
  4647: entry(
    'logged-out',
    'authentication session',
    'end',
    (_, draft) => `${actor(draft)} chose to log off`,
    AS_ACTOR,
  ),
  4648: entry(
    'logged-in-explicit',
    'authentication',
    'start',
    (data, draft) =>
      sentence(
        actor(draft),
        'used the password of',
        textOf(draft, 'user.effective.name') ?? 'another account',
        tail('for ', has(data, 'TargetServerName')),
        tail('in ', textOf(draft, 'process.name')),
      ),
    { target: 'effective', set: setLogon },
  ),
  4649: entry(
    'replay-attack-detected',
    'authentication',
    'info',
    (_, draft) => sentence('A replayed Kerberos request of', actor(draft), 'was found'),
    { target: 'actor', set: setLogon },
  ),
  4672: entry(
    'logged-in-special',
    'iam',
    'admin',
    (_, draft) => `${actor(draft)} logged on with administrative rights`,
  ),
  4675: entry(
    'sids-filtered',
    'authentication',
    'info',
    (_, draft) => `SIDs of ${actor(draft)} were filtered`,
    AS_ACTOR,
  ),
  4768: entry(
    'kerberos-authentication-ticket-requested',
    'authentication',
    'start',
    kerberos('a Kerberos ticket to log on'),
    {
      target: 'actor',
      set: setKerberos,
    },
  ),
  4769: entry('kerberos-service-ticket-requested', 'authentication', 'start', kerberos('a Kerberos ticket'), {
    target: 'actor',
    set: setKerberos,
  }),
  4770: entry('kerberos-service-ticket-renewed', 'authentication', 'start', kerberos('a new Kerberos ticket'), {
    target: 'actor',
    set: setKerberos,
  }),
  4771: entry(
    'kerberos-preauth-failed',
    'authentication',
    'start',
    (_, draft) => sentence(actor(draft), 'failed to log on with Kerberos', fromPeer(draft), because(draft)),
    { target: 'actor', outcome: 'failure', set: setKerberos },
  ),
  4772: entry('kerberos-authentication-ticket-failed', 'authentication', 'start', kerberos('a Kerberos ticket'), {
    target: 'actor',
    set: setKerberos,
  }),
  4773: entry('kerberos-service-ticket-failed', 'authentication', 'start', kerberos('a Kerberos ticket'), {
    target: 'actor',
    set: setKerberos,
  }),
  4776: entry(
    'credential-validated',
    'authentication',
    'start',
    (_, draft) =>
      sentence(
        isFailure(draft) ? 'The password of' : 'The password of',
        actor(draft),
        isFailure(draft) ? 'was refused' : 'was right',
        fromPeer(draft),
        isFailure(draft) ? because(draft) : undefined,
      ),
    { target: 'actor', set: setCredential },
  ),
  4777: entry(
    'credential-validation-failed',
    'authentication',
    'start',
    (_, draft) => sentence('The password of', actor(draft), 'was refused', fromPeer(draft)),
    { target: 'actor', outcome: 'failure', set: setCredential },
  ),
  4778: entry(
    'session-reconnected',
    'authentication session',
    'start',
    (_, draft) => sentence(actor(draft), 'came back to a session', fromPeer(draft)),
    { set: setSession },
  ),
  4779: entry(
    'session-disconnected',
    'authentication session',
    'end',
    (_, draft) => sentence(actor(draft), 'left a session open', fromPeer(draft)),
    { set: setSession },
  ),
  4800: entry('workstation-locked', 'session', 'info', (_, draft) => `${actor(draft)} locked the screen`, {
    target: 'actor',
  }),
  4801: entry('workstation-unlocked', 'session', 'info', (_, draft) => `${actor(draft)} unlocked the screen`, {
    target: 'actor',
  }),
  4802: entry('screensaver-invoked', 'session', 'info', (_, draft) => `The screen saver of ${actor(draft)} came on`, {
    target: 'actor',
  }),
  4803: entry(
    'screensaver-dismissed',
    'session',
    'info',
    (_, draft) => `The screen saver of ${actor(draft)} went off`,
    { target: 'actor' },
  ),
  4820: entry('kerberos-ticket-denied', 'authentication', 'start', kerberos('a Kerberos ticket'), {
    target: 'actor',
    outcome: 'failure',
    set: setKerberos,
  }),
  4825: entry(
    'remote-desktop-denied',
    'authentication session',
    'start denied',
    (_, draft) => sentence(actor(draft), 'may not use remote desktop', fromPeer(draft)),
    { outcome: 'failure', set: setSession },
  ),
  4964: entry('logged-in-special', 'iam', 'admin', (_, draft) => `${actor(draft)}, of a watched group, logged on`, {
    target: 'actor',
  }),
  5378: entry(
    'credential-delegation-disallowed',
    'authentication',
    'denied',
    (_, draft) => `Handing on the credentials of ${actor(draft)} was not allowed`,
    { outcome: 'failure' },
  ),
  5379: entry(
    'credential-manager-credentials-were-read',
    'iam',
    'user info',
    (_, draft) => `${actor(draft)} read stored credentials`,
  ),
  5380: entry(
    'vault-credential-find',
    'iam',
    'user info',
    (_, draft) => `${actor(draft)} looked for stored credentials`,
  ),
  5381: entry(
    'vault-credentials-were-read',
    'iam',
    'user info',
    (_, draft) => `${actor(draft)} read the vault's credentials`,
  ),
  5382: entry(
    'vault-credentials-were-read',
    'iam',
    'user info',
    (_, draft) => `${actor(draft)} read the vault's credentials`,
  ),
  5632: entry('wireless-authentication', 'authentication network', 'info', (data, draft) =>
    sentence(
      'The computer asked to join the wireless network',
      has(data, 'SSID'),
      tail('as ', textOf(draft, 'user.name')),
    ),
  ),
  5633: entry(
    'wired-authentication',
    'authentication network',
    'info',
    () => 'The computer asked to join the wired network',
  ),
  6272: entry(
    'network-access-granted',
    'authentication network',
    'start allowed',
    (_, draft) => sentence('The network let', actor(draft), 'in', fromPeer(draft)),
    { outcome: 'success', set: setRadius },
  ),
  6273: entry(
    'network-access-denied',
    'authentication network',
    'start denied',
    (_, draft) => sentence('The network kept', actor(draft), 'out', fromPeer(draft), because(draft)),
    { outcome: 'failure', set: setRadius },
  ),
  6274: entry(
    'network-access-discarded',
    'authentication network',
    'info',
    (_, draft) => sentence('A request of', actor(draft), 'to join the network was dropped'),
    { set: setRadius },
  ),
};

/** RADIUS: the station is the device that joins, by its hardware address. */
function setRadius(draft: Fields, data: Data): void {
  const station = has(data, 'CallingStationID');
  if (station !== undefined && /^[\da-f]{2}(?:[:-][\da-f]{2}){5}$/i.test(station))
    draft['source.mac'] = station.toUpperCase().replaceAll(':', '-');
  else set(draft, 'source.ip', addressIn(station));
  set(draft, 'observer.ip', addressIn(either(data, 'ClientIPAddress', 'NASIPv4Address', 'NASIPv6Address')));
  set(draft, 'event.reason', has(data, 'Reason'));
}

/** 4778 and 4779 name the account without `Subject` or `Target`. */
function setSession(draft: Fields, data: Data): void {
  set(draft, 'user.name', has(data, 'AccountName'));
  set(draft, 'user.domain', has(data, 'AccountDomain'));
  set(draft, 'winlog.logon.id', has(data, 'LogonID'));
  setPeerOf(draft, data);
}
